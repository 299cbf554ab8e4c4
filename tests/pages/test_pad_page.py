"""The drawing pad in a browser: pen, finger and keys, the strip, the answer beside."""

import io
import re

import numpy as np
import pytest
from nbconvert import HTMLExporter
from pads import (
    DIGIT_PAD,
    LESSON,
    STEPS,
    choose,
    lesson_names,
    page_on,
    read_in_python,
    resize,
    settle,
)
from patience import open_page
from PIL import Image
from playwright.sync_api import expect
from strokes import SIDE, STROKES, draw, hear, on_screen, touch

from tools.publishing.pad import PAGE as PAD_PAGE
from tools.publishing.website import SITE

PAGE = f"() => btoa(String.fromCharCode(...{DIGIT_PAD}.page()))"
SHADOW = "document.querySelector('.digit-pad').shadowRoot"
SHOWN = f"{SHADOW}.querySelector('.screen').toDataURL()"
# What has the focus: its name, and for a switch or a choice which kind it is.
FOCUS = """() => {
    const part = document.activeElement.shadowRoot?.activeElement;
    const kind = part?.type?.match(/checkbox|radio|file/)?.[0];
    return kind ?? (part?.ariaLabel ?? part?.textContent)?.match(/\\w+/)[0];
}"""
# The sizes that the answer has to be beside the hand in.
SCREENS = {
    "desk": (1280, 800),
    "small desk": (1280, 660),
    "tablet": (820, 1180),
    "phone": (390, 844),
    "small phone": (320, 568),
    "phone on its side": (844, 390),
}
IN_VIEW = f"""() => ['.paper', '.screen', '.answer', '.bars'].filter(name => {{
    const box = {SHADOW}.querySelector(name).getBoundingClientRect();
    return box.top < 0 || box.left < 0 || box.right > innerWidth
        || box.bottom > innerHeight;
}})"""

# By how many pixels the pad is wider than where it stands.
EXCESS = """(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(
    document.querySelector('.digit-pad'))"""

every_digit = pytest.mark.parametrize("digit", STROKES)
every_screen = pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
every_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def button(pad, name):
    """Return the button of this name."""
    return pad.get_by_role("button", name=name, exact=True)


def stamp(pad, digit):
    """Press the small test digit."""
    button(pad, f"Test digit {digit}").click()


def brightness(png):
    """Return the mean of a picture's grey values."""
    return np.mean(Image.open(io.BytesIO(png)).convert("L"))


def bars_of(pad):
    """Return how far the ten bars are filled at this moment."""
    return pad.evaluate(f"""[...{SHADOW}.querySelectorAll('.bars i')].map(
        (bar) => new DOMMatrix(getComputedStyle(bar).transform).a)""")


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
    page.emulate_media(reduced_motion="reduce")
    page.goto(file.as_uri(), wait_until="domcontentloaded")
    hand(page, STROKES[digit])
    hear(page, digit)


# ---- The hand.


def press(page, key, times):
    """Press a key several times."""
    for _ in range(times):
        page.keyboard.press(key)


@pytest.mark.parametrize("width", ["Thin", "Thick"])
def test_pens_differ_and_are_read(pad, width):
    draw(pad, STROKES[7])
    hear(pad, 7)
    usual = page_on(pad).mean()
    button(pad, "Clear").click()
    choose(pad, width)
    draw(pad, STROKES[7])
    hear(pad, 7)
    other = page_on(pad).mean()
    assert other > usual + 5 if width == "Thin" else other < usual - 5


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
    expect(pad.locator(".answer .digit")).to_have_text("7")
    settle(pad)
    last = pad.evaluate(SHOWN)
    pad.mouse.up()
    hear(pad, 7)
    assert pad.evaluate(SHOWN) == last


@pytest.mark.parametrize("scale", [0.5, 1, 1.3])
def test_ink_lies_where_the_pen_was_however_the_page_is_scaled(pad, scale):
    pad.add_style_tag(
        content=f"body {{ transform: scale({scale}); transform-origin: 0 0 }}"
    )
    draw(pad, STROKES[7])
    hear(pad, 7)
    rows, columns = np.nonzero(page_on(pad) < 128)
    ends = [columns.min(), columns.max(), rows.min(), rows.max()]
    assert np.allclose(ends, [60 - 7.5, 165 + 7.5, 50 - 7.5, 190 + 7.5], atol=2)


def test_one_finger_draws_and_no_other_button(pad):
    (places,) = on_screen(pad, STROKES[7])
    button(pad, "Clear").click()
    white = pad.evaluate(PAGE)
    pad.mouse.move(*places[0])
    pad.mouse.down(button="right")
    pad.mouse.move(*places[1])
    pad.mouse.up(button="right")
    assert pad.evaluate(PAGE) == white, "that is for the menu"
    touch(pad, STROKES[7])
    hear(pad, 7)
    drawn = pad.evaluate(PAGE)
    button(pad, "Clear").click()
    touch(pad, STROKES[7], resting=(40, 180))
    hear(pad, 7)
    assert pad.evaluate(PAGE) == drawn, "a second finger draws, too"


@pytest.mark.parametrize(
    ("hand", "points"),
    [
        (draw, [(-7, 110), (240, 110)]),
        (draw, [(330, 110), (-7, 110)]),
        (touch, [(-7, 110), (112, 110), (240, 110)]),
    ],
)
def test_a_stroke_may_begin_and_end_beside_the_page(pad, hand, points):
    """It comes in from there: a finger's from the margin, a mouse's from anywhere."""
    hand(pad, [points])
    rows, columns = np.nonzero(page_on(pad) < 128)
    assert (columns.min(), columns.max()) == (0, SIDE - 1)
    assert abs(rows.mean() - 110) < 3
    button(pad, "Undo").click()
    assert page_on(pad).min() == 255, "it is one stroke"


def test_what_begins_and_ends_beside_the_page_is_no_stroke(pad):
    stamp(pad, 3)
    before = pad.evaluate(PAGE)
    draw(pad, [[(-8, 100), (-8, 150)]])
    assert pad.evaluate(PAGE) == before
    button(pad, "Undo").click()
    hear(pad, "Draw a digit.")


# A large Z without the shift key is what Caps Lock makes of it.
@pytest.mark.parametrize("way", ["button", "Control+z", "Meta+z", "Control+Z"])
def test_undo_takes_back_a_stroke_a_stamp_and_clear(pad, way):
    def undo():
        if way == "button":
            button(pad, "Undo").click()
        else:
            pad.keyboard.press(way)

    button(pad, "Clear").click()
    steps = [
        lambda: draw(pad, STROKES[7]),
        lambda: draw(pad, [[(80, 120), (150, 120)]]),
        button(pad, "Clear").click,
        lambda: stamp(pad, 3),
    ]
    pages = [pad.evaluate(PAGE)]
    for step in steps:
        step()
        pages.append(pad.evaluate(PAGE))
    white = pages[0]
    assert [page == white for page in pages] == [True, False, False, True, False]
    hear(pad, 3)
    for page in reversed(pages[:-1]):
        undo()
        assert pad.evaluate(PAGE) == page
    hear(pad, "Draw a digit.")
    undo()
    assert pad.evaluate(PAGE) == white, "nothing is left to be taken back"


def test_keys_that_do_again_take_nothing_back(pad):
    draw(pad, STROKES[1])
    drawn = page_on(pad)
    pad.keyboard.press("Control+Shift+z")
    assert (page_on(pad) == drawn).all()


def drawn_after_the_first_stroke(pad):
    """Draw a second stroke with the mouse, far from the first; return its columns."""
    before = page_on(pad)
    draw(pad, [[(200, 40), (200, 180)]])
    return np.flatnonzero((page_on(pad) != before).any(axis=0))


def test_a_cancelled_finger_ends_its_stroke(pad):
    """As when a phone takes over, for its own gesture or a call."""
    devtools = pad.context.new_cdp_session(pad)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    first, second = on_screen(pad, [[(40, 60), (40, 160)]])[0]
    for kind, points in [
        ("touchStart", [first]),
        ("touchMove", [second]),
        ("touchCancel", []),
    ]:
        points = [{"x": x, "y": y} for x, y in points]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    hear(pad, re.compile("^(Read as|Unsure)"))
    columns = drawn_after_the_first_stroke(pad)
    assert columns.min() > 180, "the strokes hang together"
    for _ in range(2):
        button(pad, "Undo").click()
    assert page_on(pad).min() == 255, "they are two"


def test_a_mouse_that_leaves_the_window_ends_its_stroke_outside(pad):
    (places,) = on_screen(pad, [[(40, 60), (40, 160)]])
    pad.mouse.move(*places[0])
    pad.mouse.down()
    pad.mouse.move(*places[1])
    pad.mouse.move(-200, -100, steps=5)
    pad.mouse.up()
    hear(pad, re.compile("^(Read as|Unsure)"))
    drawn = page_on(pad)
    pad.mouse.move(*places[0], steps=5)
    assert (page_on(pad) == drawn).all(), "it draws without being pressed"
    assert drawn_after_the_first_stroke(pad).min() > 180


@pytest.mark.parametrize("hand", [draw, touch])
def test_a_pointer_whose_end_nobody_heard_draws_no_longer(pad, hand):
    """As when a dialog or a debugger swallows it: the next stroke is one of its own."""
    pad.evaluate("""() => {
        window.deaf = true;
        for (const type of ["pointerup", "pointercancel", "lostpointercapture"])
            addEventListener(
                type, (event) => window.deaf && event.stopImmediatePropagation(), true);
    }""")
    hand(pad, [[(40, 60), (40, 160)]])
    pad.evaluate("window.deaf = false")
    columns = drawn_after_the_first_stroke(pad)
    assert columns.min() > 180, "the strokes hang together"
    hear(pad, re.compile("^(Read as|Unsure|There are several)"))
    drawn = page_on(pad)
    button(pad, "Undo").click()
    assert (page_on(pad) != drawn).any(axis=0).sum() == len(columns), "they are two"


def test_undo_has_an_end_and_says_so(pad):
    draw(pad, STROKES[1])
    button(pad, "Undo").click()
    expect(button(pad, "Undo")).to_be_disabled()
    expect(button(pad, "Clear")).to_be_disabled()


def test_keyboard_draws_a_one(pad):
    canvas = pad.locator(".paper canvas")
    while not canvas.evaluate("canvas => canvas.matches(':focus')"):
        pad.keyboard.press("Tab")
    pad.evaluate("addEventListener('keydown', ({key}) => { window.heard = key })")
    expect(pad.locator(".pen")).to_be_visible()
    press(pad, "ArrowUp", 10)
    pad.keyboard.press("Space")
    hear(pad, "The pen is down.")
    press(pad, "ArrowDown", 20)
    pad.keyboard.press("Space")
    hear(pad, 1)
    drawn = pad.evaluate(PAGE)
    press(pad, "ArrowRight", 10)
    assert pad.evaluate(PAGE) == drawn, "a lifted pen does not draw"
    assert not pad.evaluate("window.heard"), "slides would turn"


def test_keyboard_reaches_everything(pad):
    stamp(pad, 7)
    pad.locator(".paper canvas").focus()
    pad.keyboard.press("Shift+Tab")
    reached = []
    for _ in range(48):
        reached.append(pad.evaluate(FOCUS))
        pad.keyboard.press("Tab")
    tools = ["Undo", "Clear", "radio", *["Test"] * 10, "file", "Camera", "Challenge"]
    inside = ["Neuron", "Neuron", *"0123456789"]
    slots = ["Challenge"] * 10
    wanted = ["radio", "Page", *tools, *inside, *["checkbox"] * 6, *slots]
    assert reached[: len(wanted)] == wanted


# ---- The strip.


def test_every_step_has_a_switch(pad):
    boxes = pad.get_by_role("switch")
    assert [box.get_attribute("value") for box in boxes.all()] == list(STEPS)
    assert all(box.is_checked() for box in boxes.all())


def test_a_switch_leaves_its_step_out_and_the_strip_shows_it(pad):
    stamp(pad, 7)
    screen = pad.locator(".screen")
    before = screen.screenshot()
    pictures = pad.locator(".card canvas")
    right = [picture.screenshot() for picture in pictures.all()]
    pad.get_by_label("Invert").uncheck()
    assert brightness(screen.screenshot()) > 128 > brightness(before)
    hear(pad, re.compile("^(Read as|Unsure)"))
    now = [picture.screenshot() for picture in pictures.all()]
    assert now[0] == right[0], "the page is as it was"
    assert all(
        brightness(a) > brightness(b) for a, b in zip(now[1:], right[1:], strict=True)
    )
    assert pad.locator(".card.off").count() == 1
    assert pad.locator(".card.after").count() == 5, "all that come after differ"
    expect(pad.locator(".verdict")).to_contain_text('Without "Invert", it')
    pad.get_by_label("Invert").check()
    assert screen.screenshot() == before
    hear(pad, 7)


def test_under_each_switch_stands_what_would_be_read_without_it(pad):
    stamp(pad, 7)
    words = pad.locator(".card small")
    for small in words.all():
        expect(small).to_have_text(re.compile(r"^without: \d$"))
    for name, small in zip(STEPS, words.all(), strict=True):
        digit = small.text_content()[-1]
        box = pad.locator(f".card input[value={name}]")
        box.uncheck()
        hear(pad, re.compile(rf"^(Read as|Unsure:) {digit},"))
        expect(small).to_have_text("left out")
        box.check()


def test_several_digits_are_refused_in_the_lessons_words(pad):
    draw(pad, [[(60, 50), (60, 180)], [(160, 50), (160, 180)]])
    problem = read_in_python(lesson_names(), None, page_on(pad))[2]
    assert problem
    hear(pad, problem)
    expect(pad.locator(".note")).to_have_text(problem)
    expect(pad.locator(".verdict")).to_have_text(problem)
    stops = pad.locator(".card.stops input")
    assert [box.get_attribute("value") for box in stops.all()] == ["specks"]
    assert page_on(pad).min() == 0, "the drawing is still there"
    pad.get_by_label("Drop specks").uncheck()
    hear(pad, re.compile("^(Read as|Unsure)"))


# ---- The answer.


def test_an_empty_page_is_no_digit(pad):
    stamp(pad, 4)
    button(pad, "Clear").click()
    hear(pad, "Draw a digit.")
    expect(pad.locator(".share")).to_have_text("No ink yet.")
    expect(pad.locator(".answer .digit")).to_be_hidden()


def test_an_answer_of_which_the_network_is_not_sure_names_two_digits(pad):
    """A 4 is closed at the top, bit by bit, and becomes a 9: in between are both."""
    pattern = re.compile(r"^Unsure: \d, \d\d %, or \d, \d+ %\.$")
    for top in range(80, 161, 5):
        pad.evaluate(f"{DIGIT_PAD}.stamp(new Uint8Array(784))")  # a white page
        draw(pad, [[(top, 40), (70, 118), (150, 118)], [(154, 40), (146, 190)]])
        if pattern.match(pad.locator("[role=status]").text_content()):
            break
    hear(pad, pattern)
    expect(pad.locator(".share")).to_have_text("Unsure")
    expect(pad.locator(".answer .digit")).to_have_text(re.compile(r"^\dor\d$"))


def test_bars_grow_from_nothing(pad):
    """Otherwise all ten flash in full before the first reading."""
    # Looks before each frame, ahead of the pad's own steps: so it sees the first.
    pad.add_init_script(f"""(function look() {{
        const bars = [...({SHADOW.replace(".shadow", "?.shadow")}
            ?.querySelectorAll('.bars i') ?? [])];
        if (bars.length < 10) return requestAnimationFrame(look);
        window.firstFilled = bars.map(
            (bar) => new DOMMatrix(getComputedStyle(bar).transform).a);
    }})()""")
    pad.reload()
    pad.wait_for_function("window.firstFilled")
    assert pad.evaluate("window.firstFilled") == [0] * 10


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_bars_move_at_once_for_whoever_wants_less_motion(pad, motion):
    pad.emulate_media(reduced_motion=motion)
    button(pad, "Clear").click()
    frames = f"""() => new Promise(done => {{
        {SHADOW}.querySelector('.samples button:nth-of-type(8)').click();
        const seen = [];
        const look = () => {{
            seen.push(Math.max(...[...{SHADOW}.querySelectorAll('.bars li')]
                .map(bar => +bar.style.getPropertyValue('--p'))));
            if (seen.length < 90) requestAnimationFrame(look); else done(seen);
        }};
        look();
    }})"""
    seen = pad.evaluate(frames)
    between = [share for share in seen if 0.02 < share < 0.9]
    assert seen[-1] > 0.98
    assert bool(between) == (motion == "no-preference")


def test_two_networks_read_by_a_switch_and_say_where_they_differ(pad):
    """The answer says what the other network reads, where that differs."""
    stamp(pad, 7)
    readings = []
    for name in "98 %", "99 %":
        choose(pad, name)
        hear(pad, re.compile(r"Read as 7,"))
        readings.append(pad.locator(".screen").screenshot())
        expect(pad.locator(".note")).to_have_text("")
    assert readings[0] == readings[1], "the picture is the same"
    pad.get_by_label("Centre").uncheck()
    said = {}
    for name in "98 %", "99 %":
        choose(pad, name)
        reads = re.match(r"\D+(\d),", pad.locator("[role=status]").text_content())[1]
        said[reads] = pad.locator(".note").text_content()
    if len(said) == 2:
        first, second = said
        assert said[first].endswith(f"The other network reads {second}.")
        assert said[second].endswith(f"The other network reads {first}.")
    else:
        assert "other" not in "".join(said.values())


# ---- The first moment, the look.


def test_a_seven_draws_itself_and_gives_way_to_the_hand(pad):
    pad.emulate_media(reduced_motion="no-preference")
    pad.reload()
    expect(pad.locator(".answer .digit")).to_have_text("7")
    draw(pad, STROKES[1])
    hear(pad, 1)
    _, columns = np.nonzero(page_on(pad) < 128)
    assert columns.max() < 130, "the 7 is still there"


def test_the_seven_stands_at_once_for_whoever_wants_less_motion(page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(PAD_PAGE.as_uri())
    page.wait_for_function(f"{DIGIT_PAD}.page().some(grey => grey < 128)")
    rows, columns = np.nonzero(page_on(page) < 128)
    ends = [columns.min(), columns.max(), rows.min(), rows.max()]
    assert np.allclose(ends, [62 - 7.5, 162 + 7.5, 36 - 7.5, 168 + 7.5], atol=2)


@every_screen
def test_answer_stands_beside_the_hand(pad, screen):
    width, height = screen
    resize(pad, width, height)
    draw(pad, STROKES[1])
    hear(pad, 1)
    assert pad.evaluate("scrollY") == 0
    assert pad.evaluate(IN_VIEW) == []
    assert pad.evaluate("document.documentElement.scrollWidth") <= width
    # On a phone, a stroke may begin 12 pixels beside the page.
    beside = 12 * pad.locator(".small .hand").count()
    assert pad.evaluate(EXCESS) <= beside, "in a notebook it could be scrolled sideways"


def test_answer_stays_in_view_while_a_phone_is_scrolled(pad):
    resize(pad, 390, 844)
    stamp(pad, 7)
    pad.locator(".nodes").scroll_into_view_if_needed()
    assert pad.evaluate("scrollY") > 100
    assert not {".screen", ".answer", ".bars"} & set(pad.evaluate(IN_VIEW))


@every_scheme
@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_axe_finds_no_violation(pad, violations, scheme, screen):
    pad.emulate_media(color_scheme=scheme)
    width, height = SCREENS[screen]
    resize(pad, width, height)
    button(pad, "Clear").click()
    settle(pad)
    assert not violations(pad), "an empty page"
    stamp(pad, 4)
    pad.get_by_label("Centre").uncheck()
    button(pad, "Challenge").click()
    stamp(pad, 4)
    assert not violations(pad), "a digit, and the challenge"


@every_scheme
def test_pad_is_as_dark_as_what_is_round_it(page, scheme):
    """A notebook's theme need not be the browser's."""
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    ground, text = ("#fff", "#111") if scheme == "light" else ("#111", "#eee")
    content = PAD_PAGE.read_text(encoding="utf-8")
    rule = f"body {{ background: {ground} !important; color: {text} !important }}"
    page.set_content(content.replace("</style>", f"{rule}</style>", 1))
    colour = page.locator(".pad").evaluate("e => getComputedStyle(e).backgroundColor")
    brightest = max(map(int, re.findall(r"\d+", colour)))
    assert (brightest > 200) == (scheme == "light")


def test_one_page_may_hold_the_pad_twice(page):
    text = PAD_PAGE.read_text(encoding="utf-8")
    page.set_content(text + text)
    ready = (
        "[...document.querySelectorAll('.digit-pad')].map((e) => Boolean(e.digitPad))"
    )
    assert page.evaluate(ready) == [True, True]


def test_without_scripts_there_is_a_sentence(browser):
    page = open_page(browser, java_script_enabled=False)
    page.goto(PAD_PAGE.as_uri())
    expect(page.get_by_text("Scripts do not run here")).to_be_visible()
    page.context.close()
