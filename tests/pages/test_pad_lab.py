"""The drawing pad works in JupyterLab; untrusted, it shows its still picture."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from patience import open_page
from playwright.sync_api import expect
from strokes import STROKES, draw, hear, touch

from notebooks import read
from tools.course import lesson_paths
from tools.publishing.browser import IDLE, PATIENCE, RUN_ALL, jupyterlab
from tools.publishing.pad import stored_pad
from tools.refresh import NOTEBOOK_METADATA

SHOW = "from IPython.display import HTML\n\nHTML(filename='pad.html')"
NOTEBOOK = """() => {
    const {activeCellIndex, mode, widgets} = jupyterapp.shell.currentWidget.content;
    return [activeCellIndex, mode, widgets.map((cell) => cell.model.type)];
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address and token of a JupyterLab with two notebooks.

    `shown` displays the pad when it runs; `stored` holds it as an output that nobody
    on this machine has computed, so that JupyterLab does not trust it.
    """
    folder, (path,) = tmp_path_factory.mktemp("lab"), lesson_paths(["10"])
    text = stored_pad(read(path))
    (folder / "pad.html").write_text(text, encoding="utf-8")
    output = new_output("display_data", {"text/html": text})
    after = new_code_cell("print('another cell')")
    cells = {
        "shown": new_code_cell(SHOW),
        "stored": new_code_cell(SHOW, outputs=[output], execution_count=1),
    }
    for name, cell in cells.items():
        nb = new_notebook(cells=[cell, after], metadata=NOTEBOOK_METADATA)
        nbformat.write(nb, folder / f"{name}.ipynb")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture
def open_notebook(lab, browser):
    """A function that opens a notebook of the lab; nothing may go wrong on its page."""
    url, token = lab
    page, wrong = open_page(browser, viewport={"width": 1440, "height": 1000}), []
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def open_it(name):
        page.goto(f"{url}lab/tree/{name}.ipynb?reset&token={token}")
        page.wait_for_function(IDLE)
        return page

    yield open_it
    page.context.close()
    assert not wrong


@pytest.fixture
def shown(open_notebook):
    """A page of JupyterLab with the pad as the output of a cell that has just run."""
    page = open_notebook("shown")
    page.evaluate(RUN_ALL, PATIENCE)
    page.locator(".digit-pad .paper").wait_for()
    return page


@pytest.mark.parametrize("hand", [draw, touch])
def test_drawn_digits_are_read(shown, hand):
    for digit, strokes in STROKES.items():
        hand(shown, strokes)
        hear(shown, digit)
        shown.get_by_role("button", name="Clear").click()
        hear(shown, "Draw a digit.")


def test_keys_draw_and_do_nothing_to_the_notebook(shown):
    canvas = shown.locator(".digit-pad .paper canvas")
    canvas.click()
    shown.get_by_role("button", name="Clear").click()
    canvas.focus()
    before = shown.evaluate(NOTEBOOK)
    for _ in range(10):
        shown.keyboard.press("ArrowUp")
    shown.keyboard.press("Space")
    for _ in range(20):
        shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Space")
    hear(shown, 1)
    for key in "abxm":  # JupyterLab's keys for cells
        shown.keyboard.press(key)
    assert shown.evaluate(NOTEBOOK) == before


def test_an_untrusted_notebook_shows_the_still_picture(open_notebook):
    page = open_notebook("stored")
    picture = page.locator(".digit-pad img")
    expect(picture).to_be_visible()
    width = "(image) => image.decode().then(() => image.naturalWidth)"
    assert picture.evaluate(width) > 300
    expect(page.get_by_text("Scripts do not run here")).to_be_visible()
