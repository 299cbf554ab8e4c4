"""The web site shows what the course stores, to everybody, with no network."""

import html
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest
from playwright.sync_api import expect

from notebooks import LESSONS, code_cells, read
from tools.publishing.badges import without_badges
from tools.publishing.reference import terms
from tools.publishing.website import MADE, PAGES, SITE

WIDTHS = {"laptop": 1280, "tablet": 768, "phone": 390}
SCHEMES = "light", "dark"
PAGE_LIMIT = 1_500_000  # bytes

NOTEBOOKS = {f"notebooks/{path.stem}": path for path in LESSONS}
ALL = [*PAGES, *MADE, *NOTEBOOKS, "search"]

every_page = pytest.mark.parametrize("name", ALL)
every_width = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
every_lesson = pytest.mark.parametrize("name", NOTEBOOKS)


@pytest.fixture(scope="module", autouse=True)
def built():
    """Stop with one sentence if there is no site to look at."""
    assert (SITE / "index.html").exists(), "there is no site: run make site first"


def address(name):
    """Return the address of a page of the site as a file."""
    return (SITE / f"{name}.html").as_uri()


def words(text):
    """Return a text with single spaces, since a browser may break its lines."""
    return " ".join(text.split())


def cells_of(name):
    """Return the code cells of the notebook that a page shows."""
    return code_cells(read(NOTEBOOKS[name]))


def stored_texts(cell):
    """Yield the texts that a cell stores, without tags and a terminal's colours."""
    for output in cell.outputs:
        data = output.get("data", {})
        if 'class="digit-pad"' in data.get("text/html", ""):
            continue  # it is drawn by a script, and has tests of its own
        if "text/html" in data:
            yield html.unescape(re.sub(r"<.+?>", "", data["text/html"], flags=re.S))
        elif "image/png" not in data:
            yield re.sub(r"\x1b\[\d*m", "", output.get("text") or data["text/plain"])


def alts(page):
    """Return the alternative texts of the pictures in a page's article, in order."""
    images = page.locator("article img:not(.digit-pad img)").all()
    return [image.get_attribute("alt") for image in images]


def test_these_are_all_pages():
    files = {path.relative_to(SITE) for path in SITE.rglob("*.html")}
    own = {
        path.with_suffix("").as_posix()
        for path in files
        if not {"_static", "_downloads"} & set(path.parts)
    }
    assert own == {*ALL, "pad/pad"}


def test_pad_is_a_page_of_its_own_and_links_open_it(page):
    page.goto(address("INSTRUCTORS"))
    page.get_by_role("link", name="the pad", exact=True).click()
    expect(page).to_have_url(address("pad/pad"))
    expect(page.locator(".digit-pad .paper")).to_be_visible()


@every_page
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation(page, violations, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(address(name))
    assert page.locator("html").get_attribute("data-theme") == scheme
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not violations(page)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("menu", [".primary-toggle", ".secondary-toggle"])
def test_axe_finds_no_violation_with_a_menu_open(page, violations, menu, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
    page.goto(address("notebooks/04-train-the-network"))
    page.locator(menu).first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert not violations(page)


@every_page
def test_page_asks_nothing_of_the_network(page, name):
    page.goto(address(name), wait_until="networkidle")
    assert page.refused == []


@every_page
@every_width
def test_page_does_not_scroll_sideways(page, name, width):
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(address(name))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# The distinct heights at which a block shows letters; lines of bold and plain are one.
SHOWN_LINES = """() => [...document.querySelectorAll('article pre')].map(pre => {
    const range = document.createRange(), tops = new Set();
    range.selectNodeContents(pre);
    for (const box of range.getClientRects())
        if (box.width > 0) tops.add(Math.round((box.top + box.bottom) / 10));
    return [pre.textContent, tops.size];
})"""


@every_page
@every_width
def test_code_and_outputs_keep_their_lines(page, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address(name))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for text, shown in page.evaluate(SHOWN_LINES):
        stored = [line for line in text.splitlines() if line.strip()]
        assert shown == len(stored), f"{shown} lines for {len(stored)}: {text[:200]}"


@every_lesson
def test_first_picture_is_on_the_first_screen(page, name):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address(name))
    box = page.locator("article img").first.bounding_box()
    assert box["y"] < 720, f"the first picture begins at {box['y']:.0f} pixels"


@every_page
def test_page_is_small(name):
    assert (SITE / f"{name}.html").stat().st_size <= PAGE_LIMIT


def test_every_page_has_a_description_and_an_icon(page):
    for name in ALL[:-1]:
        page.goto(address(name))
        for place in "meta[name=description]", "meta[property='og:title']":
            assert page.locator(place).get_attribute("content"), f"{name}: {place}"
        icon = page.locator("link[rel*=icon]").get_attribute("href")
        assert (SITE / f"{name}.html").parent.joinpath(icon).exists()


def test_glossary_leads_from_each_term_to_its_section(page):
    page.goto(address("glossary"))
    text = words(page.locator("article").inner_text())
    found = terms()
    assert len(found) > 50
    for term in found:
        assert term.name in text
    links = page.locator("article p a.reference").count()
    assert links == len(found)


@every_page
def test_links_lead_somewhere(page, name):
    page.goto(address(name))
    links = page.evaluate(
        "[...document.querySelectorAll('[href], [src]')].map(e => e.href || e.src)"
    )
    for link in {link for link in links if link.startswith("file:")}:
        url, anchor = urldefrag(link)
        path = Path(unquote(urlparse(url).path))
        assert path.is_file(), f"{link} does not exist"
        if anchor:
            target = f'id="{unquote(anchor)}"'
            assert target in path.read_text(encoding="utf-8"), f"{link} is not there"


@every_lesson
def test_pictures_of_lessons_have_their_alternative_texts(page, name):
    page.goto(address(name))
    stored = [
        cell.metadata.get("alt")
        for cell in cells_of(name)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert stored
    assert alts(page) == stored


@pytest.mark.parametrize("name", PAGES)
def test_pictures_of_texts_have_their_alternative_texts(page, name):
    page.goto(address(name))
    text = without_badges(PAGES[name].read_text(encoding="utf-8"))
    pictures = re.findall(r'!\[(.*?)\]\(|<img [^>]*alt="(.*?)"', text, re.S)
    assert alts(page) == [a or b for a, b in pictures]


@every_lesson
def test_stored_outputs_are_shown(page, name):
    page.goto(address(name))
    shown = words(" ".join(page.locator(".cell_output:visible").all_inner_texts()))
    stored = [words(text) for cell in cells_of(name) for text in stored_texts(cell)]
    assert stored
    for text in stored:
        assert text in shown, f"an output is missing: {text[:80]}"


@every_lesson
def test_hidden_code_is_folded(page, name):
    page.goto(address(name))
    hidden = [
        cell.source
        for cell in cells_of(name)
        if cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
    folded = page.locator("details.hide:not([open]) .cell_input").all_text_contents()
    assert [words(code) for code in folded] == [words(code) for code in hidden]


@every_lesson
def test_notebook_for_download_is_the_courses_own(name):
    download = SITE / "_sources" / f"{name}.ipynb"
    assert download.read_bytes() == NOTEBOOKS[name].read_bytes()


def test_search_finds_a_lesson(page):
    page.goto(address("index"))
    page.get_by_role("button", name="Search").first.click()
    field = page.locator("input[type=search]:focus")
    field.fill("overfitting")
    field.press("Enter")
    # Results appear one after the other.
    lesson = "notebooks/04-train-the-network.html"
    page.locator(f"#search-results li a[href='{lesson}']").first.wait_for()
    assert page.refused == []
