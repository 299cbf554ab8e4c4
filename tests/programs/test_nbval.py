"""The strict comparison notices a changed number, word, picture and output."""

import nbformat
import pytest

from notebooks import code_cells, read, strict_nbval
from tools.refresh import refresh

SOURCES = [
    "import matplotlib.pyplot as plt",
    "print('accuracy', 0.979)",
    "fig, ax = plt.subplots()\n"
    "ax.bar(['a', 'b'], [3, 4])\n"
    "ax.set(ylabel='hits')\n"
    "plt.show()",
    "total = 1 + 1",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A refreshed notebook with a print, a picture and a silent cell."""
    folder = tmp_path_factory.mktemp("nbval")
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in SOURCES])
    nb.cells[2].metadata["alt"] = "Two bars."
    nbformat.write(nb, folder / "tiny.ipynb")
    refresh(folder / "tiny.ipynb", folder)
    return folder / "tiny.ipynb"


def run(notebook, change=lambda cells: None):
    """Return what strict nbval says of the notebook after a change to its cells."""
    nb = read(notebook)
    change(code_cells(nb))
    changed = notebook.with_name("changed.ipynb")
    nbformat.write(nb, changed)
    return strict_nbval(changed)


def test_unchanged_notebook_passes(notebook):
    result = run(notebook)
    assert result.returncode == 0, result.stdout
    assert "4 passed" in result.stdout


def test_changed_number_is_noticed(notebook):
    def change(cells):
        cells[1].outputs[0].text = "accuracy 0.978\n"

    assert "mismatch 'stdout'" in run(notebook, change).stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [("[3, 4]", "[4, 3]"), ("'hits'", "'misses'"), (".bar(", ".plot(")],
    ids=["data", "label", "kind"],
)
def test_changed_picture_is_noticed(notebook, old, new):
    def change(cells):
        cells[2].source = cells[2].source.replace(old, new)

    result = run(notebook, change)
    assert result.returncode == 1
    assert "the picture differs from the stored one: RMS" in result.stdout


def test_changed_picture_size_is_noticed(notebook):
    def change(cells):
        source = cells[2].source.replace("subplots()", "subplots(figsize=(6.4, 4.9))")
        cells[2].source = source
        cells[2].outputs[0].data["text/plain"] = "<Figure size 640x490 with 1 Axes>"

    assert "the picture's shape is" in run(notebook, change).stdout


def test_missing_picture_is_noticed(notebook):
    def change(cells):
        del cells[2].outputs[0].data["image/png"]

    assert "1 pictures drawn, 0 stored" in run(notebook, change).stdout


def test_unexpected_output_is_noticed(notebook):
    def change(cells):
        cells[3].source += "\nprint(total)"

    assert "Unexpected output fields" in run(notebook, change).stdout


def test_stderr_is_noticed(notebook):
    def change(cells):
        cells[3].source += "\nimport sys\nprint('warning', file=sys.stderr)"

    assert run(notebook, change).returncode == 1
