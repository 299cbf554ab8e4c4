"""The stored sweeps are complete, of the locked versions, and in the lessons."""

import csv
import re
from collections import Counter

import pytest

from notebooks import LESSONS, code_cells, name, printed, read, tagged
from shared_cells.stored_runs import read_runs
from tools.course import ROOT, lesson_paths
from tools.measuring import libraries, sweep, weights
from tools.measuring.numerics import NUMERICS
from tools.measuring.sweep import stored_rows
from tools.measuring.training import recipe_names

SWEPT = [path for path in LESSONS if recipe_names(path)]
SEEDS_AT_LEAST = {"07": 20}  # of each recipe; 5 elsewhere
LOCK = ROOT / "requirements.lock"

every_sweep = pytest.mark.parametrize("path", SWEPT, ids=name)


@every_sweep
def test_every_recipe_has_its_runs_with_seeds_from_1_up(path):
    found = Counter(row["recipe"] for row in stored_rows(path))
    assert list(found) == recipe_names(path), "recipes and rows differ"
    for recipe, count in found.items():
        assert count >= SEEDS_AT_LEAST.get(path.name[:2], 5), f"{recipe}: more seeds"
        seeds = [int(r["seed"]) for r in stored_rows(path) if r["recipe"] == recipe]
        assert seeds == list(range(1, count + 1)), f"{recipe}: a seed is missing"


@every_sweep
def test_runs_were_measured_with_the_locked_versions(path):
    lock = LOCK.read_text(encoding="utf-8")
    for package in sweep.PACKAGES:
        locked = re.search(rf"^{package}==(\S+)", lock, re.M)[1]
        measured = {row[package] for row in stored_rows(path)}
        assert measured == {locked}, f"{package}: run make sweep"


@every_sweep
def test_a_lesson_reads_the_numbers_of_its_table(path):
    (cell,) = tagged(read(path), "table")
    names = {"read_runs": read_runs}
    exec(cell.source, names)
    rows, measured = stored_rows(path), names["measured"]
    for recipe, run in measured.items():
        runs = [row for row in rows if row["recipe"] == recipe]
        quantities = {q for q in runs[0] if runs[0][q]} - {*sweep.PACKAGES}
        assert run.keys() == quantities - {"recipe", "seed"}, "run make sweep"
        for quantity, numbers in run.items():
            stored = [float(row[quantity]) for row in runs]
            assert numbers.tolist() == stored, f"{recipe}, {quantity}: run make sweep"
    assert list(measured) == recipe_names(path)


@pytest.mark.parametrize("line", ["A | last", "A | last | 0.9 high", "", "A|last|1"])
def test_a_stored_line_of_another_shape_is_shown(line):
    with pytest.raises(ValueError, match="A stored line is not `recipe") as error:
        read_runs(f"B | last | 0.9\n{line}\nC | last | 0.9")
    assert str(error.value).endswith(f"numbers`: {line}")


def test_every_table_belongs_to_a_lesson_that_is_swept():
    tables = sweep.SWEEPS.glob("*.csv")
    assert sorted(tables) == [sweep.table(path) for path in SWEPT]
    with_cell = [path for path in LESSONS if tagged(read(path), "table")]
    other = lesson_paths(["10"])  # its shares are measured by tools.measuring.photos
    assert with_cell == sorted([*SWEPT, *other])


def test_lesson_08_shows_the_libraries_as_they_were_measured():
    (path,) = lesson_paths(["08"])
    (cell,) = tagged(read(path), "libraries")
    stored = libraries.summary(libraries.stored_rows())
    assert cell.source.split('"""')[1].strip() == stored, "store the table again"
    assert cell.source.count(" | first_seconds | ") == len(libraries.NEEDS)


def test_lesson_07_repeats_three_of_the_stored_runs():
    (path,) = lesson_paths(["07"])
    said = re.findall(
        r"^seed (\d+): .+, (\d+) mistakes$", printed(read(path).cells), re.M
    )
    rows = {row["seed"]: row for row in stored_rows(path) if row["recipe"] == "C"}
    expected = [
        (s, f"{1e4 * (1 - float(rows[s]['last'])):.0f}") for s in ("1", "2", "3")
    ]
    assert said == expected, "the lesson trains other runs than the table holds"


def test_lesson_09_makes_the_mistakes_of_three_of_the_stored_runs():
    (path,) = lesson_paths(["09"])
    said = re.findall(
        r"^mistakes on the test set: (\d+) of 10,000$", printed(read(path).cells), re.M
    )
    runs = {(r["recipe"], r["seed"]): float(r["accuracy"]) for r in stored_rows(path)}
    stored = [(recipe, str(run.seed)) for recipe, run in weights.STORED.items()]
    trained = [("short", "1"), *stored]
    expected = [f"{1e4 * (1 - runs[run]):.0f}" for run in trained]
    assert said == expected, "the lesson's networks are other runs than the table's"


@pytest.mark.parametrize("recipe", weights.STORED)
def test_weights_are_stored_of_the_run_nearest_the_mean(recipe):
    (path,) = lesson_paths(["09"])
    rows = [row for row in stored_rows(path) if row["recipe"] == recipe]
    right = {int(row["seed"]): round(1e4 * float(row["accuracy"])) for row in rows}
    total = sum(right.values())  # in whole numbers: two runs may be as near
    nearest = min(right, key=lambda seed: abs(len(right) * right[seed] - total))
    assert nearest == weights.STORED[recipe].seed


def test_lesson_13_trains_one_of_the_stored_runs():
    (path,) = lesson_paths(["13"])
    own, _ = re.findall(
        r"^mistakes on the test set: (\d+), error ([\d.]+), temperature ([\d.]+)$",
        printed(read(path).cells),
        re.M,
    )
    runs = {r["recipe"]: r for r in stored_rows(path) if r["seed"] == "1"}
    run = runs["10 epochs"]
    mistakes = f"{1e4 * (1 - float(run['accuracy'])):.0f}"
    error, temperature = (
        f"{float(run['error']):.3f}",
        f"{float(run['temperature']):.3f}",
    )
    assert own == (mistakes, error, temperature), "the network is another run"


def test_lesson_07_says_of_the_numerics_what_was_measured():
    (path,) = lesson_paths(["07"])
    source = next(c.source for c in code_cells(read(path)) if "NUMERICS =" in c.source)
    lines = source.split('"""')[1].strip().splitlines()
    said = {tuple(part.strip() for part in line.split(" | ")) for line in lines}
    with NUMERICS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    measured = {}
    for row in rows:
        key = row["how"], row["fingerprint"], f"{float(row['accuracy']):.4f}"
        measured.setdefault(key, set()).add(row["condition"])
    assert {(how, print_, score) for how, _, print_, score in said} == measured.keys()
    for how, words, print_, score in said:
        conditions = measured[how, print_, score]
        if words.endswith("hidden"):
            assert conditions == {words}
        elif words == "all six conditions":
            assert len(conditions) == 6
        else:
            assert all("thread" in c or c == "as it is" for c in conditions), words
