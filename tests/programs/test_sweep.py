"""`make sweep` fills the stored tables, resumes, and answers bad input."""

import sys

import nbformat
import pytest

from notebooks import LESSONS, read, tagged
from tools.measuring import cluster, sweep
from tools.measuring.sweep import stored_rows
from tools.measuring.training import recipe_names

# A lesson that is quickly swept.
RECIPES = 'RECIPES = {"slow": {"rate": 1}, "fast": {"rate": 2}}'
TRAIN = """def train(seed, rate):
    return {"last": seed / 10, "best": rate + OFFSET}"""
CELL = '# @title Runs\nmeasured = read_runs("""\n""")\nprint(measured)'


def in_this_process(function, work, *_):
    """Do runs one by one, and start no slow processes for them."""
    for name, arguments in work.items():
        yield name, function(*arguments)


@pytest.fixture
def quickly(monkeypatch, tmp_path):
    """Let `sweep` train in this process."""
    monkeypatch.chdir(tmp_path)  # back at the end, for training changes the folder
    monkeypatch.setattr(cluster, "finished", in_this_process)


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


def test_a_stored_table_of_another_shape_is_named(lesson):
    sweep.table(lesson).write_text("recipe,last\nslow,0.9\n")
    with pytest.raises(SystemExit, match=r"^07-tiny\.csv: each row has the columns"):
        stored_rows(lesson)


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


def test_named_recipes_alone_are_swept_and_the_others_stay(lesson, quickly):
    sweep.sweep(lesson, range(1, 2))
    sweep.sweep(lesson, range(1, 4), ["fast"])
    runs = [(row["recipe"], row["seed"]) for row in stored_rows(lesson)]
    assert runs == [("slow", "1"), ("fast", "1"), ("fast", "2"), ("fast", "3")]


def test_a_recipe_that_is_not_there_is_named(lesson):
    with pytest.raises(SystemExit, match=r'has no recipe "fats"\. It has "slow"'):
        sweep.sweep(lesson, range(1, 2), ["fats"])
    assert not sweep.table(lesson).exists()


@pytest.mark.parametrize(("most", "taken"), [(None, 3), (2, 2), (8, 3)])
def test_no_more_workers_are_made_than_asked_for(most, taken, monkeypatch):
    monkeypatch.setattr(cluster, "workers", lambda: 3)
    with cluster.local(most) as made:
        assert len(made.workers) == taken


def test_runs_about_the_clock_take_turns_on_this_machine(lesson, monkeypatch):
    asked = []
    monkeypatch.setattr(sweep, "TIMED", {lesson.stem})
    monkeypatch.setattr(sweep, "with_pins", lambda *_: True)
    monkeypatch.setattr(cluster, "finished", lambda *given: asked.append(given) or [])
    list(sweep.trained(lesson, [("slow", 1)], "tcp://10.0.0.1:8786", 4))
    ((_, _, _, scheduler, most),) = asked
    assert (scheduler, most) == (None, 1)


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
        (["07", "08", "--recipes", "A"], "--recipes belong to one lesson"),
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
