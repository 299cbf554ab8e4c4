"""Photos on the pad: from a file, dropped, from the camera; what is none is refused."""

import base64
import io

import numpy as np
import pytest
from pads import lesson_names, read_on_pad
from PIL import Image
from playwright.sync_api import expect
from strokes import STROKES, draw, hear

from tools.course import NOTEBOOKS
from tools.publishing.browser import SWITCHES, find_browser
from tools.publishing.pad import PAGE as PAD_PAGE

DROP = """async ([text, name]) => {
    const blob = await (await fetch('data:image/png;base64,' + text)).blob();
    const data = new DataTransfer();
    data.items.add(new File([blob], name));
    const root = document.querySelector('.digit-pad').shadowRoot;
    const paper = root.querySelector('.paper');
    paper.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
}"""
# The camera's picture is a page that has been read, or refused.
IS_READ = """document.querySelector('.digit-pad').shadowRoot
    .querySelector('.paper.inked')"""
LOOK = """document.querySelector('.digit-pad').shadowRoot.querySelector('.screen')
    .toDataURL()"""


def photo(size=(600, 800)):
    """Return a photo of a 7: a blue pen on cream paper, the light falling off."""
    rng = np.random.default_rng(1)
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        digit = data["x_test"][0]  # a 7
    ink = np.asarray(Image.fromarray(digit).resize((300, 300))) / 255
    page = np.zeros((size[1], size[0]))
    page[200:500, 150:450] = ink
    light = np.linspace(1, 0.7, size[0])[:, np.newaxis]
    paper, pen = np.array([0.95, 0.93, 0.85]), np.array([0.15, 0.2, 0.5])
    grey = (paper + (pen - paper) * page[..., np.newaxis]) * light
    noise = rng.normal(0, 0.01, grey.shape)
    return Image.fromarray(np.uint8(255 * np.clip(grey + noise, 0, 1)))


def png(picture):
    """Return a picture's bytes as PNG."""
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def choose(pad, name, content, kind="image/png"):
    """Choose a file of this name and content with the Photo button."""
    file = {"name": name, "mimeType": kind, "buffer": content}
    pad.locator("input.file").set_input_files(file)


def test_a_photo_from_a_file_is_read(pad):
    choose(pad, "seven.png", png(photo()))
    hear(pad, 7)
    draw(pad, STROKES[1])  # on a page of its own
    hear(pad, 1)
    for _ in range(2):  # the stroke, and its page
        pad.get_by_role("button", name="Undo").click()
    hear(pad, 7)


def test_a_dropped_photo_is_read(pad):
    pad.evaluate(DROP, [base64.b64encode(png(photo())).decode(), "seven.png"])
    hear(pad, 7)


@pytest.mark.parametrize("turn", [3, 6, 8])
def test_a_photo_is_turned_as_the_camera_was_held(pad, turn):
    picture = photo()
    back = {3: 180, 6: 90, 8: 270}[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    content = io.BytesIO()
    picture.rotate(back, expand=True).save(content, "JPEG", quality=92, exif=exif)
    choose(pad, "turned.jpg", content.getvalue(), "image/jpeg")
    hear(pad, 7)


def test_a_photo_in_a_file_becomes_the_same_picture_as_in_python(pad):
    """But for the way in which browser and Pillow shrink it."""
    picture = photo()
    choose(pad, "seven.png", png(picture))
    hear(pad, 7)
    shown = io.BytesIO(base64.b64decode(pad.evaluate(LOOK).split(",")[1]))
    its = (np.asarray(Image.open(shown).convert("L"), float) - 12) / 243
    names = lesson_names()
    own = names["prepare_digit"](picture, verbose=False)
    assert abs(its - own).mean() < 0.02
    grey = np.uint8(np.rint(255 * names["to_grey"](picture)))
    ((pixels, _, _),) = read_on_pad(pad, [grey], photo=True)
    assert abs(pixels - own.reshape(-1)).max() <= 1 / 255


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.pdf", b"%PDF-1.7", "is no picture that a browser can open"),
        ("empty.png", b"", "is no picture that a browser can open"),
        ("half.png", png(photo())[:5000], "is no picture that a browser can open"),
        ("IMG_1.HEIC", b"ftypheic", "is an iPhone's HEIC: save it as JPEG"),
        ("line.png", png(photo().resize((600, 20))), "600 x 20 pixels do not do"),
        ("dot.png", png(photo().resize((5, 5))), "5 x 5 pixels do not do"),
        ("blank.png", png(Image.new("RGB", (300, 400), "white")), "looks empty"),
    ],
)
def test_what_is_no_photo_of_a_digit_is_refused_in_a_sentence(
    pad, name, content, words
):
    draw(pad, STROKES[7])
    hear(pad, 7)
    choose(pad, name, content)
    expect(pad.locator(".note")).to_contain_text(words)
    expect(pad.locator("[role=status]")).to_contain_text(words)
    expect(pad.locator(".share")).to_have_text("No answer.")


@pytest.fixture
def page_with_camera(browser):
    """The pad's page in a Chromium with the camera that it has for tests."""
    switches = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    chromium = browser.browser_type.launch(
        executable_path=find_browser(), args=[*SWITCHES.split(), *switches]
    )
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(PAD_PAGE.as_uri())
    yield page
    chromium.close()


def test_camera_is_read_as_it_runs_and_a_picture_can_be_taken(page_with_camera):
    page = page_with_camera
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_visible()
    page.wait_for_function(IS_READ)
    page.get_by_role("button", name="Take the picture").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.locator("[role=status]")).not_to_have_text("")
    kept = page.evaluate(LOOK)
    page.wait_for_timeout(500)
    assert page.evaluate(LOOK) == kept, "it is still looking"
    page.get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_be_hidden()


def test_without_a_camera_a_file_is_asked_for(pad):
    with pad.expect_file_chooser() as chooser:
        pad.get_by_role("button", name="Camera").click()
    assert chooser.value
    hear(pad, "No camera here: choose a photo.")
