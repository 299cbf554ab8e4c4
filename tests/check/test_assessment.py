"""The page of questions for teachers: its answers are right, its lessons say so."""

import math
import re

import pytest

from notebooks import LESSONS, read
from tools.course import ROOT
from tools.publishing.slide_words import QUESTION

TEXT = (ROOT / "docs/assessment.md").read_text(encoding="utf-8")


def rows(heading):
    """Return the cells of each row of a part's first table, without its head."""
    part = re.split(r"^#", TEXT.partition(f" {heading}\n")[2], maxsplit=1, flags=re.M)[
        0
    ]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def cells(path):
    """Return a lesson's Markdown, each cell on one line."""
    return [
        " ".join(c.source.split())
        for c in read(path).cells
        if c.cell_type == "markdown"
    ]


def number_of(text):
    """Return the numbers in an answer, as Python would print them."""
    return re.findall(r"\d+(?:\.\d+)?", text.replace(",", ""))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_syllabus_says_what_the_lesson_says(path):
    (row,) = [row for row in rows("Syllabus") if row[0] == path.name[:2]]
    _, aim, exercise, question = row
    texts = cells(path)
    assert any("What you'll learn" in text and f"- {aim}" in text for text in texts)
    assert any(text.startswith(f"### Core: {exercise}") for text in texts)
    recall = QUESTION.findall(next(t for t in texts if t.startswith("## Recall")))
    assert question in recall


def test_syllabus_has_every_lesson():
    assert [row[0] for row in rows("Syllabus")] == [p.name[:2] for p in LESSONS]


def test_ten_questions_before_the_course_have_python_s_answers():
    questions = rows("Before the course: ten questions")
    assert [int(row[0]) for row in questions] == list(range(1, 11))
    for _, question, answer in questions:
        (code,) = re.findall(r"`(.+)`", question)
        assert repr(eval(code)) == answer.strip("`"), code


def test_exam_aims_at_the_first_six_lessons():
    aims = rows("Exam: ten questions, forty points")
    assert [int(row[2]) for row in aims] == list(range(1, 11))
    assert {row[0] for row in aims} == {f"0{n}" for n in range(1, 7)}
    for number, aim, _ in aims:
        assert any(f"- {aim}" in text for text in cells(LESSONS[int(number) - 1]))
    asked = re.findall(r"^(\d+)\. .+\?", TEXT, re.MULTILINE)
    assert [int(n) for n in asked] == list(range(1, 11))


def test_key_is_what_python_computes():
    key = rows("Key")
    assert [int(row[0]) for row in key] == list(range(1, 11))
    computed = [row for row in key if row[2]]
    assert len(computed) >= 6
    for _, answer, code, _ in computed:
        value = eval(code.strip("`"), {"math": math})
        assert number_of(answer) == number_of(str(value).replace(", ", " ")), answer
