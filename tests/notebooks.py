"""The notebooks as the tests read them."""

import copy
import functools
import os
import platform
import subprocess
import sys

import nbformat
import pytest

from tools.course import ROOT, lesson_paths

LESSONS = lesson_paths()
LEARNERS_PACKAGES = {"keras", "matplotlib", "numpy", "seaborn", "sklearn", "tensorflow"}
# A notebook's kernel is IPython, and Pillow comes with Matplotlib: no need to install.
ALLOWED_IMPORTS = LEARNERS_PACKAGES | {"IPython", "PIL"} | set(sys.stdlib_module_names)


linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
# Elsewhere trained numbers may differ in their last digits, and so may pictures.
same_numbers = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the stored numbers are promised for Linux on x86-64 only",
)


@functools.cache
def parsed(text):
    """Return the notebook of a JSON text; parsing takes longer than reading a file."""
    return nbformat.reads(text, as_version=4)


def read(path):
    """Return a notebook as nbformat 4, which the caller may change."""
    return copy.deepcopy(parsed(path.read_text(encoding="utf-8")))


def name(path):
    """Return what pytest shows for a lesson."""
    return path.stem


def tags(cell):
    """Return a cell's tags as a list."""
    return cell.metadata.get("tags", [])


def code_cells(nb):
    """Return the code cells of a notebook."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def tagged(nb, tag):
    """Return the cells of a notebook that carry a tag."""
    return [cell for cell in nb.cells if tag in tags(cell)]


def prose(nb):
    """Return the text of all markdown cells."""
    return "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")


def printed(cells):
    """Return all text that code cells print."""
    return "".join(
        output.get("text", "")
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def strict_nbval(path, environment=(), arguments=(), **options):
    """Compare one notebook strictly in a process of its own; return the result.

    `environment` is added to the current one, `arguments` to pytest's, and `options` go
    to subprocess.run. The hooks of conftest.py apply wherever the notebook lies. The
    colours that nbval uses on a terminal would hide the words that tests look for.
    """
    settings = ["-c", ROOT / "pyproject.toml", "--override-ini", "addopts="]
    pytest = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "conftest",
    ]
    environment = {"PYTHONPATH": str(ROOT / "tests")} | dict(environment)
    return subprocess.run(
        [*pytest, *settings, "-rA", "--color=no", "--nbval", *arguments, path],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        **options,
    )
