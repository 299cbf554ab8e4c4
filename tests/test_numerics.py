"""The pinned numerics keep their promise, and without them the numbers move.

Lesson 05 stands for the others: it trains, and prints many trained numbers.
"""

import shutil
from pathlib import Path

import nbformat
import pytest
from lessons import LESSONS, code_cells, read, strict_nbval

ROOT = Path(__file__).parents[1]
LESSON = LESSONS[4]


@pytest.mark.parametrize(
    "environment",
    [
        dict.fromkeys(
            (
                "TF_NUM_INTRAOP_THREADS",
                "TF_NUM_INTEROP_THREADS",
                "OMP_NUM_THREADS",
                "OPENBLAS_NUM_THREADS",
            ),
            "8",
        ),
        {"ONEDNN_MAX_CPU_ISA": "AVX2", "TF_NUM_INTEROP_THREADS": "1"},
    ],
    ids=["eight-threads", "avx2"],
)
def test_pinned_lesson_gives_the_stored_numbers(environment):
    result = strict_nbval(LESSON, environment)
    assert result.returncode == 0, result.stdout


def test_unpinned_lesson_gives_other_numbers(tmp_path):
    nb = read(LESSON)
    setup = code_cells(nb)[0]
    pins = "TF_ENABLE_ONEDNN", "TENSORFLOW_USE_CUSTOM", "TF_NUM_INTRAOP"
    lines = setup.source.splitlines()
    setup.source = "\n".join(
        line for line in lines if not line.strip().startswith(pins)
    )
    assert len(setup.source.splitlines()) == len(lines) - len(pins)
    (tmp_path / "data").mkdir()
    shutil.copy(LESSON.parent / "data" / "mnist.npz", tmp_path / "data")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    nbformat.write(nb, tmp_path / LESSON.name)
    result = strict_nbval(tmp_path / LESSON.name)
    assert result.returncode == 1, result.stdout
    assert "mismatch 'stdout'" in result.stdout, "no printed number moved"
    assert "Cell execution caused an exception" not in result.stdout, "a band broke"
