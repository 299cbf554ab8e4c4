"""Train lesson 09's recipe *long* once more and store what comes out of it.

    python -m tools.measuring.weights             # minutes on two cores
    python -m tools.measuring.weights --scheduler tcp://...    # on a Dask cluster

notebooks/data/99-percent.npz then holds the weights and biases of seed 1, layer by
layer, float32, and each lesson that loads them their digest: `make refresh` afterwards.
"""

import argparse
import hashlib
import io
import re
import sys

import nbformat
import numpy as np

from tools.course import NOTEBOOKS, lesson_paths, write, write_notebook
from tools.measuring import jobs
from tools.measuring.training import add_scheduler, in_a_sentence, recipe_cells

WEIGHTS = NOTEBOOKS / "data" / "99-percent.npz"
DIGEST = re.compile(r'^WEIGHTS_DIGEST = "[0-9a-f]*"$', re.MULTILINE)
SEED = 1  # whose run is the first in the lesson's table


def with_digest(nb, name, digest):
    """Return a lesson that expects weights of this digest.

    Exits with a sentence if no cell says WEIGHTS_DIGEST, or several do.
    """
    cells = [cell for cell in nb.cells if DIGEST.search(cell.source)]
    if len(cells) != 1:
        sys.exit(f'{name} needs one line WEIGHTS_DIGEST = "...": nothing was written.')
    cells[0].source = DIGEST.sub(f'WEIGHTS_DIGEST = "{digest}"', cells[0].source)
    return nb


def lessons_that_load():
    """Return the paths of the lessons in which a cell says WEIGHTS_DIGEST."""
    mark = "WEIGHTS_DIGEST = "
    return [p for p in lesson_paths() if mark in p.read_text(encoding="utf-8")]


def store(arrays, paths, weights=WEIGHTS):
    """Write a network's weights, and their digest into the lessons that load them."""
    file = io.BytesIO()
    np.savez(file, *arrays)  # they keep their order
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    lessons = [
        with_digest(nbformat.read(path, as_version=4), path.name, digest)
        for path in paths
    ]
    write(weights, content)
    for path, nb in zip(paths, lessons, strict=True):
        write_notebook(path, nb)
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
    paths = lessons_that_load()
    for other in paths:  # before minutes pass
        with_digest(nbformat.read(other, as_version=4), other.name, "")
    run = path.name, recipe_cells(path), "long", SEED
    work = {f'{path.stem}: recipe "long", seed {SEED}': run}
    with in_a_sentence():
        for _, arrays in cluster.finished(jobs.learn, work, "weights", scheduler):
            store(arrays, paths)


if __name__ == "__main__":
    main()
