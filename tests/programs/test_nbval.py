"""The strict comparison notices what changed, is not deaf, and ends."""

from typing import NamedTuple

import nbformat
import pytest

from notebooks import read, strict_nbval, verdicts
from tools.refresh import refresh

PLOT = """fig, ax = plt.subplots()
ax.bar(["a", "b"], [3, 4])
ax.set(ylabel="hits")
plt.show()"""
OTHER = "the picture differs from the stored one: RMS"
PRINT = "print('accuracy', 0.979)"
WAITS = """import sys, threading
go = threading.Event()
def write():
    go.wait()
    print("noise", file=sys.stderr)
thread = threading.Thread(target=write)
thread.start()"""
CHILD = """import subprocess, sys
_ = subprocess.run([sys.executable, "-c", "import os; os.write(2, b'noise')"])"""
NOISE = "import os; _ = os.write(2, b'noise')"
# The thread that reads descriptor 2 hands on what it read when the cell has ended.
LATE = """import os, sys, time
written = sys.stderr.write
sys.stderr.write = lambda text: time.sleep(0.5) or written(text)
_ = os.write(2, b'noise')"""


def code(old, new):
    """Return a change to a cell: another text in its code."""

    def change(cell):
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def output(old, new):
    """Return a change to a cell: another text in what it has stored."""

    def change(cell):
        assert old in cell.outputs[0].text
        cell.outputs[0].text = cell.outputs[0].text.replace(old, new)

    return change


def another_size(cell):
    code("subplots()", "subplots(figsize=(6.4, 4.9))")(cell)
    cell.outputs[0].data["text/plain"] = "<Figure size 640x490 with 1 Axes>"


def no_picture(cell):
    del cell.outputs[0].data["image/png"]


class Case(NamedTuple):
    """A cell's source, what changes after it was stored, what has to be said of it."""

    source: str
    change: object = lambda cell: None
    says: str = ""  # nothing: the cell passes
    tags: tuple = ()


def writes(source, says="noise", tags=()):
    """Return the case of a cell that writes to stderr in some way."""
    return Case("pass", code("pass", source), f"Written to stderr: {says}", tags)


CASES = {
    "imports": Case("import matplotlib.pyplot as plt"),
    "the same number": Case(PRINT),
    "the same picture": Case(PLOT),
    "nothing": Case("total = 1 + 1"),
    "another number": Case(PRINT, output("0.979", "0.978"), "mismatch 'stdout'"),
    "no text": Case(PRINT, code(PRINT, "pass"), "Missing output fields"),
    "new text": Case("pass", code("pass", "print(2)"), "Unexpected output fields"),
    "other data": Case(PLOT, code("[3, 4]", "[4, 3]"), OTHER),
    "other label": Case(PLOT, code("hits", "misses"), OTHER),
    "other kind": Case(PLOT, code(".bar(", ".plot("), OTHER),
    "other size": Case(PLOT, another_size, "the picture's shape is"),
    "new picture": Case(PLOT, no_picture, "1 pictures drawn, 0 stored"),
    "stderr": writes("import sys; print('a noise', file=sys.stderr)", "a noise"),
    "a warning": writes("import warnings; warnings.warn('old')", ""),
    "descriptor 2": writes(NOISE),
    "descriptor 1": Case(
        "pass", code("pass", "import os; _ = os.write(1, b'noise')"), "stdout"
    ),
    "C": writes("import ctypes; _ = ctypes.CDLL(None).perror(b'noise')"),
    "a child": writes(CHILD),
    "stderr where stdout is ignored": writes(NOISE, tags=("nbval-ignore-output",)),
    "a new number where it is ignored": Case(
        PRINT, output("0.979", "0.978"), tags=("nbval-ignore-output",)
    ),
    "an error": Case("1", code("1", "1 / 0"), "Cell execution caused an exception"),
    "a thread waits": Case("pass", code("pass", WAITS)),
    "the thread writes": writes("go.set(); thread.join()"),
    "descriptor 2, read late": writes(LATE),
    "no longer late": Case("pass", code("pass", "del sys.stderr.write")),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What strict nbval says of each case in one notebook: {case: text}."""
    folder = tmp_path_factory.mktemp("nbval")
    path, nb = folder / "tiny.ipynb", nbformat.v4.new_notebook()
    for case in CASES.values():
        nb.cells.append(nbformat.v4.new_code_cell(case.source))
        nb.cells[-1].metadata.update({"tags": list(case.tags), "alt": "Two bars."})
    nbformat.write(nb, path)
    refresh(path, folder)
    nb = read(path)
    for case, cell in zip(CASES.values(), nb.cells, strict=True):
        case.change(cell)
    nbformat.write(nb, path)
    found = verdicts(strict_nbval(folder).stdout)
    return {case: found.get((path.name, i), "") for i, case in enumerate(CASES)}


@pytest.mark.parametrize("case", CASES)
def test_cell_passes_or_fails_as_it_should(case, said):
    wanted = CASES[case].says
    assert bool(said[case]) == bool(wanted), said[case]
    assert wanted in said[case]
