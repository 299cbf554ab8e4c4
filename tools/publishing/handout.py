"""Write the hand-outs: lessons without solutions and outputs, and what they load.

With them goes check_machine.py, which a class can run a week ahead by itself.

    python -m tools.publishing.handout

What it writes to build/handout/ is a folder to give to a class.
"""

import shutil
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

from tools.course import BUILD, NOTEBOOKS, ROOT, lesson_paths
from tools.measuring import one_epoch
from tools.shared_cells import source_of

HANDOUT = BUILD / "handout"
CHECK = Path(__file__).with_name("check_machine.py")
PREPROCESSORS = (
    TagRemovePreprocessor(enabled=True, remove_cell_tags={"solution"}),
    ClearOutputPreprocessor(enabled=True),
)


def handout(nb):
    """Return a copy of a lesson without its solutions and without any output."""
    for preprocessor in PREPROCESSORS:
        nb, _ = preprocessor(nb, {})
    return nb


def check_machine():
    """Return the program that looks at a computer, with all that it needs inside."""
    tags = *one_epoch.PREPARATION, "recap-train"
    cells = "".join(f"    {tag!r}: {source_of(tag)!r},\n" for tag in tags)
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    text = CHECK.read_text(encoding="utf-8")
    for old, new in {
        'REQUIREMENTS = ""': f"REQUIREMENTS = {required!r}",
        "CELLS = {}": f"CELLS = {{\n{cells}}}",
        "LOW, HIGH = 0.0, 0.0, 0.0": "LOW, HIGH = {}, {}, {}".format(
            *one_epoch.expected()
        ),
    }.items():
        text = text.replace(old, new)
    return text


def write_handouts(folder):
    """Write all hand-outs and their data to `folder`, replacing what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    for path in lesson_paths():
        nbformat.write(handout(nbformat.read(path, as_version=4)), folder / path.name)
    (folder / CHECK.name).write_text(check_machine(), encoding="utf-8")


if __name__ == "__main__":
    write_handouts(HANDOUT)
    number = len(lesson_paths())
    print(f"wrote {number} lessons to build/handout/: no solutions, no outputs")
