"""Train lesson 09's recipe *long* once more and store what comes out of it.

    python -m tools.measuring.weights             # a quarter of an hour
    python -m tools.measuring.weights --scheduler tcp://...    # on a Dask cluster

notebooks/data/99-percent.npz then holds the weights and biases of one seed, layer by
layer, float32, and the shared cell that loads them their digest: `make refresh`
afterwards.
"""

import argparse
import hashlib
import io
import re
import sys

import numpy as np

from tools.course import NOTEBOOKS, lesson_paths, write
from tools.measuring import jobs
from tools.measuring.training import add_scheduler, in_a_sentence, recipe_cells
from tools.shared_cells import FILES, FOLDER

WEIGHTS = NOTEBOOKS / "data" / "99-percent.npz"
CELL = FOLDER / FILES["weights"]
DIGEST = re.compile(r'^WEIGHTS_DIGEST = "[0-9a-f]*"$', re.MULTILINE)
SEED = 1  # of the five in the lesson's table, the run nearest the mean


def with_digest(text, digest):
    """Return the text of CELL with another digest.

    Exits with a sentence if no line of it says WEIGHTS_DIGEST, or several do.
    """
    changed, count = DIGEST.subn(f'WEIGHTS_DIGEST = "{digest}"', text)
    if count != 1:
        sys.exit(
            f'{CELL.name} needs one line WEIGHTS_DIGEST = "...": nothing was written.'
        )
    return changed


def store(arrays, weights=WEIGHTS, cell=CELL):
    """Write a network's weights, and their digest into the cell that loads them."""
    file = io.BytesIO()
    np.savez(file, *arrays)  # they keep their order
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    text = with_digest(cell.read_text(encoding="utf-8"), digest)
    write(weights, content)
    write(cell, text.encode())
    print(f"{weights.name}: {len(content):,} bytes, {digest}")


def main():
    """Train, and store the weights and their digest."""
    from tools.measuring import cluster  # Dask takes a second

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_scheduler(parser)
    scheduler = parser.parse_args().scheduler
    (path,) = lesson_paths(["09"])
    with_digest(CELL.read_text(encoding="utf-8"), "")  # before minutes pass
    run = path.name, recipe_cells(path), "long", SEED
    work = {f'{path.stem}: recipe "long", seed {SEED}': run}
    with in_a_sentence():
        for _, arrays in cluster.finished(jobs.learn, work, "weights", scheduler):
            store(arrays)


if __name__ == "__main__":
    main()
