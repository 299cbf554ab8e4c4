"""Every figure of a lesson has a test of what it shows."""

import ast
from pathlib import Path

import pytest

from notebooks import LESSONS, code_cells, name, read

TESTS = Path(__file__).parents[1] / "lessons"


def figures_of(path):
    """Return the figures, "lesson cell-id", that a file of tests is marked `@of`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        ast.literal_eval(figure)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "of"
        for figure in node.args
    ]


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_every_figure_has_a_test_of_its_content(path):
    number = path.name[:2]
    cells = [cell for cell in code_cells(read(path)) if "alt" in cell.metadata]
    wanted = {f"{number} {cell.id}" for cell in cells}
    file = TESTS / f"test_figures_{number}.py"
    missing = sorted(wanted ^ set(figures_of(file)))
    assert not missing, f"write a test, marked @of, of what these show: {missing}"


def test_every_file_of_such_tests_belongs_to_a_lesson():
    files = sorted(path.stem[-2:] for path in TESTS.glob("test_figures_*.py"))
    assert files == [path.name[:2] for path in LESSONS]
