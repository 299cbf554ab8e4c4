"""Refreshing gives one normal form, and the second time changes no byte."""

import nbformat
import pytest

from notebooks import read
from tools.execution import CellFailed
from tools.refresh import NotNormal, normalise, problems, refresh
from tools.shared_cells import CannotShare, digest, source_of

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
    assert problems(notebook) == [
        "tiny.ipynb is not in normal form: run `make refresh`."
    ]
    refresh(notebook, tmp_path)
    files = notebook, tmp_path / "tiny.png"
    first = [path.read_bytes() for path in files]
    refresh(notebook, tmp_path)
    assert [path.read_bytes() for path in files] == first
    assert problems(notebook) == []


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


def change(path, tag, source, **metadata):
    """Add a code cell to a notebook, or change the one that has its tag."""
    nb = read(path)
    found = [c for c in nb.cells if tag in c.metadata.get("tags", [])]
    if not found:
        found = [nbformat.v4.new_code_cell(id=f"{tag}-1", metadata={"tags": [tag]})]
        nb.cells += found
    found[0].source = source
    found[0].metadata.update(metadata)
    nbformat.write(nb, path)


def source(path, tag):
    """Return the source of a notebook's only cell with this tag."""
    (cell,) = (c for c in read(path).cells if tag in c.metadata.get("tags", []))
    return cell.source


def test_an_empty_cell_and_one_of_an_older_file_are_written(notebook):
    change(notebook, "recap-vectors", "")
    refresh(notebook, execute=False)
    assert source(notebook, "recap-vectors") == source_of("recap-vectors")
    assert problems(notebook) == []
    change(notebook, "recap-vectors", "older = 1", shared=digest("older = 1"))
    assert problems(notebook) == [
        "tiny.ipynb, cell recap-vectors-1 differs from shared_cells/vectors.py: run "
        "`python -m tools.refresh --cells`."
    ]
    refresh(notebook, execute=False)
    assert problems(notebook) == []


def test_a_shared_cell_edited_in_place_is_named_and_not_overwritten(notebook):
    change(notebook, "recap-vectors", "")
    refresh(notebook, execute=False)
    edited = source_of("recap-vectors") + "  # better"
    change(notebook, "recap-vectors", edited)
    before = notebook.read_bytes()
    says = (
        "tiny.ipynb, cell recap-vectors-1 differs from shared_cells/vectors.py: what "
        "you changed in the cell belongs there; then run "
        "`python -m tools.refresh --cells --overwrite`."
    )
    assert problems(notebook) == [says]
    for execute in True, False:
        with pytest.raises(CannotShare) as refusal:
            refresh(notebook, execute=execute)
        assert str(refusal.value) == says
        assert notebook.read_bytes() == before
    refresh(notebook, execute=False, overwrite=True)
    assert source(notebook, "recap-vectors") == source_of("recap-vectors")


def test_two_cells_of_one_tag_are_named(notebook):
    nb = read(notebook)
    nb.cells += [
        nbformat.v4.new_code_cell(id=f"cell-{n}", metadata={"tags": ["setup"]})
        for n in (1, 2)
    ]
    nbformat.write(nb, notebook)
    with pytest.raises(CannotShare, match="cells cell-1 and cell-2: both are tagged"):
        refresh(notebook, execute=False)


def test_a_missing_file_is_named(notebook, tmp_path, monkeypatch):
    change(notebook, "recap-vectors", "")
    monkeypatch.setattr("tools.shared_cells.FOLDER", tmp_path / "shared_cells")
    with pytest.raises(CannotShare, match=r"^shared_cells/vectors\.py is missing\.$"):
        refresh(notebook, execute=False)


def test_an_unknown_tag_is_named_before_anything_runs(notebook):
    change(notebook, "recap-vector", "1 / 0")
    with pytest.raises(
        NotNormal, match="Cell recap-vector-1 is tagged `recap-vector`, and no"
    ):
        refresh(notebook)


def test_folded_cells_have_a_name_and_taught_ones_are_open(notebook):
    change(notebook, "checkpoint", "assert True")
    change(notebook, "recap-model", "")
    refresh(notebook, execute=False)
    assert source(notebook, "checkpoint") == "# @title Checkpoint: Draw it\nassert True"
    folded = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    for cell in read(notebook).cells[-2:]:
        assert folded.items() <= cell.metadata.items()
    change(notebook, "recap-model", "", tags=["recap-model", "taught"])
    refresh(notebook, execute=False)
    assert not folded.keys() & read(notebook).cells[-1].metadata.keys()
    change(notebook, "drawing", PLOT)
    with pytest.raises(NotNormal, match="Cell drawing-1 is folded: begin it with"):
        refresh(notebook, execute=False)
