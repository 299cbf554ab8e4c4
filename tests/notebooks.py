"""The notebooks as the tests read them."""

import copy
import functools
import os
import platform
import re
import subprocess
import sys

import nbformat
import pytest

from tools.course import ROOT, lesson_paths

LESSONS = lesson_paths()
LEARNERS_PACKAGES = {"keras", "matplotlib", "numpy", "seaborn", "sklearn", "tensorflow"}
# A notebook's kernel is IPython, Pillow comes with Matplotlib, and threadpoolctl with
# scikit-learn: no need to install.
THEIR_PACKAGES = {"IPython", "PIL", "threadpoolctl"}
# Colab has it; elsewhere lesson 15 says in a sentence that it goes on without.
ASKED_FOR = {"distributed"}
ALLOWED_IMPORTS = (
    ASKED_FOR | LEARNERS_PACKAGES | THEIR_PACKAGES | set(sys.stdlib_module_names)
)


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


def printed(cells):
    """Return all text that code cells print."""
    return "".join(
        output.get("text", "")
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def strict_nbval(folder, *arguments, environment=(), **options):
    """Compare the notebooks in a folder strictly, in one process; return the result.

    `arguments` are pytest's, `environment` is added to the current one, and `options`
    go to subprocess.run. The hooks of conftest.py apply wherever the folder lies. The
    colours that nbval uses on a terminal would hide the words that tests look for.
    """
    pytest = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml"]
    settings = ["-p", "conftest", "-p", "no:cacheprovider", "-o", "addopts="]
    settings += ["--nbval", "--color=no", "--rootdir", folder]
    return subprocess.run(
        [*pytest, *settings, *arguments, folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests")} | dict(environment),
        capture_output=True,
        text=True,
        **options,
    )


def verdicts(output):
    """Return what strict nbval says of the cells that fail.

    As {(file name of the notebook, number of the code cell, from 0): text}.
    """
    heading = r"(?m)^_+ (?:ERROR at setup of )?(?:\S*/)?(\S+\.ipynb)::Cell (\d+) _+$"
    parts = re.split(heading, output)
    return {
        (name, int(cell)): text
        for name, cell, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    }
