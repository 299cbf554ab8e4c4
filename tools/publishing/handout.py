"""Write the hand-outs: lessons without solutions and outputs, and what they load.

With them go a page to start from, the packages with their hashes, the pad, the licence,
and check_machine.py, which a class can run a week ahead by itself.

    python -m tools.publishing.handout

What it writes to build/handout/, and build/handout.zip, is what to give to a class.
"""

import shutil
from html import escape
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

from tools.course import BUILD, NOTEBOOKS, ROOT, cells_tagged, lesson_paths, title_of
from tools.measuring import one_epoch
from tools.publishing.pad import PAGE
from tools.shared_cells import source_of

HANDOUT = BUILD / "handout"
CHECK = Path(__file__).with_name("check_machine.py")
START = Path(__file__).with_name("start.html")
LOCK = Path(__file__).with_name("handout.lock")  # what learners install, with hashes
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


def loads_weights(nb):
    """Return whether a lesson loads the weights of lesson 09's longest trainings."""
    return bool(cells_tagged(nb, "weights"))


def start_page():
    """Return the page that a learner opens first: set-up, and the list of lessons."""
    notebooks = {path: nbformat.read(path, as_version=4) for path in lesson_paths()}
    lessons = "\n".join(
        f"  <li>{escape(title_of(nb))}: <code>{path.name}</code></li>"
        for path, nb in notebooks.items()
    )
    *others, last = (p.name[:2] for p, nb in notebooks.items() if loads_weights(nb))
    text = START.read_text(encoding="utf-8")
    text = text.replace("WITH_WEIGHTS", f"{', '.join(others)} and {last}")
    return text.replace("LESSONS", lessons)


def write_handouts(folder):
    """Write all hand-outs and what goes with them, replacing what is in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    for path in lesson_paths():
        nbformat.write(handout(nbformat.read(path, as_version=4)), folder / path.name)
    shutil.copy(LOCK, folder / "requirements.txt")
    shutil.copy(PAGE, folder)
    shutil.copy(ROOT / "LICENSE", folder)
    for name, text in (CHECK.name, check_machine()), (START.name, start_page()):
        (folder / name).write_text(text, encoding="utf-8")


def main():
    """Write the folder and the archive; say so."""
    write_handouts(HANDOUT)
    shutil.make_archive(HANDOUT, "zip", HANDOUT.parent, HANDOUT.name)
    number = len(lesson_paths())
    print(f"wrote {number} lessons to build/handout/: no solutions, no outputs")
    print("and the same as one file, build/handout.zip; learners open start.html")


if __name__ == "__main__":
    main()
