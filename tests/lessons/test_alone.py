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

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


def said(nb):
    """Return what a notebook prints, but for cells about the clock."""
    return printed(c for c in nb.cells if "nbval-ignore-output" not in tags(c))


def said_without_weights(text):
    """Return what a lesson prints alone, given what it prints beside the weights.

    Lesson 09 says so, and counts the mistakes of the reader's network a second time.
    """
    if LOADED in text:
        text = text.replace(LOADED, MISSING)
        own, stored = re.findall("mistakes on the test set: .+", text)
        text = text.replace(stored, own)
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
    without_weights = LOADED in said(again.nb)  # then another network draws
    for cell in code_cells(again.nb):
        if "solution" in tags(cell):
            assert not cell.outputs, f"{cell.id}: the hand-out cannot show this"
        elif not without_weights:
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
    assert MISSING in alone
    assert MISSING not in text
    own, other = re.findall("mistakes on the test set: .+", alone)
    assert own == other
