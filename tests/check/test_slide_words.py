"""Slides show few words, whole sentences, and leave the rest to the speaker."""

import re
from statistics import median

import pytest

from notebooks import LESSONS, name, read
from tools.publishing.slide_words import exercises, questions, sentences, shown
from tools.publishing.slides import deck

NO_PROSE = re.compile(r"^(#|\|).*$", re.MULTILINE)  # headings and tables

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


def words_of_slides(cells):
    """Return how many words of prose each slide of a deck shows."""
    counts = []
    for cell in cells:
        kind = cell.metadata["slideshow"]["slide_type"]
        if kind == "slide":
            counts.append(0)
        if cell.cell_type == "markdown" and kind != "notes":
            counts[-1] += len(NO_PROSE.sub("", cell.source).split())
    return counts


@every_lesson
def test_a_slide_has_few_words(path):
    counts = words_of_slides(deck(read(path)).cells)
    assert max(counts) <= 60, counts
    assert median(counts) <= 40, counts


@every_lesson
def test_what_is_not_shown_is_in_the_notes(path):
    told = [c for c in read(path).cells if c.cell_type == "markdown"]
    shows = {"slide", "-", "fragment"}
    told = [
        c for c in told if c.metadata.get("slideshow", {}).get("slide_type") in shows
    ]
    notes = [
        cell.source
        for cell in deck(read(path)).cells
        if cell.metadata["slideshow"]["slide_type"] == "notes"
    ]
    for cell in told[1:]:  # the title's badges are left out
        assert re.sub(r"\A#.*\n*", "", cell.source) in ("", *notes)


@every_lesson
def test_each_exercise_and_the_questions_are_shown(path):
    cells = read(path).cells
    assert exercises(cells).count("- **") == 3
    asked, answers = questions(cells)
    asked = re.sub("</?code>", "", asked)
    assert asked.count("\n") >= 2
    assert all(question[3:] in answers for question in asked.split("\n"))


def test_a_sentence_ends_neither_in_a_number_nor_in_code():
    text = "Divide by 0.5 (or so. Really). Call `x.sum()` then. **Why?** No end"
    assert sentences(text) == [
        "Divide by 0.5 (or so. Really).",
        "Call `x.sum()` then.",
        "**Why?**",
        "No end",
    ]


def test_the_first_sentence_and_all_questions_are_shown():
    text = (
        "## Head\n\nOne. Two. Three?\n\nFour. Five?\n\n1. a b; c\n2. d.\n\n| t |\n|---|"
    )
    assert (
        shown(text) == "## Head\n\nOne. Three?\n\nFive?\n\n1. a b\n2. d\n\n| t |\n|---|"
    )
