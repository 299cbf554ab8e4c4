"""The shares that lesson 10 quotes are the stored ones."""

import csv

from notebooks import read, tagged
from shared_cells.stored_runs import read_runs
from tools.course import lesson_paths
from tools.measuring.photos import RUNS, lines_of

(LESSON,) = lesson_paths(["10"])


def stored():
    with RUNS.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["kind", "quantity", "share"]
    return rows


def test_the_table_in_the_lesson_is_the_stored_one():
    (cell,) = tagged(read(LESSON), "table")
    _, lines, _ = cell.source.split('"""')
    said = "run python -m tools.measuring.photos"
    assert lines == f"\n{lines_of(stored())}\n", said


def test_every_kind_has_its_shares_and_they_add_up():
    runs = {}
    for kind, quantity, share in stored():
        runs.setdefault(kind, {})[quantity] = float(share)
    kinds = {kind: run for kind, run in runs.items() if "right" in run}
    assert len(kinds) == 13
    for kind, run in kinds.items():
        total = run["right"] + run["wrong"] + run["refused"]
        assert abs(total - 1) < 1e-6, f"{kind}: {total}"
        assert run["sure"] <= run["unnoticed"] <= run["wrong"]
    assert read_runs(lines_of(stored())).keys() == runs.keys()
