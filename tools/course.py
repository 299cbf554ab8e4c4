"""Where the course's files are, and how they are written: for all other programs."""

import ast
import csv
import io
import os
import re
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
FIGURES = ROOT / "figures"
MEASURED = ROOT / "measured"
BUILD = ROOT / "build"

EXERCISE_TAGS = {"exercise", "check", "solution"}
# What a cell can be; CONTRIBUTING.md explains the words.
TAGS = EXERCISE_TAGS | {
    "setup",
    "names",
    "imports",
    "parameters",
    "recap-data",
    "recap-vectors",
    "recap-model",
    "recap-train",
    "recap-runs",
    "weights",
    "taught",
    "explained-later",
    "guards",
    "checkpoint",
    "checker",
    "checker-compare",
    "checker-tell",
    "drawing",
    "figure",
    "sweep",
    "table",
    "libraries",
    "pad",
    "c-reader",
    "service",
    "dockerfile",
    "nbval-ignore-output",
}


def lesson_paths(names=()):
    """Return the paths of all lessons in order, or of those whose names start so.

    Raises SystemExit with a sentence if a name fits no lesson.
    """
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in paths):
            raise SystemExit(f"No lesson starts with {name!r}: try {paths[0].stem}.")
    return [p for p in paths if not names or p.name.startswith(tuple(names))]


def write(path, data):
    """Replace a file's bytes at one stroke, so that a crash leaves the old file."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except OSError:  # such as a full disk
        temporary.unlink(missing_ok=True)
        raise


def write_notebook(path, nb):
    """Write a notebook at one stroke, in the form in which all of them are stored."""
    import nbformat  # takes a second: a run of tools/measuring/jobs.py does without

    write(path, (nbformat.writes(nb) + "\n").encode())


def write_table(path, rows):
    """Write rows, the first with the columns' names, as CSV at one stroke."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, text.getvalue().encode())


def title_of(nb):
    """Return a lesson's title."""
    return nb.cells[0].source.splitlines()[0].removeprefix("# ")


def prose(nb):
    """Return the text of a notebook's markdown cells."""
    return "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")


def cells_tagged(nb, *tags):
    """Return the cells of a notebook that have one of these tags."""
    return [c for c in nb.cells if set(tags) & set(c.metadata.get("tags", []))]


def exercises(nb):
    """Yield (name of the answer, the answer's cell, its check's) of each exercise."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    for cell, check in pairwise(cells):
        if "exercise" in cell.metadata.get("tags", []):
            (stub,) = ast.parse(cell.source).body
            yield getattr(stub, "name", None) or stub.targets[0].id, cell, check


def parameters_of(nb):
    """Return the names that a lesson's cell tagged `parameters` sets."""
    sources = "\n".join(cell.source for cell in cells_tagged(nb, "parameters"))
    return set(re.findall(r"^(\w+) =", sources, re.MULTILINE))


def set_parameters(nb, values):
    """Give parameters of a lesson other values, {name: value}, where it sets them."""
    for cell in cells_tagged(nb, "parameters"):
        for name, value in values.items():
            cell.source = re.sub(
                rf"^{name} = \w+", f"{name} = {value}", cell.source, flags=re.MULTILINE
            )
