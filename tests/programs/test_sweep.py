"""The stored sweeps are complete and in the lessons, and `make sweep` resumes."""

import csv
import re
import sys
from collections import Counter
from concurrent.futures import Executor, Future

import nbformat
import pytest

from notebooks import LESSONS, code_cells, name, printed, read, tagged
from shared_cells.stored_runs import read_runs
from tools.course import ROOT, lesson_paths
from tools.measuring import sweep
from tools.measuring.numerics import NUMERICS
from tools.measuring.sweep import stored_rows
from tools.measuring.training import recipe_names

SWEPT = [path for path in LESSONS if recipe_names(path)]
SEEDS_AT_LEAST = {"07": 20}  # of each recipe; 5 elsewhere
LOCK = ROOT / "requirements.lock"

every_sweep = pytest.mark.parametrize("path", SWEPT, ids=name)

# A lesson that is quickly swept.
RECIPES = 'RECIPES = {"slow": {"rate": 1}, "fast": {"rate": 2}}'
TRAIN = """def train(seed, rate):
    return {"last": seed / 10, "best": rate + OFFSET}"""
CELL = '# @title Runs\nmeasured = read_runs("""\n""")\nprint(measured)'


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


def test_a_stored_table_of_another_shape_is_named(lesson):
    sweep.table(lesson).write_text("recipe,last\nslow,0.9\n")
    with pytest.raises(SystemExit, match=r"^07-tiny\.csv: each row has the columns"):
        stored_rows(lesson)


def test_every_table_belongs_to_a_lesson_that_is_swept():
    tables = sweep.SWEEPS.glob("*.csv")
    assert sorted(tables) == [sweep.table(path) for path in SWEPT]
    with_cell = [path for path in LESSONS if tagged(read(path), "table")]
    assert with_cell == SWEPT


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


def test_lesson_09_makes_the_mistakes_of_two_of_the_stored_runs():
    (path,) = lesson_paths(["09"])
    said = re.findall(
        r"^mistakes on the test set: (\d+) of 10,000$", printed(read(path).cells), re.M
    )
    runs = {r["recipe"]: r["accuracy"] for r in stored_rows(path) if r["seed"] == "1"}
    expected = [
        f"{1e4 * (1 - float(runs[recipe])):.0f}" for recipe in ("short", "long")
    ]
    assert said == expected, "the lesson's networks are other runs than the table's"


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


class InThisProcess(Executor):
    """A pool that runs its jobs at once, and starts no slow processes for them."""

    def __init__(self, *arguments, **options):
        pass

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture
def quickly(monkeypatch, tmp_path):
    """Let `sweep` train in this process."""
    monkeypatch.chdir(tmp_path)  # back at the end, for training changes the folder
    monkeypatch.setattr(sweep, "ProcessPoolExecutor", InThisProcess)


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A lesson with two recipes, which nobody has swept yet."""
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny"),
        nbformat.v4.new_code_cell("OFFSET = 0.5", metadata={"tags": ["setup"]}),
        nbformat.v4.new_code_cell("1 / 0"),
        nbformat.v4.new_code_cell(RECIPES, metadata={"tags": ["sweep"]}),
        nbformat.v4.new_code_cell(TRAIN, metadata={"tags": ["sweep"]}),
        nbformat.v4.new_code_cell(CELL, metadata={"tags": ["table"]}),
    ]
    monkeypatch.setattr(sweep, "SWEEPS", tmp_path)
    path = tmp_path / "07-tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def change(path, line, old, new):
    """Replace a text in one line of a lesson's table."""
    lines = sweep.table(path).read_text().splitlines()
    assert old in lines[line]
    lines[line] = lines[line].replace(old, new)
    sweep.table(path).write_text("\n".join(lines) + "\n")


def test_sweep_fills_the_table_and_the_cell(lesson):
    sweep.sweep(lesson, range(1, 3))
    rows = stored_rows(lesson)
    runs = [(row["recipe"], row["seed"]) for row in rows]
    assert runs == [("slow", "1"), ("slow", "2"), ("fast", "1"), ("fast", "2")]
    assert [row["last"] for row in rows] == ["0.1000", "0.2000"] * 2
    assert [row["best"] for row in rows] == ["1.5000"] * 2 + ["2.5000"] * 2
    (cell,) = tagged(read(lesson), "table")
    assert '"""\nslow | last | 0.1000 0.2000\nslow | best | 1.5000' in cell.source
    assert cell.source.startswith("# @title")
    assert cell.source.endswith("print(measured)")


def test_recipes_of_several_cells_are_all_swept_in_their_order(lesson, quickly):
    nb = read(lesson)
    more = nbformat.v4.new_code_cell(
        'RECIPES |= {"as ever": {"rate": 3}}', metadata={"tags": ["sweep"]}
    )
    nb.cells.insert(-1, more)
    nbformat.write(nb, lesson)
    assert recipe_names(lesson) == ["slow", "fast", "as ever"], "a cell is not read"
    sweep.sweep(lesson, range(1, 2))
    assert [row["best"] for row in stored_rows(lesson)] == [
        "1.5000",
        "2.5000",
        "3.5000",
    ]


def test_sweep_measures_what_is_missing_or_of_other_versions(lesson, quickly):
    sweep.sweep(lesson, range(1, 3))
    for line, changed in {1: "0.9001", 2: "0.9002", 3: "0.9003"}.items():
        change(lesson, line, stored_rows(lesson)[line - 1]["last"], changed)
    change(lesson, 3, stored_rows(lesson)[2]["keras"], "2.0.0")
    lines = sweep.table(lesson).read_text().splitlines()
    sweep.table(lesson).write_text("\n".join(lines[:4]) + "\n")
    sweep.sweep(lesson, range(1, 3))
    last = [row["last"] for row in stored_rows(lesson)]
    assert last == ["0.9001", "0.9002", "0.1000", "0.2000"], "measured again, or not"
    (cell,) = tagged(read(lesson), "table")
    assert "slow | last | 0.9001 0.9002\n" in cell.source


def test_rows_of_recipes_that_are_gone_are_dropped(lesson, quickly):
    sweep.sweep(lesson, range(1, 2))
    lesson.write_text(lesson.read_text().replace("slow", "slower"))
    sweep.sweep(lesson, range(1, 2))
    assert [row["recipe"] for row in stored_rows(lesson)] == ["slower", "fast"]


def test_sweep_stops_at_other_numbers_with_a_sentence(lesson, quickly):
    sweep.sweep(lesson, range(1, 2))
    before = sweep.table(lesson).read_bytes()
    lesson.write_text(lesson.read_text().replace("best", "worst"))
    with pytest.raises(SystemExit, match="returns other numbers now"):
        sweep.sweep(lesson, range(1, 3))
    assert sweep.table(lesson).read_bytes() == before


def test_cell_without_its_quotes_is_named(lesson):
    lesson.write_text(lesson.read_text().replace("print(measured)", '# \\"\\"\\"'))
    with pytest.raises(SystemExit, match="needs one"):
        sweep.write_cell(lesson, "slow | last | 0.1")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["01"], "has no cell tagged `sweep`"),
        (["99"], "No lesson starts with"),
        (["07", "--seeds", "0"], "a whole number from 1 up, not 0"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(words, says, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sweep.py", *words])
    with pytest.raises(SystemExit) as stop:
        sweep.main()
    assert says in f"{stop.value}{capsys.readouterr().err}"


def test_interrupted_sweep_says_how_to_go_on(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["sweep.py", "07"])
    monkeypatch.setattr(sweep, "sweep", interrupt)
    with pytest.raises(SystemExit, match="start again to go on"):
        sweep.main()


def test_lesson_without_sweep_cells_is_left_alone():
    assert not recipe_names(LESSONS[0])
    assert LESSONS[0] not in SWEPT
