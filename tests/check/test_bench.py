"""`make bench` judges lesson 08's ladder by the written bars, and the stored one is up.

The clock itself is not tested: these tests read rows, given ones and the stored ones.
"""

import sys

import pytest

from shared_cells.stored_runs import read_runs
from tools.course import lesson_paths
from tools.measuring import bench, sweep
from tools.measuring.training import recipe_cells, recipe_names, unpin

(LESSON,) = lesson_paths(["08"])
RUNGS = list(recipe_names(LESSON))[: bench.RUNGS]


def rows(speed=10, wait=2.0, accuracy=0.974):
    """Return three rounds: the defaults are beaten so and so by all other rungs."""
    table = []
    for seed in "123":
        row = {"recipe": "defaults", "seed": seed, "images_per_second": "30000"}
        row |= {"accuracy": "0.9730", "to_target": "inf", "seconds_2": "20.0"}
        table.append(row | {"first_epoch": "1.5", "memory": "1100"})
        row = {"images_per_second": str(30_000 * speed), "to_target": str(wait)}
        row |= {"accuracy": str(accuracy), "seconds_2": ""}
        row |= {"first_epoch": "1.5", "memory": "1100"}
        table += [{"recipe": rung, "seed": seed} | row for rung in RUNGS[1:]]
        row = {"recipe": "NumPy", "seed": seed, "images_per_second": "600000"}
        table.append(row | {"accuracy": "", "to_target": ""})
    return table


def measured(table):
    """Return the numbers of a table's rows, as `make bench` reads them."""
    return read_runs(sweep.summary(table))


def verdicts(table):
    """Return whether each of the three bars is met."""
    return [met for _, met in bench.bars(measured(table))]


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, [True, True, True]),
        ({"speed": 9}, [True, True, True]),
        ({"speed": 8.9}, [False, True, True]),
        ({"wait": 2.5}, [True, True, True]),  # 20 seconds, and not there: over 8 times
        ({"wait": 2.6}, [True, False, True]),
        ({"wait": "inf"}, [True, False, True]),
        ({"accuracy": 0.973}, [True, True, True]),
        ({"accuracy": 0.9729}, [True, True, False]),
    ],
)
def test_bars(change, met):
    assert verdicts(rows(**change)) == met


def test_one_odd_round_moves_no_bar_of_speed():
    table = rows()
    for row in table[: len(RUNGS) + 1]:
        row["images_per_second"] = "1" if row["recipe"] != "defaults" else "900000"
    assert verdicts(table) == [True, True, True]


def test_one_bad_rung_is_named():
    table = rows()
    for row in table:
        if row["recipe"] == RUNGS[3]:
            row["accuracy"] = "0.9000"
    *_, (sentence, met) = bench.bars(measured(table))
    assert not met
    assert RUNGS[3] in sentence


def test_ladder_has_a_line_for_each_recipe():
    lines = bench.ladder(measured(rows())).splitlines()[1:]
    assert [line[:22].strip() for line in lines] == [*RUNGS, "NumPy"]
    assert "30,000    1.0    97.30%      never        1.5 s  1100 MiB" in lines[0]
    assert "300,000   10.0    97.40%      2.0 s" in lines[1]
    assert lines[-1].split() == ["NumPy", "600,000", "20.0"]


@pytest.mark.parametrize(("speed", "code"), [(10, 0), (5, 1)])
def test_bench_exits_with_one_if_a_bar_is_missed(speed, code, monkeypatch, capsys):
    monkeypatch.setattr(bench, "trained", lambda *_: rows(speed=speed))
    monkeypatch.setattr(sys, "argv", ["bench.py"])
    with pytest.raises(SystemExit) as stop:
        bench.main()
    assert int(stop.value.code) == code
    assert ("MISSED  " in capsys.readouterr().out) == bool(code)


def test_stored_ladder_meets_the_bars():
    bars = bench.bars(measured(sweep.stored_rows(LESSON)))
    missed = [said for said, met in bars if not met]
    assert not missed, missed


def test_no_training_is_stored_as_faster_than_the_limit():
    runs = measured(sweep.stored_rows(LESSON))
    limit = runs["NumPy"]["images_per_second"].max()
    for recipe in runs.keys() - {"NumPy"}:
        assert bench.median(runs, recipe, "images_per_second") < limit, recipe


def test_only_recipes_called_pinned_are_timed_with_the_pins():
    pinned = [r for r in recipe_names(LESSON) if sweep.with_pins(LESSON, r)]
    assert pinned == ["defaults, pinned", "whole epochs, pinned"]
    assert sweep.with_pins(lesson_paths(["06"])[0], "any"), "other lessons are pinned"
    source = unpin(recipe_cells(LESSON))
    assert "CUDA_VISIBLE_DEVICES" in source
    assert "TF_NUM_INTRAOP_THREADS" not in source
