"""Checkpoints say what was left out, and their bands were measured by this lesson."""

import ast
import re

import pytest

from kernel import CellFailed
from notebooks import LESSONS, code_cells, name, read, tags
from tools.measuring.bands import SEEDS, bands_in, stored_values


def names_made_in(cells):
    """Return all names that code cells assign, import or define at the top level."""
    trees = [ast.parse(cell.source) for cell in cells]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assigned = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return assigned | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_checkpoint_run_too_early_says_what_is_missing(begun):
    cells = code_cells(begun.nb)
    for number, cell in enumerate(cells):
        if "checkpoint" not in tags(cell):
            continue
        with pytest.raises(CellFailed) as failure:
            begun.kernel.run(cell.source)
        sentence = failure.value.value
        missing = re.fullmatch(
            r"name '(\w+)' is not defined\. (?:Did you mean \w+\? If not, r|R)un the "
            r"cell above that makes it, or run all cells\.",
            sentence,
        )
        assert missing, f"{cell.id}: {sentence}"
        assert missing[1] in names_made_in(cells[:number]), cell.id


@pytest.mark.parametrize("path", [p for p in LESSONS if bands_in(read(p))], ids=name)
def test_the_table_of_bands_holds_what_the_lesson_computes(path, ran, request):
    if request.config.option.nbval_lax:
        pytest.skip("other packages compute other numbers, inside the bands")
    stored = {
        quantity: values[SEEDS.index(1)]
        for (lesson, quantity), values in stored_values().items()
        if lesson == path.stem
    }
    assert ran.values == pytest.approx(stored, rel=1e-6), "make bands"
