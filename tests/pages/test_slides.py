"""The slides open from a folder, with no network, and every slide fits its screen."""

import re

import pytest
from pypdf import PdfReader

from notebooks import LESSONS, name, read
from tools.publishing.slides import SLIDES

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)

FORMULA = r"""() => {
    const formula = document.createElement('p');
    formula.textContent = '$\\sum_{i=1}^n e^{z_i}, \\quad \\mathbb{R}$';
    Reveal.getCurrentSlide().append(formula);
    return new Promise(done => MathJax.Hub.Queue(
        ['Typeset', MathJax.Hub, formula],
        () => done(formula.querySelector('.mjx-math')?.textContent)));
}"""
# What is shown of a slide, all its fragments too.
PARTS = """[...Reveal.getCurrentSlide().querySelectorAll('*')]
    .filter(part => part.checkVisibility({visibilityProperty: true}))"""
# Parts that stick out of the page, or hold more than they have room for. The tails of
# letters may stick out of a line by a few pixels.
MISFITS = f"""() => {PARTS}.filter(part => {{
    const box = part.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth
        || box.top < 0 || box.bottom > innerHeight
        || part.clientWidth && part.scrollWidth > part.clientWidth + 1
        || part.clientHeight && part.scrollHeight > part.clientHeight + 9;
}}).map(part => part.outerHTML.slice(0, 120))"""
# Cells, pictures and the slide's number that lie on top of each other.
COLLISIONS = f"""() => {{
    const pieces = {PARTS}.filter(part => part.matches('.jp-Cell'));
    pieces.push(document.querySelector('.slide-number'));
    const boxes = pieces.map(piece => [piece.id, piece.getBoundingClientRect()]);
    return boxes.flatMap(([id, a], i) => boxes.slice(i + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        .map(([other]) => `${{id}} and ${{other}}`));
}}"""
# Whether pictures could be larger: a third more than their size is still sharp.
ROOM_LEFT = """() => {
    const slide = Reveal.getCurrentSlide();
    const pictures = [...slide.querySelectorAll('.jp-Cell:not(.celltag_right) img')];
    const ends = [...slide.children].map(part => part.getBoundingClientRect().bottom);
    return pictures.length > 0 && Math.max(...ends) < innerHeight - 32
        && pictures.every(picture =>
            picture.offsetWidth < 1.3 * picture.getAttribute('width')
            && picture.offsetWidth < picture.parentElement.clientWidth - 8);
}"""
SMALLEST_LETTERS = f"""() => Math.min(...{PARTS}
    .filter(part => [...part.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
PRINTED = """() => [...document.querySelectorAll('.pdf-page')].map(
    page => page.querySelector('h1, h2, h3')?.textContent)"""
NOTES = """() => [...document.querySelectorAll('.slides > section')].map(
    slide => slide.querySelector('aside.notes')?.textContent.trim())"""
SPEAKERS_NOTES = ".speaker-controls-notes .value"


def open_slides(page, path):
    """Open a lesson's slides; return what goes wrong on the page, while it goes on."""
    file = SLIDES / f"{path.stem}.html"
    assert file.exists(), "the slides are not built: run make slides"
    wrong = page.refused
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
    page.goto(file.as_uri())
    page.wait_for_function("() => Reveal.isReady()")
    page.evaluate("() => document.fonts.ready")
    assert page.evaluate("() => Reveal.getScale()") == 1, "a pixel is not a pixel"
    return wrong


def turn(page):
    """Show each slide with all its fragments; yield its number."""
    for number in range(page.evaluate("() => Reveal.getTotalSlides()")):
        page.evaluate("number => Reveal.slide(number, 0, 99)", number)
        yield number + 1


@every_lesson
def test_eight_to_twelve_slides_exercises_and_questions(page, path):
    open_slides(page, path)
    assert 10 <= page.evaluate("() => Reveal.getTotalSlides()") <= 14


@every_lesson
def test_every_slide_fits(page, path):
    open_slides(page, path)
    for number in turn(page):
        assert not page.evaluate(MISFITS), f"slide {number} does not fit"
        assert not page.evaluate(COLLISIONS), f"slide {number}: parts collide"


@every_lesson
def test_every_slide_fits_a_larger_screen(page, path):
    open_slides(page, path)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function("() => Reveal.getScale() === 1.5")
    for number in turn(page):
        assert not page.evaluate(MISFITS), f"slide {number} does not fit"


@every_lesson
def test_pictures_take_the_room_that_is_left(page, path):
    """As far as they stay sharp at 1080 lines, and their column is wide enough."""
    open_slides(page, path)
    for number in turn(page):
        assert not page.evaluate(ROOM_LEFT), f"slide {number}: a larger picture fits"


def test_what_code_draws_waits_for_a_key(page):
    open_slides(page, LESSONS[0])
    page.evaluate("() => Reveal.slide(3)")
    picture = page.locator("section.present section.present img")
    assert picture.count() == 1
    assert not picture.is_visible()
    page.keyboard.press("ArrowRight")
    picture.wait_for(state="visible")


@every_lesson
def test_axe_finds_no_violation(page, path, violations):
    """On the slides as they are printed, where all of them stand on one page."""
    page.goto(f"{(SLIDES / path.stem).as_uri()}.html?print-pdf")
    page.locator(".pdf-page").last.wait_for()
    assert not violations(page)


def test_half_of_the_slides_have_a_picture(page):
    slides = pictures = 0
    for path in LESSONS:
        open_slides(page, path)
        for _ in turn(page):
            slides += 1
            pictures += page.locator("section.present section.present img").count() > 0
    assert 2 * pictures >= slides


@every_lesson
def test_printed_each_slide_is_one_page(page, path, tmp_path):
    open_slides(page, path)
    slides = page.evaluate("() => Reveal.getTotalSlides()")
    page.goto(f"{(SLIDES / path.name).with_suffix('.html').as_uri()}?print-pdf")
    page.wait_for_function("() => Reveal.isReady()")
    page.wait_for_selector(".pdf-page")
    titles = page.evaluate(PRINTED)
    assert len(titles) == slides
    assert all(titles), "a page without its title"
    page.pdf(path=tmp_path / "slides.pdf", prefer_css_page_size=True)
    assert len(PdfReader(tmp_path / "slides.pdf").pages) == slides


@every_lesson
def test_every_slide_has_a_heading_and_letters_to_read(page, path):
    open_slides(page, path)
    for number in turn(page):
        shown = "section.present section.present"
        assert page.locator(f"{shown} :is(h1, h2, h3)").count() == 1, f"slide {number}"
        assert page.evaluate(SMALLEST_LETTERS) >= 16, f"slide {number}: too small"


@every_lesson
def test_every_slide_has_its_notes(page, path):
    open_slides(page, path)
    looks = [cell.metadata.get("slideshow", {}) for cell in read(path).cells]
    advice = [re.sub("[*`]", "", look["notes"]) for look in looks if "notes" in look]
    notes = page.evaluate(NOTES)
    assert [*notes[:-3], notes[-1]] == advice
    assert all(notes[-3:-1]), "what to say of the exercises, and the answers"


@every_lesson
def test_pictures_keep_their_descriptions(page, path):
    open_slides(page, path)
    alts = [image.get_attribute("alt") for image in page.locator("img").all()]
    known = [
        cell.metadata["alt"] for cell in read(path).cells if "alt" in cell.metadata
    ]
    first, *others = alts
    again = others.pop()  # beside the questions
    assert again == first
    assert [alt for alt in known if alt in alts] == [first, *others]


@every_lesson
def test_nothing_fails_and_nothing_is_asked_of_the_network(page, path):
    wrong = open_slides(page, path)
    assert page.evaluate(FORMULA).startswith("∑"), "MathJax does not set a formula"
    page.wait_for_load_state("networkidle")
    assert not wrong


def test_the_speakers_view_has_the_notes(page):
    open_slides(page, LESSONS[0])
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    first = page.evaluate(NOTES)[0]
    popup.value.locator(SPEAKERS_NOTES, has_text=first[:60]).wait_for()


def test_the_list_leads_to_every_lesson(page):
    page.goto((SLIDES / "index.html").as_uri())
    links = [link.get_attribute("href") for link in page.locator("a").all()]
    assert links == [f"{path.stem}.html" for path in LESSONS]
