"""Every hand-out runs by itself in an empty folder, and says the same there."""

import logging
import re

import pytest

from notebooks import LESSONS, code_cells, name, printed, read, same_numbers, tags
from pictures import difference, pictures
from tools.course import lesson_paths

# What lesson 09 prints if data/99-percent.npz is there, and if it is not.
LOADED = "The weights of the recipe long are loaded and verified."
MISSING = "No data/99-percent.npz here: your own network takes its place."
# The same of its second file.
SECOND_LOADED = "The weights of the recipe long, straightened are loaded and verified."
SECOND_MISSING = "No data/straightened.npz here: your own network takes its place."
# The same of lesson 12, where each line about lesson 09's network names it.
ALSO_LOADED = "The weights of lesson 09's recipe long are loaded and verified."
ALSO_MISSING = (
    "No data/99-percent.npz here: lesson 09's place is taken by your network."
)

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


def said(nb):
    """Return what a notebook prints, but for cells about the clock."""
    return printed(c for c in nb.cells if "nbval-ignore-output" not in tags(c))


def said_without_weights(text):
    """Return what a lesson prints alone, given what it prints beside the weights.

    Lesson 09 says so twice, and each time counts the mistakes of the reader's network.
    Lesson 12 says so, and then tells the reader's network as if it were lesson 09's.
    """
    if LOADED in text:
        text = text.replace(LOADED, MISSING)
        text = text.replace(SECOND_LOADED, SECOND_MISSING)
        own, *stored = re.findall("mistakes on the test set: .+", text)
        for line in stored:
            text = text.replace(line, own)
    if ALSO_LOADED in text:
        text = text.replace(ALSO_LOADED, ALSO_MISSING)
        own = re.findall("(?m)^trained  .+", text)
        others = re.findall("(?m)^lesson 09's .+", text)
        for line, stored in zip(own, others, strict=True):
            text = text.replace(stored, line.replace("trained    ", "lesson 09's"))
    return text


def html(outputs):
    """Return what a cell shows as HTML, output by output."""
    return [output.data.get("text/html") for output in outputs if "data" in output]


@every_lesson
def test_lesson_leaves_no_files_behind(again):
    assert list(again.folder.iterdir()) == []


@same_numbers
@every_lesson
def test_handout_says_the_same(again):
    assert said(again.handout) == said_without_weights(said(again.nb))


@same_numbers
@every_lesson
def test_handout_draws_the_same(again):
    ran = {cell.id: cell.outputs for cell in code_cells(again.handout)}
    # Then another network draws.
    without_weights = {LOADED, ALSO_LOADED} & set(said(again.nb).splitlines())
    for cell in code_cells(again.nb):
        if "solution" in tags(cell):
            assert not cell.outputs, f"{cell.id}: the hand-out cannot show this"
        elif not without_weights and "nbval-ignore-output" not in tags(cell):
            problem = difference(pictures(cell.outputs), pictures(ran[cell.id]))
            assert not problem, f"{cell.id}: {problem}"
            assert html(ran[cell.id]) == html(cell.outputs), cell.id


@every_lesson
def test_tensorflow_stays_quiet(again):
    level = again.kernel.ask("print(logging.getLogger('tensorflow').level)")
    assert int(level) == logging.ERROR, "an exercise would bring up warnings"


def test_lesson_09_alone_says_that_the_weights_are_missing():
    (path,) = lesson_paths(["09"])
    text = said(read(path))
    alone = said_without_weights(text)
    for line in MISSING, SECOND_MISSING:
        assert line in alone
        assert line not in text
    lines = re.findall("mistakes on the test set: .+", alone)
    assert lines == 3 * lines[:1]


def test_lesson_12_alone_says_that_the_weights_are_missing():
    (path,) = lesson_paths(["12"])
    text = said(read(path))
    alone = said_without_weights(text)
    assert ALSO_MISSING in alone
    assert ALSO_MISSING not in text
    lines = alone.splitlines()
    for line in (line for line in lines if line.startswith("lesson 09's ")):
        assert line.replace("lesson 09's", "trained    ") in lines
