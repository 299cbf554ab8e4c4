# @title Load MNIST, and make sure that it is MNIST
import hashlib
from pathlib import Path

import keras
import numpy as np

MNIST_DIGEST = "2eb4d82c94e1e65af5a565df335e810e7cfbcdeb8ce2cf9674792583d7c4266b"


def load_mnist(places=("data/mnist.npz", "notebooks/data/mnist.npz")):
    """Return train images, their labels, test images, their labels: uint8, verified."""
    path = next((place for place in places if Path(place).exists()), None)
    digest = hashlib.sha256()
    try:
        if path:
            problem = f"{path} is damaged: delete it, then run this cell again."
            with np.load(path) as file:
                names = "x_train", "y_train", "x_test", "y_test"
                arrays = [file[name] for name in names]
        else:
            problem = "No data/mnist.npz here, and the download failed: are you online?"
            arrays = sum(keras.datasets.mnist.load_data(), ())
        for array in arrays:
            digest.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
        assert digest.hexdigest() == MNIST_DIGEST
    except Exception:
        raise SystemExit(problem) from None
    return arrays


train_images, y_train, test_images, y_test = load_mnist()
