# @title The network of lesson 03
import keras
from keras import layers


def build_model(seed):
    """Return the untrained 784-128-32-10 network; `seed` decides its first weights."""
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input(shape=(784,), name="pixels"),
            layers.Dense(128, activation="relu", name="hidden_1"),
            layers.Dense(32, activation="relu", name="hidden_2"),
            layers.Dense(10, activation="softmax", name="probabilities"),
        ],
        name="digit_reader",
    )
