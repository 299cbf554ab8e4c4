"""The page with the drawing pad is what lesson 10 stores, and needs no other file."""

import base64
import re

import numpy as np
import pytest
from nbformat.v4 import new_notebook

from notebooks import printed, read
from pad_network import layers_of, numbers, scores_of, stored_network
from tools.course import NOTEBOOKS, lesson_paths
from tools.publishing import pad

PAGE = pad.TARGET.read_text(encoding="utf-8")
(LESSON,) = lesson_paths(["10"])
SHAPES = [(784, 128), (128, 32), (32, 10)]


@pytest.fixture(scope="module")
def network():
    """The network in the page, as the lesson's JSON has it."""
    return stored_network(PAGE)


def test_page_is_the_stored_pad():
    assert pad.page(read(LESSON)) == PAGE, "it is stale: run make pad"


def test_a_lesson_without_the_pad_gets_a_sentence():
    with pytest.raises(SystemExit, match="stores no pad"):
        pad.page(new_notebook())


def test_page_is_small_and_whole():
    assert len(PAGE.encode()) <= 300_000
    assert PAGE.isascii(), "it is to be read whatever its encoding is taken for"
    assert not re.findall(r"__\w+__", PAGE), "a part has not been filled in"


def test_page_asks_for_no_other_file():
    targets = re.findall(r'(?:src|href)\s*=\s*["\']?([^"\'> ]+)', PAGE)
    assert all(target.startswith("data:") for target in targets)
    assert "://" not in PAGE
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|eval)\b\s*\(", PAGE)


def test_still_picture_is_described():
    ((png, alt),) = re.findall(
        r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)">', PAGE
    )
    assert base64.b64decode(png, validate=True).startswith(b"\x89PNG")
    assert len(alt) > 60


def test_network_has_its_shapes_in_eight_bits(network):
    for layer, (inputs, units) in zip(network["layers"], SHAPES, strict=True):
        weights = numbers(layer["weights"], "int8")
        assert (layer["inputs"], layer["units"]) == (inputs, units)
        assert weights.size == inputs * units
        assert abs(weights.reshape(inputs, units).astype(int)).max(axis=0).min() == 127
        assert numbers(layer["scale"], "<f4").shape == (units,)
        assert numbers(layer["bias"], "<f4").shape == (units,)


def test_stored_digits_are_the_test_sets_first_of_each(network):
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        images, labels = data["x_test"], data["y_test"]
    first = [np.flatnonzero(labels == digit)[0] for digit in range(10)]
    stored = numbers(network["digits"], "uint8").reshape(10, 28, 28)
    assert (stored == images[first]).all()


def test_network_reads_the_test_set_as_the_lesson_says(network):
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        pixels, labels = data["x_test"].reshape(-1, 784) / 255, data["y_test"]
    scores = scores_of(layers_of(network), pixels)
    accuracy = (scores.argmax(axis=1) == labels).mean()
    (clean,) = re.findall(
        r"the test images themselves +(0\.\d+)", printed(read(LESSON).cells)
    )
    assert abs(accuracy - float(clean)) < 0.01, f"{accuracy:.4f}, the lesson: {clean}"
