"""The pad's challenge: digits that you read and the network does not."""

import re

import numpy as np
import pytest
from pads import choose, page_on
from PIL import Image
from playwright.sync_api import expect
from strokes import STROKES, draw, hear


def button(pad, name):
    """Return the button of this name."""
    return pad.get_by_role("button", name=name, exact=True)


@pytest.fixture
def asked(pad):
    """The page with the challenge for a 7, nothing drawn yet."""
    pad.get_by_role("button", name="Challenge: draw a 7").click()
    hear(pad, "Draw a 7 that you can read and the network cannot.")
    return pad


def test_challenge_begins_with_a_zero_and_another_goes_on(pad):
    button(pad, "Challenge").click()
    expect(pad.locator(".print")).to_contain_text("Draw a 0")
    button(pad, "Another").click()
    expect(pad.locator(".print")).to_contain_text("Draw a 1")
    button(pad, "Stop").click()
    expect(pad.locator(".print")).to_contain_text("from 0 to 9")
    expect(button(pad, "Challenge")).to_be_focused()


def test_what_is_read_rightly_is_not_kept(asked):
    draw(asked, STROKES[7])
    hear(asked, 7)
    expect(asked.locator(".tag")).to_have_text("It reads 7, rightly. Make it harder.")
    expect(button(asked, "Keep it")).to_be_disabled()


def test_what_was_left_out_does_not_count(asked):
    asked.get_by_label("Centre").uncheck()
    draw(asked, STROKES[1])
    expect(button(asked, "Keep it")).to_be_disabled()


def test_what_is_misread_is_kept_comes_back_and_is_saved(asked):
    draw(asked, STROKES[1])  # let it stand for a 7
    expect(asked.locator(".tag")).to_have_text("It reads 1. Still a 7 to you? Keep it.")
    drawn = page_on(asked)
    button(asked, "Keep it").click()
    hear(asked, re.compile("^Kept: your 7, read as 1. Draw a 8 "))
    assert page_on(asked).min() == 255, "the page is clean for the next one"
    expect(asked.locator(".tally")).to_have_text("1 of 10")
    kept = asked.get_by_role("button", name="Your 7, read 1: put it on the page")
    kept.click()
    assert (page_on(asked) == drawn).all()
    draw(asked, [[(30, 200), (60, 200)]])
    kept.click()
    assert (page_on(asked) == drawn).all(), "what was drawn on it is kept, too"
    with asked.expect_download() as download:
        button(asked, "Save as a picture").click()
    assert download.value.suggested_filename == "misread.png"
    picture = np.asarray(Image.open(download.value.path()).convert("L"), float)
    page = np.asarray(Image.fromarray(drawn).resize((160, 160)), float)
    assert abs(picture[70:230, 20:180] - page).mean() < 4, "the page is on the picture"
    assert picture[240:262].min() < 100, "and a line below it"


def test_each_network_is_asked_how_it_reads_what_is_kept(asked):
    draw(asked, STROKES[1])
    button(asked, "Keep it").click()
    small = asked.locator(".slots small").nth(7)
    expect(small).to_have_text("read 1")
    choose(asked, "99 %")
    expect(small).to_have_text(re.compile(r"^read (\d|rightly)$"))


def test_ten_found_end_the_challenge(pad):
    button(pad, "Challenge").click()
    for digit in range(10):
        draw(pad, STROKES[7 if digit != 7 else 1])
        button(pad, "Keep it").click()
    hear(pad, re.compile("You have found one of each.$"))
    expect(pad.locator(".tally")).to_have_text("10 of 10")
    expect(button(pad, "Challenge")).to_be_visible()
