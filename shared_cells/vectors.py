# @title From images to vectors of numbers from 0 to 1, as in lesson 02
import numpy as np

from shared_cells.load_mnist import test_images, train_images

x_train = np.divide(train_images.reshape(-1, 784), 255, dtype="float32")
x_test = np.divide(test_images.reshape(-1, 784), 255, dtype="float32")
