"""Every lesson runs by itself in an empty folder, twice, and says the same there."""

import logging
import re

import nbformat
import pytest

from notebooks import LESSONS, name, printed, read, tagged, tags
from tools.course import lesson_paths
from tools.execution import Execution
from tools.make_data import TARGET

# Stands in for the network: Keras' own download, served from the stored file.
DOWNLOAD = f"""
import numpy as np


def download(path="mnist.npz"):
    with np.load({str(TARGET)!r}) as file:
        train = file["x_train"], file["y_train"]
        return train, (file["x_test"], file["y_test"])
keras.datasets.mnist.load_data = download
"""

# What lesson 09 prints if data/99-percent.npz is there, and if it is not.
LOADED = "The weights of the recipe long are loaded and verified."
MISSING = "No data/99-percent.npz here: your own network takes its place."


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


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_lesson_runs_alone_and_again(path, tmp_path):
    stored, nb = read(path), read(path)
    after_setup = nb.cells.index(tagged(nb, "setup")[0]) + 1
    nb.cells.insert(after_setup, nbformat.v4.new_code_cell(DOWNLOAD))
    execution = Execution(nb, path.name, tmp_path)
    with execution.kernel():
        for time in "first", "second":
            execution.run(progress=False)
            assert said(nb) == said_without_weights(said(stored)), f"the {time} time"
        level = execution.ask("print(logging.getLogger('tensorflow').level)")
        assert int(level) == logging.ERROR, "an exercise would bring up warnings"
    assert list(tmp_path.iterdir()) == [], "a lesson leaves no files behind"


def test_lesson_09_alone_says_that_the_weights_are_missing():
    (path,) = lesson_paths(["09"])
    text = said(read(path))
    alone = said_without_weights(text)
    assert MISSING in alone
    assert MISSING not in text
    own, other = re.findall("mistakes on the test set: .+", alone)
    assert own == other
