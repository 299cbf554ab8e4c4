"""What the measuring programs write into measured/ and into lessons."""

import hashlib
import sys

import numpy as np
import pytest

from notebooks import LESSONS
from tools.execution import CellFailed
from tools.measuring import bands, times, weights

STORED = pytest.mark.parametrize("run", weights.STORED.values(), ids=weights.STORED)
# They stand for a trained network's weights.
ARRAYS = [np.arange(6, dtype="float32").reshape(2, 3), np.ones(3, "float32")]


@pytest.fixture
def cell(tmp_path):
    """A copy of the file of the cell that loads the weights."""
    path = tmp_path / weights.CELL.name
    path.write_bytes(weights.CELL.read_bytes())
    return path


@STORED
def test_the_cell_gets_the_digest_of_the_weights_that_are_stored(run, cell, tmp_path):
    stored = tmp_path / "weights.npz"
    weights.store(ARRAYS, run.constant, stored, cell)
    digest = hashlib.sha256(stored.read_bytes()).hexdigest()
    before, after = weights.CELL.read_text("utf-8"), cell.read_text("utf-8")
    changed = [
        new
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert changed == [f'{run.constant} = "{digest}"'], "one line, and nothing else"
    with np.load(stored) as file:
        arrays = [file[name].tolist() for name in file.files]
    assert arrays == [array.tolist() for array in ARRAYS]


def test_without_a_place_for_the_digest_no_weights_are_written(cell, tmp_path):
    cell.write_text(cell.read_text("utf-8").replace("WEIGHTS_DIGEST = ", "D = "))
    before, stored = cell.read_bytes(), tmp_path / "weights.npz"
    with pytest.raises(SystemExit, match="needs one line WEIGHTS_DIGEST"):
        weights.store(ARRAYS, "WEIGHTS_DIGEST", stored, cell)
    assert cell.read_bytes() == before
    assert not stored.exists()


@STORED
def test_the_digest_of_the_stored_weights_stands_in_the_cell(run):
    digest = hashlib.sha256(run.path.read_bytes()).hexdigest()
    text = weights.CELL.read_text("utf-8")
    assert weights.with_digest(text, run.constant, digest) == text


@pytest.fixture
def idle(tmp_path, monkeypatch):
    """An idle machine, and lessons that take two seconds and 1,000 MiB."""
    monkeypatch.setattr(times, "TIMES", tmp_path / "times.csv")
    monkeypatch.setattr(times.psutil, "cpu_percent", lambda interval: 3.0)
    monkeypatch.setattr(times, "run", lambda *_: {"seconds": 2.0, "memory": 1000})
    monkeypatch.setattr(sys, "argv", ["times.py"])


def test_times_are_written_in_the_lessons_order_and_others_stay(idle, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["times.py", "03", "02"])
    times.main()
    monkeypatch.setattr(times, "run", lambda *_: {"seconds": 3.5, "memory": 900})
    monkeypatch.setattr(sys, "argv", ["times.py", "01", "03"])
    times.main()
    assert times.stored_times() == {
        LESSONS[0].stem: (3.5, 900),
        LESSONS[1].stem: (2.0, 1000),
        LESSONS[2].stem: (3.5, 900),
    }
    assert list(times.stored_times()) == [path.stem for path in LESSONS[:3]]


def test_on_a_busy_machine_nothing_is_measured(idle, monkeypatch):
    monkeypatch.setattr(times.psutil, "cpu_percent", lambda interval: 87.4)
    with pytest.raises(SystemExit, match=r"^Other programs use 87 % of the"):
        times.main()
    assert not times.TIMES.exists()


def test_a_lesson_that_fails_leaves_the_stored_times(idle, monkeypatch):
    times.main()
    before = times.TIMES.read_bytes()

    def fail(*_):
        raise CellFailed("01, cell 3: it fails")

    monkeypatch.setattr(times, "run", fail)
    with pytest.raises(SystemExit, match="cell 3: it fails"):
        times.main()
    assert times.TIMES.read_bytes() == before


def test_a_table_of_bands_with_other_columns_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(bands, "BANDS", tmp_path / "bands.csv")
    bands.BANDS.write_text("lesson,quantity,value\n01,accuracy,0.9\n")
    with pytest.raises(SystemExit, match=r"bands\.csv should have the columns lesson,"):
        bands.stored_values()
