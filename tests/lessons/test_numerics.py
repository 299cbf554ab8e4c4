"""The pinned numerics keep their promise, and without them the numbers move.

That the recipe gives the same bits in every process is compared where lesson 04 runs,
which prints their fingerprint.
"""

import os
import re
import shutil

import nbformat
import pytest

from notebooks import (
    LESSONS,
    code_cells,
    linux,
    printed,
    read,
    same_numbers,
    strict_nbval,
)
from tools.measuring.numerics import CONDITIONS, train
from tools.measuring.training import unpin

LESSON = LESSONS[4]
FINGERPRINT = re.search(r"^yours (\w+) ", printed(read(LESSONS[3]).cells), re.M)[1]


# Eight threads stand for any other number of them.
@same_numbers
@pytest.mark.parametrize("condition", list(CONDITIONS)[3:])
def test_recipe_gives_the_same_bits_on_other_machines(condition):
    assert train(CONDITIONS[condition])["fingerprint"] == FINGERPRINT


@linux
def test_unpinned_lesson_gives_other_numbers_and_one_core_with_2_gb_is_enough(tmp_path):
    import resource

    def shrink():
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
        resource.setrlimit(resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30))

    nb = read(LESSON)
    setup = code_cells(nb)[0]
    setup.source = unpin(setup.source)
    (tmp_path / "data").mkdir()
    shutil.copy(LESSON.parent / "data" / "mnist.npz", tmp_path / "data")
    nbformat.write(nb, tmp_path / LESSON.name)
    result = strict_nbval(tmp_path, preexec_fn=shrink)
    assert result.returncode == 1, result.stdout
    assert "Cell execution caused an exception" not in result.stdout, result.stdout
    assert "The kernel died" not in result.stdout, result.stdout
    assert "mismatch 'stdout'" in result.stdout, "no printed number moved"
