"""The drawing pad reads what is drawn, as lesson 10 reads it in Python."""

import ast
import base64
import io
import re

import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import expect
from strokes import SIDE, STROKES, draw, hear, on_screen, touch

from notebooks import code_cells, read, tags
from pad_network import layers_of, scores_of, stored_network
from tools.course import EXERCISE_TAGS, NOTEBOOKS, lesson_paths
from tools.publishing.pad import PAGE as PAD_PAGE
from tools.publishing.website import SITE
from tools.shared_cells import FILES

(LESSON,) = lesson_paths(["10"])
STEPS = "invert", "specks", "crop", "shape", "pen", "centre"
FIND_PAD = "const pad = document.querySelector('.digit-pad').digitPad;"
READ = f"""([text, width, height, leaveOut]) => {{
    {FIND_PAD}
    const grey = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const {{picture, problem}} = pad.prepare(grey, width, height, leaveOut);
    const shares = picture ? pad.predict(picture) : [];
    return {{picture: [...picture ?? []], shares: [...shares], problem}};
}}"""
STAMP = f"(pixels) => {{ {FIND_PAD} pad.stamp(Uint8Array.from(pixels)); }}"
PAGE = f"() => {{ {FIND_PAD} return btoa(String.fromCharCode(...pad.page())); }}"
SHOWN = """document.querySelector('.digit-pad').shadowRoot.querySelector('.seen canvas')
    .toDataURL()"""
# What has the focus: the first word of its name, or which kind of input it is.
FOCUS = """() => {
    const part = document.activeElement.shadowRoot?.activeElement;
    return part?.type?.match(/checkbox|radio/)?.[0]
        ?? (part?.ariaLabel ?? part?.textContent)?.match(/\\w+/)[0];
}"""

every_digit = pytest.mark.parametrize("digit", STROKES)


@pytest.fixture(scope="module")
def names():
    """The functions that lesson 10 defines itself, by their names."""
    elsewhere = {*FILES, *EXERCISE_TAGS}
    own = [c for c in code_cells(read(LESSON)) if not elsewhere & set(tags(c))]
    tree = ast.parse("\n".join(cell.source for cell in own))
    kinds = ast.Import, ast.ImportFrom, ast.FunctionDef
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    names = {}
    exec(compile(tree, LESSON.name, "exec"), names)
    return names


@pytest.fixture
def known_paper(names, monkeypatch):
    """The lesson's functions are told what the pad knows: that the paper is white."""
    monkeypatch.setitem(names, "paper_of", np.ones_like)


@pytest.fixture(scope="module")
def network():
    """The pad's network: (weights, bias) of each layer, made of its whole numbers."""
    layers = layers_of(stored_network(PAD_PAGE.read_text(encoding="utf-8")))
    shapes = [weights.shape for weights, _ in layers]
    assert shapes == [(784, 128), (128, 32), (32, 10)]
    return layers


@pytest.fixture(scope="module")
def images():
    """The images of MNIST's test set, bytes (10000, 28, 28)."""
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        return data["x_test"]


@pytest.fixture
def pad(page):
    """The page with the pad alone; nothing may go wrong on it."""
    wrong = page.refused
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text))
    page.goto(PAD_PAGE.as_uri())
    yield page
    assert not wrong


def page_on(pad):
    """Return the page that is drawn on the pad, in bytes (224, 224)."""
    content = base64.b64decode(pad.evaluate(PAGE))
    return np.frombuffer(content, "uint8").reshape(SIDE, SIDE)


def pages_of(images, names, seed):
    """Return a page in bytes of each image: large as a stamp, or drawn anywhere.

    Drawn ones are large or small, thick or thin, with a speck, some on narrow pages.
    """
    rng = np.random.default_rng(seed)

    def page_of(number, image):
        if number % 4 == 0:
            return np.asarray(Image.fromarray(255 - image).resize((SIDE, SIDE)))
        shape = (SIDE, SIDE if number % 4 < 3 else int(rng.integers(90, SIDE)))
        return np.uint8(255 * (1 - names["draw_somewhere"](image, shape, rng)))

    return [page_of(number, image) for number, image in enumerate(images)]


def read_in_python(names, network, page, leave_out=()):
    """Return (picture, probabilities, problem) of a page in bytes, by the lesson."""
    try:
        ink, dark = names["find_ink"](names["to_grey"](page))
        picture = names["prepare_ink"](ink, dark, leave_out).reshape(-1)
    except ValueError as problem:
        return None, None, str(problem)
    scores = scores_of(network, picture.astype("float64"))
    powers = np.exp(scores - scores.max())
    return picture, powers / powers.sum(), None


def read_on_pad(pad, page, leave_out=()):
    """Return (picture, probabilities, problem) of a page in bytes, by the pad."""
    height, width = page.shape
    text = base64.b64encode(page.tobytes()).decode()
    found = pad.evaluate(READ, [text, width, height, list(leave_out)])
    return found["picture"], found["shares"], found.get("problem")


def compare(pad, names, network, pages, leave_out=()):
    """Check that pad and Python agree on pages; return how many both refuse."""
    refused = 0
    for number, page in enumerate(pages):
        picture, shares, problem = read_in_python(names, network, page, leave_out)
        its_picture, its_shares, its_problem = read_on_pad(pad, page, leave_out)
        assert its_problem == problem, f"page {number}"
        if problem:
            refused += 1
            continue
        assert abs(picture - its_picture).max() <= 1 / 255, f"page {number}"
        assert abs(shares - its_shares).max() <= 1e-3, f"page {number}"
        assert shares.argmax() == np.argmax(its_shares), f"page {number}"
    return refused


def test_pad_reads_a_thousand_pages_as_python(pad, names, network, images, known_paper):
    refused = compare(pad, names, network, pages_of(images[:1000], names, seed=1))
    assert refused <= 10


@pytest.mark.parametrize("step", STEPS)
def test_pad_leaves_out_a_step_as_python(
    pad, names, network, images, known_paper, step
):
    pages = pages_of(images[:60], names, seed=2)
    assert compare(pad, names, network, pages, [step]) <= 3


def test_stamped_digits_are_read_as_the_lesson_reads_the_page(
    pad, names, network, images
):
    for image in images[-100:]:
        pad.evaluate(STAMP, image.ravel().tolist())
        answer = read_in_python(names, network, page_on(pad))[1].argmax()
        said = pad.locator("[role=status]").text_content()
        assert said.startswith(f"Read as {answer}, ")


def brightness(png):
    """Return the mean of a picture's grey values."""
    return np.mean(Image.open(io.BytesIO(png)).convert("L"))


@every_digit
@pytest.mark.parametrize("hand", [draw, touch])
@pytest.mark.parametrize("place", ["alone", "exported", "site"])
def test_drawn_digits_are_read(page, tmp_path, place, hand, digit):
    file = {
        "alone": PAD_PAGE,
        "exported": tmp_path / "exported.html",
        "site": SITE / "notebooks" / f"{LESSON.stem}.html",
    }[place]
    if place == "exported":
        text, _ = HTMLExporter().from_filename(str(LESSON))
        file.write_text(text, encoding="utf-8")
    page.goto(file.as_uri(), wait_until="domcontentloaded")
    hand(page, STROKES[digit])
    hear(page, digit)


def press(page, key, times):
    """Press a key several times."""
    for _ in range(times):
        page.keyboard.press(key)


@pytest.mark.parametrize("width", ["thin", "thick"])
def test_pens_differ_and_are_read(pad, width):
    draw(pad, STROKES[7])
    usual = page_on(pad).mean()
    pad.get_by_role("button", name="Clear").click()
    pad.get_by_role("radio", name=width).check()
    draw(pad, STROKES[7])
    hear(pad, 7)
    other = page_on(pad).mean()
    assert other > usual + 5 if width == "thin" else other < usual - 5


def test_answer_follows_the_pen(pad):
    (places,) = on_screen(pad, STROKES[7])
    pad.mouse.move(*places[0])
    pad.mouse.down()
    shown = []
    for place in places[1:]:
        pad.mouse.move(*place, steps=9)
        pad.wait_for_function(f"(shown) => !shown.includes({SHOWN})", arg=shown)
        shown.append(pad.evaluate(SHOWN))
    hear(pad, "")
    expect(pad.locator(".answer")).to_have_text(re.compile("^7 "))
    pad.mouse.up()
    hear(pad, 7)
    assert pad.evaluate(SHOWN) == shown[-1]


@pytest.mark.parametrize("scale", [0.5, 1, 1.3])
def test_ink_lies_where_the_pen_was_however_the_page_is_scaled(pad, scale):
    pad.add_style_tag(content=f"body {{ transform: scale({scale}) }}")
    draw(pad, STROKES[7])
    hear(pad, 7)
    rows, columns = np.nonzero(page_on(pad) < 128)
    ends = [columns.min(), columns.max(), rows.min(), rows.max()]
    assert np.allclose(ends, [60 - 7.5, 165 + 7.5, 50 - 7.5, 190 + 7.5], atol=2)


def test_one_finger_draws_and_no_other_button(pad):
    (places,) = on_screen(pad, STROKES[7])
    white = pad.evaluate(PAGE)
    pad.mouse.move(*places[0])
    pad.mouse.down(button="right")
    pad.mouse.move(*places[1])
    pad.mouse.up(button="right")
    assert pad.evaluate(PAGE) == white, "that is for the menu"
    touch(pad, STROKES[7])
    hear(pad, 7)
    drawn = pad.evaluate(PAGE)
    pad.get_by_role("button", name="Clear").click()
    touch(pad, STROKES[7], resting=(40, 180))
    hear(pad, 7)
    assert pad.evaluate(PAGE) == drawn, "a second finger draws, too"


def test_undo_takes_back_a_stroke_a_stamp_and_clear(pad):
    undo, clear = (pad.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    steps = [
        lambda: draw(pad, STROKES[7]),
        lambda: draw(pad, [[(80, 120), (150, 120)]]),
        clear.click,
        pad.get_by_role("button", name="3", exact=True).click,
    ]
    pages = [pad.evaluate(PAGE)]
    for step in steps:
        step()
        pages.append(pad.evaluate(PAGE))
    white = pages[0]
    assert [page == white for page in pages] == [True, False, False, True, False]
    hear(pad, 3)
    for page in reversed(pages[:-1]):
        undo.click()
        assert pad.evaluate(PAGE) == page
    hear(pad, "Draw a digit.")
    undo.click()
    assert pad.evaluate(PAGE) == white, "nothing is left to be taken back"


def test_a_switch_leaves_its_step_out(pad):
    seen, invert = pad.locator(".seen canvas"), pad.get_by_label("Invert")
    pad.get_by_role("button", name="7", exact=True).click()
    before = seen.screenshot()
    invert.uncheck()
    assert brightness(seen.screenshot()) > 128 > brightness(before)
    hear(pad, re.compile("^Read as"))
    invert.check()
    assert seen.screenshot() == before
    hear(pad, 7)


def test_every_step_has_a_switch(pad):
    boxes = pad.get_by_role("checkbox")
    assert [box.get_attribute("value") for box in boxes.all()] == list(STEPS)
    assert all(box.is_checked() for box in boxes.all())


def test_several_digits_are_refused_in_the_lessons_words(pad, names, network):
    draw(pad, [[(60, 50), (60, 180)], [(160, 50), (160, 180)]])
    problem = read_in_python(names, network, page_on(pad))[2]
    assert problem
    hear(pad, problem)
    expect(pad.locator(".answer")).to_have_text(problem)
    expect(pad.locator("ol")).not_to_be_visible()
    assert page_on(pad).min() == 0, "the drawing is still there"
    pad.get_by_label("Drop specks").uncheck()
    hear(pad, re.compile("^Read as"))


def test_an_empty_page_is_no_digit(pad):
    expect(pad.locator(".answer")).to_have_text("Draw a digit.")
    expect(pad.locator("ol")).not_to_be_visible()


def test_keyboard_reaches_everything(pad):
    reached = []
    for _ in range(20):
        pad.keyboard.press("Tab")
        reached.append(pad.evaluate(FOCUS))
    buttons, switches = ["Undo", "Clear"], ["checkbox"] * 6
    assert reached == ["Page", *buttons, "radio", *switches, *"0123456789"]


def test_keyboard_draws_a_one(pad):
    pad.keyboard.press("Tab")
    pad.evaluate("addEventListener('keydown', ({key}) => { window.heard = key })")
    expect(pad.locator(".pen")).to_be_visible()
    press(pad, "ArrowUp", 10)
    hear(pad, "")
    pad.keyboard.press("Space")
    hear(pad, "The pen is down.")
    press(pad, "ArrowDown", 20)
    pad.keyboard.press("Space")
    hear(pad, 1)
    drawn = pad.evaluate(PAGE)
    press(pad, "ArrowRight", 10)
    assert pad.evaluate(PAGE) == drawn, "a lifted pen does not draw"
    assert not pad.evaluate("window.heard"), "slides would turn"


def test_keyboard_stamps_and_switches(pad):
    pad.get_by_role("button", name="4", exact=True).focus()
    pad.keyboard.press("Enter")
    hear(pad, 4)
    pad.get_by_label("Crop").focus()
    pad.keyboard.press("Space")
    expect(pad.get_by_label("Crop")).not_to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(pad, violations, scheme):
    pad.emulate_media(color_scheme=scheme)
    assert not violations(pad), "an empty page"
    pad.get_by_role("button", name="4", exact=True).click()
    assert not violations(pad), "a digit"


def test_page_does_not_scroll_sideways(pad):
    pad.set_viewport_size({"width": 360, "height": 720})
    draw(pad, STROKES[1])
    hear(pad, 1)
    assert pad.evaluate("document.documentElement.scrollWidth") <= 360


def test_bars_move_at_once_for_whoever_wants_less_motion(pad):
    bar = pad.locator("li i").first
    expect(bar).to_have_css("transition-duration", "0.12s")
    pad.emulate_media(reduced_motion="reduce")
    expect(bar).to_have_css("transition-duration", "0s")


def test_one_page_may_hold_the_pad_twice(page):
    text = PAD_PAGE.read_text(encoding="utf-8")
    page.set_content(text + text)
    ready = (
        "[...document.querySelectorAll('.digit-pad')].map((e) => Boolean(e.digitPad))"
    )
    assert page.evaluate(ready) == [True, True]


def test_without_scripts_there_is_a_still_picture(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(PAD_PAGE.as_uri())
    picture = page.locator(".digit-pad img")
    assert picture.get_attribute("alt")
    assert picture.bounding_box()["width"] > 300
    expect(page.get_by_text("Scripts do not run here")).to_be_visible()
    context.close()


def test_with_scripts_there_is_none(pad):
    expect(pad.locator(".digit-pad img")).not_to_be_visible()
    expect(pad.get_by_text("Scripts do not run here")).not_to_be_visible()
