"""The pinned numerics keep their promise, and without them the numbers move.

Lesson 05 stands for the others: it trains, and prints many trained numbers.
"""

import re
import shutil

import nbformat
import pytest

from notebooks import LESSONS, code_cells, printed, read, strict_nbval
from tools.course import ROOT
from tools.measuring.numerics import CONDITIONS, train
from tools.measuring.training import unpin

LESSON = LESSONS[4]
FINGERPRINT = re.search(r"^yours (\w+) ", printed(read(LESSONS[3]).cells), re.M)[1]


@pytest.mark.parametrize("run", ["first", "second"])
def test_recipe_gives_the_same_bits_in_every_process(run):
    assert train({})["fingerprint"] == FINGERPRINT


@pytest.mark.parametrize("condition", list(CONDITIONS)[1:])
def test_recipe_gives_the_same_bits_on_other_machines(condition):
    assert train(CONDITIONS[condition])["fingerprint"] == FINGERPRINT


@pytest.mark.parametrize("condition", ["eight threads asked for", "AVX-512 hidden"])
def test_pinned_lesson_gives_the_stored_numbers(condition):
    result = strict_nbval(LESSON, CONDITIONS[condition])
    assert result.returncode == 0, result.stdout


def test_unpinned_lesson_gives_other_numbers(tmp_path):
    nb = read(LESSON)
    setup = code_cells(nb)[0]
    setup.source = unpin(setup.source)
    (tmp_path / "data").mkdir()
    shutil.copy(LESSON.parent / "data" / "mnist.npz", tmp_path / "data")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    nbformat.write(nb, tmp_path / LESSON.name)
    result = strict_nbval(tmp_path / LESSON.name)
    assert result.returncode == 1, result.stdout
    assert "mismatch 'stdout'" in result.stdout, "no printed number moved"
    assert "Cell execution caused an exception" not in result.stdout, "a band broke"
