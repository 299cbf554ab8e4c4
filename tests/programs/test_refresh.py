"""Refreshing gives one normal form, and the second time changes no byte."""

import nbformat
import pytest

from notebooks import read
from tools.execution import CellFailed
from tools.refresh import NotNormal, is_normal, normalise, refresh

PLOT = """import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([1, 3, 2])
plt.show()"""


@pytest.fixture
def notebook(tmp_path):
    """An untidy notebook: random ids, odd counts, stray metadata."""
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny: a test\n"),
        nbformat.v4.new_code_cell("print('one')\nprint('two')\n", execution_count=7),
        nbformat.v4.new_markdown_cell("## Draw it"),
        nbformat.v4.new_code_cell(PLOT),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    cells[1].metadata.update({"collapsed": True, "ExecuteTime": {"end": "now"}})
    tags = {"tags": ["figure"], "figure": "tiny.png", "alt": "A line up and down."}
    cells[3].metadata.update(tags)
    nb = nbformat.v4.new_notebook(cells=cells, metadata={"colab": {"provenance": []}})
    path = tmp_path / "tiny.ipynb"
    nbformat.write(nb, path)
    return path


def test_second_refresh_changes_no_byte(notebook, tmp_path):
    assert not is_normal(notebook)
    refresh(notebook, tmp_path)
    files = notebook, tmp_path / "tiny.png"
    first = [path.read_bytes() for path in files]
    refresh(notebook, tmp_path)
    assert [path.read_bytes() for path in files] == first
    assert is_normal(notebook)


def test_normal_form(notebook, tmp_path):
    refresh(notebook, tmp_path)
    nb = read(notebook)
    assert [cell.id for cell in nb.cells] == [
        "tiny-a-test-1",
        "tiny-a-test-2",
        "draw-it-1",
        "draw-it-2",
        "draw-it-3",
    ]
    assert [c.execution_count for c in nb.cells if c.cell_type == "code"] == [1, 2, 3]
    assert nb.cells[1].metadata == {}
    assert nb.cells[1].outputs[0].text == "one\ntwo\n"
    assert nb.cells[3].outputs[0].metadata == {
        "image/png": {"alt": "A line up and down."}
    }
    assert nb.cells[4].outputs[0].execution_count == 3
    assert nb.metadata.keys() == {"kernelspec", "language_info"}
    assert (tmp_path / "tiny.png").read_bytes().startswith(b"\x89PNG")


def test_inserting_a_cell_renames_no_other(notebook, tmp_path):
    refresh(notebook, tmp_path)
    nb = read(notebook)
    before = [cell.id for cell in nb.cells]
    nb.cells.insert(4, nbformat.v4.new_code_cell("2 + 2"))
    normalise(nb, "tiny.ipynb")
    ids = [cell.id for cell in nb.cells]
    assert ids[4] == "draw-it-4"
    assert ids[:4] + ids[5:] == before


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (
            "import sys\nprint('careful', file=sys.stderr)",
            NotNormal,
            "writes to stderr",
        ),
        ("undefined_name", CellFailed, "NameError: name 'undefined_name'"),
        (PLOT, NotNormal, "describe it in `alt`"),
    ],
    ids=["stderr", "error", "undescribed"],
)
def test_what_cannot_be_refreshed_stays_as_it_was(
    notebook, tmp_path, source, error, words
):
    nb = read(notebook)
    nb.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(nb, notebook)
    before = notebook.read_bytes()
    with pytest.raises(error, match=words):
        refresh(notebook, tmp_path)
    assert notebook.read_bytes() == before
    assert not (tmp_path / "tiny.png").exists()
