"""Train lesson 09's recipe *long* once more and store what comes out of it.

    python -m tools.measuring.weights             # minutes on two cores

notebooks/data/99-percent.npz then holds the weights and biases of seed 1, layer by
layer, float32. Put the digest that is printed into the lesson's WEIGHTS_DIGEST.
"""

import hashlib
import io

import numpy as np

from tools.course import NOTEBOOKS, lesson_paths, write
from tools.measuring.sweep import definitions

TARGET = NOTEBOOKS / "data" / "99-percent.npz"
SEED = 1  # whose run is the first in the lesson's table


def main():
    """Train, store, and print the digest."""
    (path,) = lesson_paths(["09"])
    names = definitions(path)
    network = names["learn"](SEED, **names["RECIPES"]["long"])
    file = io.BytesIO()
    np.savez(file, *network.get_weights())  # they keep their order
    content = file.getvalue()
    write(TARGET, content)
    digest = hashlib.sha256(content).hexdigest()
    print(f"{TARGET.name}: {len(content):,} bytes, {digest}")


if __name__ == "__main__":
    main()
