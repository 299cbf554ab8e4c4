"""Photos on the pad: from a file, dropped, from the camera; what is none is refused."""

import base64
import io
import re
from contextlib import suppress

import numpy as np
import pytest
from pads import DIGIT_PAD, crossed_on_pad, lesson_names, read_on_pad
from patience import open_page
from PIL import Image, ImageOps
from playwright.sync_api import expect
from strokes import STROKES, draw, hear

from tools.course import NOTEBOOKS
from tools.publishing.browser import PATIENCE, SWITCHES, find_browser
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
# Each camera that was given stands in `streams`; `letCome` holds it back.
KEEP_STREAMS = """() => {
    window.streams = [];
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wanted) => {
        await window.letCome;
        const stream = await ask(wanted);
        window.streams.push(stream);
        return stream;
    };
}"""
# Which of them are on.
STREAMS = "streams.map((s) => s.getTracks().some((t) => t.readyState === 'live'))"
# The pad asks how wide the camera's picture is before it looks: 0, until it has come.
NO_PICTURE_YET = """() => {
    window.looks = 0;
    const own = Object.getOwnPropertyDescriptor(
        HTMLVideoElement.prototype, "videoWidth").get;
    const get = function () { return ++window.looks > 0 ? 0 : own.call(this); };
    const {shadowRoot} = document.querySelector(".digit-pad");
    const video = shadowRoot.querySelector("video");
    Object.defineProperty(video, "videoWidth", { get, configurable: true });
}"""
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


def opacity_of(picture):
    """Return how much ink lies on each pixel of a photo, as a picture."""
    grey = np.asarray(picture.convert("L"), float)
    light = np.quantile(grey, 0.9, axis=1, keepdims=True)
    share = np.clip(1.6 * (1 - grey / light) - 0.1, 0, 1)
    return Image.fromarray(np.uint8(255 * share))


def ink_alone(picture, colour):
    """Return the ink of a photo, of a colour, without its paper."""
    ink = Image.new("RGBA", picture.size, colour)
    ink.putalpha(opacity_of(picture))
    return ink


def with_frame(picture):
    """Return a photo in a transparent frame."""
    frame = Image.new("RGBA", tuple(n + 160 for n in picture.size), (0, 0, 0, 0))
    frame.paste(picture.convert("RGBA"), (80, 80))
    return frame


CLEAR = Image.new("RGBA", (300, 300), (255, 255, 255, 0))
TRANSPARENT = {
    "white ink": lambda picture: ink_alone(picture, "white"),
    "yellow ink": lambda picture: ink_alone(picture, "yellow"),
    "black ink": lambda picture: ink_alone(picture, "black"),
    "frame": with_frame,
    "frame, light ink": lambda picture: with_frame(ImageOps.invert(picture)),
}


def png(picture):
    """Return a picture's bytes as PNG."""
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def shown_on(pad):
    """Return the picture that the network sees, as the lens shows it."""
    shown = io.BytesIO(base64.b64decode(pad.evaluate(LOOK).split(",")[1]))
    return (np.asarray(Image.open(shown).convert("L"), float) - 12) / 243


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
    names = lesson_names()
    own = names["prepare_digit"](picture, verbose=False)
    assert abs(shown_on(pad) - own).mean() < 0.02
    grey = np.uint8(np.rint(255 * names["to_grey"](picture)))
    ((pixels, _, _),) = read_on_pad(pad, [grey], photo=True)
    assert abs(pixels - own.reshape(-1)).max() <= 1 / 255


@pytest.mark.parametrize("kind", ["narrow shadow", "cut close", "strip of table"])
def test_a_band_of_shadow_across_the_digit_is_seen_as_in_python(pad, kind):
    names = lesson_names()
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        digits = data["x_test"][:20]
    photos = [
        names["to_grey"](names["photo_of_kind"](kind, digit, [5, number]))
        for number, digit in enumerate(digits)
    ]
    photos = [np.uint8(np.rint(255 * photo)) for photo in photos]
    own = []
    for photo in photos:
        own.append(None)  # a refused photo
        with suppress(ValueError):
            own[-1] = names["is_crossed"](photo / 255)
    count = own.count(True)
    assert count > 15 if kind == "narrow shadow" else count < 3
    assert [crossed_on_pad(pad, photo) for photo in photos] == own


def test_a_digit_that_a_band_of_shadow_crosses_is_unsure(pad):
    across, beside = np.array(photo()), np.array(photo())
    across[:, 280:320] //= 2
    beside[:, 520:560] //= 2
    choose(pad, "seven.png", png(Image.fromarray(beside)))
    expect(pad.locator("[role=status]")).to_have_text(re.compile("^Read as 7, "))
    choose(pad, "seven.png", png(Image.fromarray(across)))
    words = "nsure: 7, [^.]*, but a band of shadow crosses it."
    expect(pad.locator("[role=status]")).to_have_text(re.compile(words))
    expect(pad.locator(".note")).to_contain_text("A band of shadow crosses it.")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.pdf", b"%PDF-1.7", "is no picture that a browser can open"),
        ("empty.png", b"", "is no picture that a browser can open"),
        ("half.png", png(photo())[:5000], "is no picture that a browser can open"),
        ("IMG_1.HEIC", b"ftypheic", "is an iPhone's HEIC: save it as JPEG"),
        ("line.png", png(photo().resize((600, 20))), "600 x 20 pixels do not do"),
        ("dot.png", png(photo().resize((5, 5))), "5 x 5 pixels do not do"),
        ("point.png", png(photo().resize((1, 1))), "1 x 1 pixels do not do"),
        ("nothing.png", png(CLEAR), "nothing.png is transparent all over"),
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


@pytest.mark.parametrize("kind", TRANSPARENT)
def test_ink_without_its_paper_gets_one_as_in_python(pad, kind):
    """White ink on a transparent picture is no empty page."""
    picture = TRANSPARENT[kind](photo())
    choose(pad, "seven.png", png(picture))
    hear(pad, 7)
    own = lesson_names()["prepare_digit"](picture, verbose=False)
    assert abs(shown_on(pad) - own).mean() < 0.02


@pytest.fixture
def page_with_camera(browser):
    """The pad's page in a Chromium with the camera that it has for tests."""
    switches = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    chromium = browser.browser_type.launch(
        executable_path=find_browser(),
        args=[*SWITCHES.split(), *switches],
        timeout=PATIENCE,
    )
    page, wrong = open_page(chromium, viewport={"width": 1280, "height": 800}), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.emulate_media(reduced_motion="reduce")
    page.goto(PAD_PAGE.as_uri())
    page.locator(".which").wait_for()
    # The first 7 stands: it would come onto the camera's page if that is there sooner.
    page.wait_for_function(f"{DIGIT_PAD}.page().some(grey => grey < 128)")
    page.evaluate(KEEP_STREAMS)
    yield page
    chromium.close()
    assert not wrong


def camera(page, name="Camera"):
    """Return the button that starts or stops the camera."""
    return page.get_by_role("button", name=name)


def test_camera_is_read_as_it_runs_and_a_picture_can_be_taken(page_with_camera):
    page = page_with_camera
    camera(page).click()
    expect(page.locator("video")).to_be_visible()
    page.wait_for_function(IS_READ)
    camera(page, "Take the picture").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.locator("[role=status]")).not_to_have_text("")
    assert page.evaluate(STREAMS) == [False], "it is still looking"
    camera(page).click()
    camera(page, "Stop").click()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate(STREAMS) == [False, False]


def test_camera_pressed_twice_is_asked_for_once(page_with_camera):
    page = page_with_camera
    camera(page).evaluate("button => { button.click(); button.click(); }")
    expect(page.locator("video")).to_be_visible()
    camera(page, "Stop").click()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate(STREAMS) == [False], "one camera, and it is off"


def test_camera_that_comes_when_one_draws_already_is_not_wanted(page_with_camera):
    page = page_with_camera
    hold = "() => { window.letCome = new Promise((come) => { window.come = come; }); }"
    page.evaluate(hold)
    camera(page).click()
    draw(page, STROKES[7])
    hear(page, 7)
    page.evaluate("window.come()")
    page.wait_for_function("window.streams.length")
    expect(camera(page)).to_be_enabled()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate(STREAMS) == [False]
    hear(page, 7)


def test_camera_without_a_picture_yet_harms_nothing(page_with_camera):
    """Until its first picture comes, none can be taken, and it can be stopped."""
    page = page_with_camera
    page.evaluate(NO_PICTURE_YET)
    camera(page).click()
    expect(page.locator("video")).to_be_visible()
    page.wait_for_function("window.looks > 2")
    expect(camera(page, "Take the picture")).to_be_hidden()
    expect(page.locator(".share")).to_have_text("No ink yet.")
    page.evaluate("window.looks = NaN")  # now it has come
    page.wait_for_function(IS_READ)
    expect(camera(page, "Take the picture")).to_be_visible()
    page.evaluate(NO_PICTURE_YET)
    camera(page, "Stop").click()
    draw(page, STROKES[7])
    hear(page, 7)


def test_without_a_camera_a_file_is_asked_for(pad):
    with pad.expect_file_chooser() as chooser:
        pad.get_by_role("button", name="Camera").click()
    assert chooser.value
    hear(pad, "No camera here: choose a photo.")
