"""Slides show few words, whole sentences, and leave the rest to the speaker."""

import re
from statistics import median

import pytest

from notebooks import LESSONS, name, read
from tools.publishing.slide_words import (
    asked_in,
    exercises,
    questions,
    sentences,
    shown,
    tasks,
)
from tools.publishing.slides import deck

ITEM = re.compile(r"^(?:[-*] |\d+\. )", re.MULTILINE)
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


def blocks(source):
    """Return the paragraphs, lists and tables of a Markdown cell."""
    return [block for block in re.split(r"\n\s*\n", source.strip()) if block]


def on_slides(path):
    """Return (as in the lesson, as on the slide) of a lesson's cells of prose."""
    shows = {"slide", "-", "fragment"}
    there = {cell.id: cell for cell in deck(read(path)).cells}
    for cell in read(path).cells:
        look = cell.metadata.get("slideshow", {}).get("slide_type")
        if cell.cell_type == "markdown" and look in shows:
            yield cell, there[cell.id]


@every_lesson
def test_a_list_is_shown_whole(path):
    for cell, slide in on_slides(path):
        source = re.split(r"\*\*Read on|\*\*Next", cell.source)[0]
        lists = [len(ITEM.findall(b)) for b in blocks(source) if ITEM.match(b)]
        shown_lists = [
            len(ITEM.findall(b)) for b in blocks(slide.source) if ITEM.match(b)
        ]
        assert shown_lists == lists, f"cell {cell.id}"


@every_lesson
def test_all_that_asks_is_shown(path):
    for cell, slide in on_slides(path):
        prose = [b for b in blocks(cell.source) if b[0] not in "#|<-*"]
        for sentence in (s for block in prose for s in sentences(block)):
            if sentence.endswith("?") and "says" not in cell.metadata["slideshow"]:
                assert sentence in slide.source, f"cell {cell.id}"


@every_lesson
def test_what_a_cell_says_on_its_slide_stands_in_it(path):
    for cell in read(path).cells:
        if said := cell.metadata.get("slideshow", {}).get("says"):
            known = [s for block in blocks(cell.source) for s in sentences(block)]
            for sentence in sentences(said):
                assert sentence in known, f"cell {cell.id}"


@every_lesson
def test_what_code_shows_waits_for_a_click_but_on_the_first_slide(path):
    waits, slide = {}, 0
    for cell in deck(read(path)).cells:
        kind = cell.metadata["slideshow"]["slide_type"]
        slide += kind == "slide"
        if cell.cell_type == "code" and not cell.id.endswith("-again"):
            waiting = kind == "fragment" or "later" in cell.metadata["tags"]
            waits.setdefault(slide > 1, set()).add(waiting)
    assert waits == {False: {False}, True: {True}}


@every_lesson
def test_each_exercise_and_the_questions_are_shown(path):
    cells = read(path).cells
    assert exercises(cells).count("- **") == 3
    asked, answers = questions(cells)
    asked = re.sub("</?code>", "", asked)
    assert asked.count("\n") >= 2
    assert all(question[3:] in answers for question in asked.split("\n"))


@every_lesson
def test_of_an_exercise_its_slide_says_what_is_asked_for_and_the_notes_all(path):
    cells = {cell.id: cell.source for cell in deck(read(path)).cells}
    for heading, task, stub in tasks(read(path).cells):
        assert f"**{heading}**" in cells["exercises-slide"]
        assert asked_in(task, stub) or "def " not in stub, heading
        assert task.partition("<details>")[0].strip() in cells["exercises-notes"]
    assert "<" not in re.sub("`[^`]*`", "", cells["exercises-notes"])


def test_a_sentence_ends_neither_in_a_number_nor_in_code():
    text = "Divide by 0.5 (or so. Really). Call `x.sum()` then. **Why?** No end"
    assert sentences(text) == [
        "Divide by 0.5 (or so. Really).",
        "Call `x.sum()` then.",
        "**Why?**",
        "No end",
    ]


def test_the_first_sentence_and_all_questions_are_shown():
    text = "## Head\n\nThis one has as many as eight words. Two. Three?\n\nFour? Five?"
    assert shown(text) == (
        "## Head\n\nThis one has as many as eight words. Three?\n\nFour? Five?"
    )


def test_a_short_sentence_takes_the_next_one_along_and_a_list_the_one_above():
    assert shown("It takes a test. Here it is. No.") == "It takes a test. Here it is."
    text = f"It takes a test. {'word ' * 40}. Two things:\n\n- a\n- b"
    assert shown(text) == "It takes a test. Two things:\n\n- a\n- b"


def test_a_list_is_cut_where_clauses_end_and_never_in_two():
    items = [
        "- a b; c",
        "- **name** (e f) g.",
        f"- One two three four, {'five ' * 60}six.",
    ]
    table = "| t |\n|---|"
    assert shown("\n".join(items) + f"\n\n{table}") == (
        f"- a b\n- **name**\n- One two three four\n\n{table}"
    )
    assert shown("- a\n- " + "b " * 70) == ""
