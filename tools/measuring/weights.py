"""Train lesson 09's two longest recipes once more and store what comes out of them.

    python -m tools.measuring.weights             # twenty minutes
    python -m tools.measuring.weights --scheduler tcp://...    # on a Dask cluster

A file in notebooks/data/ then holds the weights and biases of one seed of each, layer
by layer, float32, and the shared cell that loads them their digests: `make refresh`
afterwards.
"""

import argparse
import hashlib
import io
import re
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tools.course import NOTEBOOKS, lesson_paths, write
from tools.measuring import jobs
from tools.measuring.training import add_scheduler, in_a_sentence, recipe_cells
from tools.shared_cells import FILES, FOLDER

CELL = FOLDER / FILES["weights"]


class Stored(NamedTuple):
    """One run whose weights are stored: the file, and the name of its digest in CELL.

    Of the five in the lesson's table, `seed` is the run nearest the mean.
    """

    seed: int
    path: Path
    constant: str


STORED = {
    "long": Stored(1, NOTEBOOKS / "data" / "99-percent.npz", "WEIGHTS_DIGEST"),
    "long, straightened": Stored(
        2, NOTEBOOKS / "data" / "straightened.npz", "STRAIGHTENED_DIGEST"
    ),
}


def with_digest(text, constant, digest):
    """Return the text of CELL with another digest.

    Exits with a sentence if no line of it gives the constant a value, or several do.
    """
    line = re.compile(rf'^{constant} = "[0-9a-f]*"$', re.MULTILINE)
    changed, count = line.subn(f'{constant} = "{digest}"', text)
    if count != 1:
        sys.exit(f'{CELL.name} needs one line {constant} = "...": nothing was written.')
    return changed


def store(arrays, constant, weights, cell=CELL):
    """Write a network's weights, and their digest into the cell that loads them."""
    file = io.BytesIO()
    np.savez(file, *arrays)  # they keep their order
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    text = with_digest(cell.read_text(encoding="utf-8"), constant, digest)
    write(weights, content)
    write(cell, text.encode())
    print(f"{weights.name}: {len(content):,} bytes, {digest}")


def main():
    """Train, and store the weights and their digests."""
    from tools.measuring import cluster  # Dask takes a second

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_scheduler(parser)
    scheduler = parser.parse_args().scheduler
    (path,) = lesson_paths(["09"])
    work, places = {}, {}
    for recipe, (seed, weights, constant) in STORED.items():
        with_digest(CELL.read_text(encoding="utf-8"), constant, "")  # before minutes
        name = f'{path.stem}: recipe "{recipe}", seed {seed}'
        work[name] = path.name, recipe_cells(path), recipe, seed
        places[name] = constant, weights
    with in_a_sentence():
        for name, arrays in cluster.finished(jobs.learn, work, "weights", scheduler):
            store(arrays, *places[name])


if __name__ == "__main__":
    main()
