"""The pad is unsure of what is like no digit that it knows."""

import math

import numpy as np
import pytest
from pads import DIGIT_PAD, LESSON, choose, lesson_names
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from strokes import draw

from notebooks import code_cells, read
from pad_network import layers_of, scores_of, stored_network
from tools.course import NOTEBOOKS
from tools.measuring import known
from tools.publishing.pad import PAGE

FLAGGED = f"""([images, digits]) => images.map((image, k) =>
    {DIGIT_PAD}.unlikeness(image.map((grey) => grey / 255), digits[k]))"""
TURNS = [math.tau * i / 12 for i in range(40)]
NO_DIGITS = {
    "dot": [[(112, 112), (112.5, 112)]],
    "dash": [[(40, 100), (190, 124)]],
    "spiral": [[(112 + 6 * t * math.cos(t), 112 + 6 * t * math.sin(t)) for t in TURNS]],
    "hatching": [[(60 + 14 * (k // 2), 50 + 120 * (k % 2)) for k in range(16)]],
}


@pytest.fixture(scope="module")
def data():
    """MNIST: images (n, 28, 28) in bytes and their labels."""
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def network():
    """The pad's network, (weights, bias) of each layer."""
    return layers_of(stored_network(PAGE.read_text(encoding="utf-8")))


def scribbles(count):
    """Return pictures (count, 28, 28) of strokes at random."""
    rng, pictures = np.random.default_rng(1), []
    for _ in range(count):
        page = Image.new("L", (224, 224))
        points = [tuple(point) for point in rng.integers(36, 188, (12, 2)).tolist()]
        ImageDraw.Draw(page).line(points, fill=255, width=16, joint="curve")
        pictures.append(np.asarray(page.resize((28, 28), Image.Resampling.BOX)) / 255)
    return np.array(pictures)


@pytest.fixture(scope="module")
def lesson(data):
    """What lesson 10 defines, with its measure of what is unlike a digit."""
    names = lesson_names() | {"y_train": data["y_train"]}
    names["x_train"] = data["x_train"].reshape(-1, 784).astype("float32") / 255
    (cell,) = (c for c in code_cells(read(LESSON)) if "def unlikeness(" in c.source)
    exec(cell.source, names)
    return names


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


def test_pad_and_lesson_are_unsure_of_the_same(data, lesson, network, capsys):
    """The pad's 14 prototypes of each digit stand for thousands of training images."""
    for name, pictures, least in [
        ("test images", data["x_test"][:2000] / 255, 0.98),
        ("scribbles", scribbles(200), 0.7),
    ]:
        digits = scores_of(network, pictures.reshape(-1, 784)).argmax(axis=1)
        own = unlikeness(pictures, digits, *known.stored()) > 1
        pairs = zip(pictures, digits, strict=True)
        its = np.array([lesson["unlikeness"](p, d) > 1 for p, d in pairs])
        with capsys.disabled():
            print(
                f"\n  {name}: unsure {own.mean():.3f}, lesson {its.mean():.3f}, ",
                end="",
            )
            print(f"the same {(own == its).mean():.3f}")
        assert (own == its).mean() >= least


def test_hardly_a_digit_is_called_unlike(data):
    """At most one in a hundred; of that, the training images decided."""
    images, labels = data["x_test"] / 255, data["y_test"]
    flagged = unlikeness(images, labels, *known.stored()) > 1
    assert 0.002 <= flagged.mean() <= 0.01
