"""The pad that lesson 14's service serves asks it, and shows what it reads."""

import subprocess
import sys

import pytest
from patience import open_page
from playwright.sync_api import expect
from strokes import STROKES, draw

from tools.course import NOTEBOOKS, ROOT
from tools.publishing.pad import PAGE

WEIGHTS = NOTEBOOKS / "data" / "99-percent.npz"


@pytest.fixture
def address():
    """Where a service listens, with the pad in front."""
    command = [sys.executable, ROOT / "ship" / "service.py", WEIGHTS, "--page", PAGE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, "--with-stdin"], **pipes) as process:
        yield process.stdout.readline().split()[-1]
        process.kill()


@pytest.mark.parametrize("width", [1280, 390])
def test_service_reads_what_is_drawn_and_says_so_on_the_page(browser, address, width):
    page = open_page(browser, viewport={"width": width, "height": 800})
    wrong, asked = [], []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.locator(".which").wait_for()  # the second network has been unpacked
    for digit, strokes in STROKES.items():
        draw(page, strokes)
        said = page.locator("#service")
        expect(said).to_have_text(f"The service reads {digit}, over 99 % sure.")
        box = said.bounding_box()
        assert 0 <= box["x"] <= width - box["width"], "it is cut off"
        # By a key: a pointer that is lifted there would ask for a reading, too.
        page.get_by_role("button", name="Clear", exact=True).press("Enter")
    assert not wrong
    assert f"{address}/read" in asked
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    page.context.close()
