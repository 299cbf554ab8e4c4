"""The web site shows what the course stores, to everybody, with no network."""

import html
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest

from notebooks import LESSONS, code_cells, read
from tools.course import ROOT
from tools.publishing.badges import without_badges

SITE = ROOT / "build" / "site"
WIDTHS = {"laptop": 1280, "phone": 400}

NOTEBOOKS = {f"notebooks/{path.stem}": path for path in LESSONS}
TEXTS = {
    "index": ROOT / "README.md",
    "INSTRUCTORS": ROOT / "INSTRUCTORS.md",
    "CONTRIBUTING": ROOT / "CONTRIBUTING.md",
}
PAGES = [*TEXTS, *NOTEBOOKS, "search"]

every_page = pytest.mark.parametrize("name", PAGES)
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
    assert own == set(PAGES)


@every_page
def test_axe_finds_no_violation(page, violations, name):
    page.goto(address(name))
    assert not violations(page)


@every_page
def test_page_asks_nothing_of_the_network(page, name):
    page.goto(address(name), wait_until="networkidle")
    assert page.refused == []


@every_page
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_page_does_not_scroll_sideways(page, name, width):
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(address(name))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


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


@pytest.mark.parametrize("name", TEXTS)
def test_pictures_of_texts_have_their_alternative_texts(page, name):
    page.goto(address(name))
    text = without_badges(TEXTS[name].read_text(encoding="utf-8"))
    assert alts(page) == re.findall(r"!\[(.*?)\]\(", text, re.S)


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
    page.keyboard.type("overfitting")
    page.keyboard.press("Enter")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    links = [link.get_attribute("href") for link in found.all()]
    assert "notebooks/04-train-the-network.html" in links
    assert page.refused == []
