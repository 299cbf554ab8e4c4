"""The drawing pad reads pages and photos as lesson 10 reads them in Python."""

import base64

import numpy as np
import pytest
from pads import (
    DIGIT_PAD,
    STEPS,
    choose,
    compare,
    lesson_names,
    page_on,
    pages_of,
    photos_of,
    read_in_python,
)
from PIL import Image
from strokes import SIDE

from pad_network import explained, layers_of, record_of, stored_network
from tools.course import NOTEBOOKS
from tools.publishing.pad import PAGE as PAD_PAGE

SHAPES = [(784, 128), (128, 32), (32, 10)]
INSIDE = f"""(pixels) => {{
    const pad = {DIGIT_PAD};
    return {{
        values: pad.activations(pixels).map((values) => [...values]),
        counts: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(
            (digit) => [...pad.contributions(pixels, digit)]),
        weights: [...pad.neuronWeights(pixels, 0, 35)],
        slopes: [...pad.neuronWeights(pixels, 1, 7)],
    }};
}}"""
MILLISECONDS = f"""([text, width, height]) => {{
    const pad = {DIGIT_PAD};
    const grey = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const times = [];
    for (let i = 0; i < 200; i++) {{
        const start = performance.now();
        pad.predict(pad.prepare({{grey, width, height}}));
        times.push(performance.now() - start);
    }}
    return times;
}}"""


@pytest.fixture(scope="module")
def names():
    """The functions that lesson 10 defines itself, by their names."""
    return lesson_names()


@pytest.fixture(scope="module")
def text():
    """The page's text."""
    return PAD_PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def network(text):
    """The pad's network: (weights, bias) of each layer, made of its whole numbers."""
    layers = layers_of(stored_network(text))
    assert [weights.shape for weights, _ in layers] == SHAPES
    return layers


@pytest.fixture(scope="module")
def images():
    """The images of MNIST's test set, bytes (10000, 28, 28)."""
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        return data["x_test"]


def test_pad_reads_a_thousand_pages_as_python(pad, names, network, images):
    refused = compare(pad, names, network, pages_of(images[:1000], names, seed=1))
    assert refused <= 10


def test_ink_at_both_edges_does_not_become_one(pad, names, network, images):
    """The end of a row of cells and the beginning of the next are no neighbours."""
    rows, columns = np.nonzero(images[1])
    digit = images[1][rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    page = np.full((SIDE, SIDE), 255, dtype="uint8")
    inked = Image.fromarray(digit > 0).resize((120, 120))  # black up to its sides
    page[50:170, :120][np.asarray(inked)] = 0
    page[50:170, -4:] = 0  # far from the digit, and no part of it
    assert compare(pad, names, network, [page]) == 0


@pytest.mark.parametrize("step", STEPS)
def test_pad_leaves_out_a_step_as_python(pad, names, network, images, step):
    pages = pages_of(images[:60], names, seed=2)
    assert compare(pad, names, network, pages, [step]) <= 3


def test_pad_reads_two_hundred_photos_as_python(pad, names, network, images):
    photos = photos_of(images[:200], names, seed=3)
    assert compare(pad, names, network, photos, photo=True) <= 10


@pytest.mark.parametrize("step", STEPS)
def test_pad_leaves_out_a_step_of_photos_as_python(pad, names, network, images, step):
    photos = photos_of(images[200:230], names, seed=4)
    assert compare(pad, names, network, photos, [step], photo=True) <= 4


def test_stamped_digits_are_read_as_the_lesson_reads_the_page(
    pad, names, network, images
):
    for image in images[-60:]:
        stamp = f"(pixels) => {DIGIT_PAD}.stamp(Uint8Array.from(pixels))"
        pad.evaluate(stamp, image.ravel().tolist())
        answer = read_in_python(names, network, page_on(pad))[1].argmax()
        said = pad.locator("[role=status]").text_content()
        assert said.startswith((f"Read as {answer}, ", f"Unsure: {answer}, "))


@pytest.mark.parametrize("name", ["98 %", "99 %"])
def test_inside_is_as_in_python(pad, text, network, images, name):
    """Activations, what ink adds to a digit, what moves a neuron: lesson 12's, too."""
    layers = network if name == "98 %" else record_of(text, SHAPES)
    choose(pad, name)
    for image in images[:20]:
        pixels = image.reshape(-1) / 255
        found = pad.evaluate(INSIDE, pixels.tolist())
        values, slopes = explained(layers, pixels)
        for own, its in zip(values, found["values"], strict=True):
            assert np.allclose(own, its, atol=1e-4)
        counts = pixels[:, np.newaxis] * (
            slopes[2] - slopes[2].mean(axis=1, keepdims=True)
        )
        assert np.allclose(counts.T, found["counts"], atol=1e-4)
        assert np.allclose(slopes[0][:, 35], found["weights"], atol=1e-5)
        assert np.allclose(slopes[1][:, 7], found["slopes"], atol=1e-4)


def test_contributions_and_biases_add_up_to_the_score(network, images):
    """So that `blue` and `red` on the page are all there is, but for the biases."""
    without_ink = [bias for _, bias in network]
    for image in images[:20]:
        pixels = image.reshape(-1) / 255
        values, slopes = explained(network, pixels)
        lit = [np.ones(784), values[0] > 0, values[1] > 0]
        biases, passed = without_ink[2].copy(), np.eye(10)
        for (weights, _), bias, on in zip(
            network[:0:-1], without_ink[1::-1], lit[:0:-1], strict=True
        ):
            passed = (weights * on[:, np.newaxis]) @ passed
            biases = biases + bias @ passed
        assert np.allclose(pixels @ slopes[2] + biases, values[2], atol=1e-4)


def test_a_reading_takes_milliseconds(pad, names, network, images, capsys):
    """Printed, not judged: a clock says little on a busy machine."""
    page = pages_of(images[1:2], names, seed=5)[0]
    sent = [base64.b64encode(page.tobytes()).decode(), *page.shape[::-1]]
    times = pad.evaluate(MILLISECONDS, sent)
    assert len(times) == 200
    with capsys.disabled():
        print(f"\n  a reading takes {np.median(times):.1f} ms (median of 200)")
