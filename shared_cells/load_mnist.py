# @title Load MNIST, and make sure that it is MNIST
import hashlib
import io
from http.client import HTTPException
from pathlib import Path

import keras
import numpy as np

MNIST_DIGEST = "2eb4d82c94e1e65af5a565df335e810e7cfbcdeb8ce2cf9674792583d7c4266b"


def verified(arrays):
    """Return MNIST's four arrays as they are. Raises ValueError if they are others."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
    if digest.hexdigest() != MNIST_DIGEST:
        raise ValueError("it is not MNIST")
    return arrays


def read_mnist(place):
    """Return the arrays in a file, or None if there is none; stop if it is no good."""
    try:
        content = Path(place).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problem = f"{place} is there, but cannot be read ({error.strerror})"
        remedy = "make it readable, or move it away, then run this cell again."
        raise SystemExit(f"{problem}: {remedy}") from None
    try:
        with np.load(io.BytesIO(content)) as file:
            names = "x_train", "y_train", "x_test", "y_test"
            return verified([file[name] for name in names])
    except MemoryError:
        raise
    except Exception:
        problem = f"{place} is damaged: delete it, then run this cell again."
        raise SystemExit(problem) from None


def download_mnist():
    """Return the arrays that Keras downloads, once; stop if it cannot."""
    try:
        return verified(sum(keras.datasets.mnist.load_data(), ()))
    except MemoryError:
        raise
    except Exception as error:
        network = isinstance(error, HTTPException | ConnectionError | TimeoutError)
        problem = f"it says: {type(error).__name__}: {error}"
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            problem = (
                "this computer does not trust the server's certificate. On a Mac, run "
                "`Install Certificates.command` in Python's folder; elsewhere, copy "
                "the course's folder `data` beside this notebook."
            )
        elif network or "URL fetch failure" in str(error):
            problem = f"are you online? It says: {error}"
        here = f"No data/mnist.npz in {Path.cwd()}, and the download failed"
        raise SystemExit(f"{here}: {problem}") from None


def load_mnist(places=("data/mnist.npz", "notebooks/data/mnist.npz")):
    """Return train images, their labels, test images, their labels: uint8, verified."""
    try:
        found = (arrays for place in places if (arrays := read_mnist(place)))
        return next(found, None) or download_mnist()
    except MemoryError:
        problem = "There is not enough memory to load MNIST: shut down other notebooks"
        raise SystemExit(f"{problem}, then run this cell again.") from None


train_images, y_train, test_images, y_test = load_mnist()
