"""The network in the middle of the pad: it lights up, and can be touched."""

import re

import numpy as np
import pytest
from pads import DIGIT_PAD, resize, settle
from playwright.sync_api import expect
from strokes import STROKES, draw, hear

SHADOW = "document.querySelector('.digit-pad').shadowRoot"
SCREEN = f"""() => [...{SHADOW}.querySelector('.screen').getContext('2d')
    .getImageData(0, 0, 28, 28).data]"""
PLACE = f"""([level, i]) => {{
    const box = {SHADOW}.querySelector(`[data-level='${{level}}'][data-i='${{i}}']`)
        .getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}}"""
# How blue the network's picture is round a neuron: its disc is larger if it is lit.
BLUENESS = f"""([x, y]) => {{
    const canvas = {SHADOW}.querySelector('.net canvas');
    const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
    const {{data}} = canvas.getContext('2d').getImageData(
        (x - box.x) * scale - 7, (y - box.y) * scale - 7, 14, 14);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4)
        sum += (data[i + 2] > data[i] + 20) * data[i + 3];
    return sum;
}}"""


@pytest.fixture
def seven(pad):
    """The page with a stamped 7."""
    pad.get_by_role("button", name="Test digit 7").click()
    hear(pad, 7)
    return pad


def pixels_of(pad):
    """Return what the lens shows, (784, 3)."""
    return np.reshape(pad.evaluate(SCREEN), (784, 4))[:, :3].astype(int)


def picture_of(pad):
    """Return the picture that is read, (784,) in [0, 1]: the lens shows it."""
    return np.clip((pixels_of(pad)[:, 0] - 12) / 243, 0, 1)


def touch_neuron(pad, level, i):
    """Press a neuron with the mouse."""
    pad.mouse.click(*pad.evaluate(PLACE, [level, i]))


def test_lit_neurons_are_blue_and_dark_ones_are_not(seven):
    values = seven.evaluate(
        f"pixels => {DIGIT_PAD}.activations(pixels).map(v => [...v])",
        picture_of(seven).tolist(),
    )
    settle(seven)
    for level in 0, 1:
        order = np.argsort(values[level])
        dark = [i for i in order if values[level][i] == 0][:8]
        lit = order[-8:]
        blue = [
            np.mean(
                [
                    seven.evaluate(BLUENESS, seven.evaluate(PLACE, [level, int(i)]))
                    for i in some
                ]
            )
            for some in (dark, lit)
        ]
        assert blue[1] > 3 * blue[0] + 1000


@pytest.mark.parametrize(("level", "i"), [(0, 35), (0, 100), (1, 7)])
def test_a_touched_neuron_shows_its_weights(seven, level, i):
    picture = picture_of(seven)
    slopes = seven.evaluate(
        f"([p, level, i]) => [...{DIGIT_PAD}.neuronWeights(p, level, i)]",
        [picture.tolist(), level, i],
    )
    touch_neuron(seven, level, i)
    shown = pixels_of(seven)
    strong = np.argsort(np.abs(slopes))[-40:]
    bluer = shown[strong, 2] > shown[strong, 0]
    assert (bluer == (np.take(slopes, strong) > 0)).all()
    expect(seven.locator(".lens h2")).to_have_text(f"Neuron {i} of {[128, 32][level]}")
    hear(seven, re.compile("lights it, .* it speaks for . and ., against ."))
    seven.get_by_role("button", name="Back to the picture").click()
    assert abs(picture_of(seven) - picture).max() < 0.01


def test_a_touched_digit_shows_the_ink_for_and_against_it(seven):
    picture = picture_of(seven)
    counts = np.array(
        seven.evaluate(f"p => [...{DIGIT_PAD}.contributions(p, 7)]", picture.tolist())
    )
    seven.locator(".bars button").nth(7).click()
    shown = pixels_of(seven)
    strong = np.argsort(np.abs(counts))[-30:]
    assert (shown[strong, 2] > shown[strong, 0]).tolist() == (
        counts[strong] > 0
    ).tolist()
    black = (shown[picture == 0] == 12).all(axis=1).mean()
    assert black > 0.97, "where no ink is, nothing counts; next to it is hardly any"
    plus, minus = counts[counts > 0].sum(), -counts[counts < 0].sum()
    said = seven.locator("[role=status]").text_content()
    numbers = [float(number) for number in re.findall(r"\d+\.\d", said)]
    assert np.allclose(numbers, [plus, minus], atol=0.2)


def test_what_was_touched_stays_while_one_draws_and_escape_ends_it(seven):
    seven.locator(".bars button").nth(1).click()
    first = pixels_of(seven)
    seven.get_by_role("button", name="Clear").click()
    draw(seven, STROKES[1])
    hear(seven, 1)
    expect(seven.locator(".lens h2")).to_have_text("For and against 1")
    assert (pixels_of(seven) != first).any()
    seven.keyboard.press("Escape")
    expect(seven.locator(".lens h2")).to_have_text("What it sees")


def test_hovering_looks_and_leaving_ends_it(seven):
    seven.mouse.move(*seven.evaluate(PLACE, [0, 35]))
    expect(seven.locator(".lens h2")).to_have_text("Neuron 35 of 128")
    seven.mouse.move(5, 5)
    expect(seven.locator(".lens h2")).to_have_text("What it sees")


def test_arrows_go_from_neuron_to_neuron_and_each_is_announced(seven):
    first = seven.locator(".nodes button[tabindex='0']").first
    seven.locator(".screen").click()
    seven.keyboard.press("Tab")
    while not first.evaluate("b => b.matches(':focus')"):
        seven.keyboard.press("Tab")
    heard = set()
    for key in "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp":
        seven.keyboard.press(key)
        heard.add(seven.locator(".lens h2").text_content())
        hear(seven, re.compile("lights it"))
    assert len(heard) == 4, "three others, and back to the first"
    seven.keyboard.press("Enter")
    pressed = seven.locator(".nodes button[aria-pressed=true]")
    assert pressed.get_attribute("aria-label").startswith("Neuron")


def test_finger_touches_neurons_and_digits_on_a_phone(seven):
    resize(seven, 390, 844)
    seven.locator(".nodes").scroll_into_view_if_needed()
    touch_neuron(seven, 1, 7)
    expect(seven.locator(".lens h2")).to_have_text("Neuron 7 of 32")
    seven.locator(".bars button").nth(3).click()
    expect(seven.locator(".lens h2")).to_have_text("For and against 3")
