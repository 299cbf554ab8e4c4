"""The pad is unsure of what is like no digit that it knows."""

import numpy as np
import pytest
from pads import DIGIT_PAD, choose
from playwright.sync_api import expect
from strokes import draw

from tools.course import NOTEBOOKS
from tools.measuring import known

FLAGGED = f"""([images, digits]) => images.map((image, k) =>
    {DIGIT_PAD}.unlikeness(image.map((grey) => grey / 255), digits[k]))"""
NO_DIGITS = {
    "dot": [[(112, 112), (112.5, 112)]],
    "dash": [[(40, 100), (190, 124)]],
    "cross": [[(20, 20), (204, 204)], [(204, 20), (20, 204)]],
    "hatching": [[(60 + 14 * (k // 2), 50 + 120 * (k % 2)) for k in range(16)]],
}


@pytest.fixture(scope="module")
def data():
    """MNIST: images (n, 28, 28) in bytes and their labels."""
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as file:
        return dict(file)


@pytest.mark.parametrize("name", NO_DIGITS)
def test_what_is_no_digit_is_unsure(pad, name):
    choose(pad, "Usual" if name == "dash" else "Thick")
    draw(pad, NO_DIGITS[name])
    expect(pad.locator(".share")).to_have_text("Unsure")
    expect(pad.locator(".note")).to_contain_text("Unlike every")
    expect(pad.locator("[role=status]")).to_contain_text("Unsure: ")


def test_pad_measures_as_python_does(pad, data):
    images, digits = data["x_test"][:200], data["y_test"][:200]
    sent = [images.reshape(-1, 784).tolist(), digits.tolist()]
    prototypes, limits = known.stored()
    own = unlikeness(images / 255, digits, prototypes, limits)
    assert np.allclose(pad.evaluate(FLAGGED, sent), own, atol=1e-6)


def unlikeness(pictures, digits, prototypes, limits):
    """Return (n,): how unlike pictures (n, 28, 28) are to digits, by the pad."""
    small, unlike = known.coarse(pictures), np.zeros(len(digits))
    for d in np.unique(digits):
        away = known.distances(small[digits == d], prototypes[d]) / limits[d]
        unlike[digits == d] = away.max(axis=1)
    return unlike


def test_hardly_a_digit_is_called_unlike(data):
    """At most one in a hundred; of that, the training images decided."""
    images, labels = data["x_test"] / 255, data["y_test"]
    flagged = unlikeness(images, labels, *known.stored()) > 1
    assert 0.002 <= flagged.mean() <= 0.01
