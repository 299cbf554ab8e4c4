"""The pad shows of its network what lesson 12 computes, function by function."""

import ast

import numpy as np
import pytest
from pads import DIGIT_PAD

from notebooks import code_cells, read
from pad_network import layers_of, stored_network
from tools.course import lesson_paths
from tools.make_data import TARGET
from tools.publishing.pad import PAGE as PAD_PAGE

FUNCTIONS = "inside", "lead_slopes"
PAGE = f"""(pixels) => ({{
    values: {DIGIT_PAD}.activations(pixels).map((values) => [...values]),
    spoke: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(
        (digit) => [...{DIGIT_PAD}.contributions(pixels, digit)]),
}})"""


@pytest.fixture(scope="module")
def lesson():
    """The functions of lesson 12 that the pad's page has, too, by their names."""
    (path,) = lesson_paths(["12"])
    tree = ast.parse("\n\n".join(cell.source for cell in code_cells(read(path))))
    tree.body = [n for n in tree.body if getattr(n, "name", None) in FUNCTIONS]
    names = {"np": np, "tf": pytest.importorskip("tensorflow")}
    exec(compile(tree, path.name, "exec"), names)
    return names


@pytest.fixture(scope="module")
def weights():
    """The page's own weights, in 8 bits, as the lesson's functions take them."""
    network = layers_of(stored_network(PAD_PAGE.read_text(encoding="utf-8")))
    return [np.float32(part) for layer in network for part in layer]


def test_the_pad_shows_what_lesson_12_computes(pad, lesson, weights):
    with np.load(TARGET) as file:
        images = np.float32(file["x_train"][48_000:48_020].reshape(-1, 784) / 255)
    for image in images:
        shown = pad.evaluate(PAGE, image.tolist())
        computed = lesson["inside"](weights, image[np.newaxis])
        for values, part in zip(shown["values"], computed, strict=True):
            assert np.allclose(values, part[0], atol=1e-3), "other activations"
        ten = np.repeat(image[np.newaxis], 10, axis=0)
        spoke = ten * lesson["lead_slopes"](weights, ten, np.arange(10))
        assert np.allclose(shown["spoke"], spoke, atol=1e-3), "other ink speaks"
