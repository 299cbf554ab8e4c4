"""Write the hand-outs: lessons without solutions and outputs, and what they load.

    python -m tools.publishing.handout

What it writes to build/handout/ is a folder to give to a class.
"""

import shutil

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

from tools.course import BUILD, NOTEBOOKS, lesson_paths

HANDOUT = BUILD / "handout"
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
    """Write all hand-outs and their data to `folder`, replacing what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    for path in lesson_paths():
        nbformat.write(handout(nbformat.read(path, as_version=4)), folder / path.name)


if __name__ == "__main__":
    write_handouts(HANDOUT)
    number = len(lesson_paths())
    print(f"wrote {number} lessons to build/handout/: no solutions, no outputs")
