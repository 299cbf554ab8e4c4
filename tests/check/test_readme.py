"""The README is short, and says and shows what the notebooks do."""

import re

import nbformat
import pytest

from notebooks import LESSONS, read
from tools.course import FIGURES, ROOT, title_of
from tools.refresh import pictures
from tools.run_lessons import exercise_minutes, reading_minutes

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE_ROWS = [line for line in README.splitlines() if line.startswith("|")]
FILM_LIMIT = 1_500_000  # bytes
HEADER = re.compile(
    r"^\*About (\d+) minutes to read, (?:about (\d+) minutes for the exercises, )?"
    r"about (\d+) seconds to run\.\*$",
    re.M,
)


def prose(text):
    """Return the words of a Markdown text, without pictures and addresses."""
    text = re.sub(r"<.+?>|!\[.*?\]\(.*?\)|\]\(.*?\)", " ", text, flags=re.S)
    return re.findall(r"[\w'`.-]*\w[\w'`.-]*", text)


def header(path):
    """Return a lesson's stated (minutes to read, minutes for exercises, seconds)."""
    return HEADER.search(read(path).cells[0].source).groups()


def test_readme_is_short_and_soon_at_the_first_command():
    assert len(prose(README)) <= 600
    assert len(prose(README.split("make lab")[0])) <= 200


def test_figures_are_the_notebooks_pictures():
    drawn = dict(pair for path in LESSONS for pair in pictures(read(path)))
    stored = {path.name: path.read_bytes() for path in FIGURES.glob("*.png")}
    assert stored.keys() == drawn.keys()
    for name, png in drawn.items():
        assert stored[name] == png, f"{name} is stale: run make refresh"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_table_names_every_lesson_with_its_picture_and_minutes(path):
    title = title_of(read(path))
    (row,) = [row for row in TABLE_ROWS if f"[{title}](notebooks/{path.name})" in row]
    reading, exercises, _ = header(path)
    assert row.endswith(f"| {reading} | {exercises or chr(8211)} |"), (
        "other minutes than the lesson"
    )
    own = {cell.metadata.get("figure") for cell in read(path).cells}
    picture = re.search(r'<img src="figures/(.+?)" .*alt="(.+?)"', row)
    assert picture[1] in own, "the picture is not from this lesson"


@pytest.mark.parametrize("name", ["training.gif", "pad.gif"])
def test_film_is_small_and_described(name):
    (alt,) = re.findall(rf"!\[([^]]+)\]\(figures/{re.escape(name)}\)", README)
    assert len(alt.split()) > 20
    assert (FIGURES / name).stat().st_size <= FILM_LIMIT


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_minutes_are_those_that_are_counted_to_the_next_five(path):
    """Give or take five, so that a sentence more need not change them."""
    reading, exercises, _ = (int(number) for number in header(path))
    assert reading % 5 == exercises % 5 == 0
    assert abs(reading - reading_minutes(read(path))) <= 5
    assert abs(exercises - exercise_minutes(read(path))) <= 5


def test_minutes_of_exercises_come_from_tasks_and_solutions():
    code, prose = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    solution = '# @title\ndef f(x):\n    """Give\n    x."""\n    # so\n    y = x\n'
    solution += "    return y\n\n\nassert f(1) == 1"
    cells = [
        prose("word " * 400),
        prose("## Exercises\n\nwords that count for none"),
        prose("### One\n\n" + "word " * 198),
        code("f = None"),
        code(solution, metadata={"tags": ["solution"]}),
        prose("## Recall\n\n" + "word " * 400),
    ]
    assert exercise_minutes(nbformat.v4.new_notebook(cells=cells)) == 1 + 5 + 2


def test_hours_are_the_sum_of_the_minutes():
    minutes = [header(path)[:2] for path in LESSONS]
    core = sum(int(reading) + int(exercises) for reading, exercises in minutes[:6]) / 60
    others = sum(int(reading) for reading, _ in minutes[6:]) / 60
    said = re.search(
        r"first six\s+take about (\d+) hours; the others, about (\d+) more", README
    )
    assert [int(hours) for hours in said.groups()] == [round(core), round(others)]
