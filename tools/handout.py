"""Write the hand-outs: the lessons without solutions and outputs, and the data set.

    python tools/handout.py

What it writes to build/handout/ is a folder to give to a class.
"""

import shutil
from pathlib import Path

import nbformat
from execute import NOTEBOOKS, lessons
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

BUILD = Path(__file__).parents[1] / "build" / "handout"
PREPROCESSORS = (
    TagRemovePreprocessor(enabled=True, remove_cell_tags={"solution"}),
    ClearOutputPreprocessor(enabled=True),
)


def handout(nb):
    """Return a copy of a lesson without its solutions and without any output."""
    for preprocessor in PREPROCESSORS:
        nb, _ = preprocessor(nb, {})
    return nb


def write_handouts(folder):
    """Write all hand-outs and the data set to `folder`, replacing what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    shutil.copy(NOTEBOOKS / "data" / "mnist.npz", folder / "data")
    for path in lessons():
        nbformat.write(handout(nbformat.read(path, as_version=4)), folder / path.name)


if __name__ == "__main__":
    write_handouts(BUILD)
    print(f"wrote {len(lessons())} lessons to build/handout/: no solutions, no outputs")
