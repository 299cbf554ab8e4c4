"""A page of Chromium for the tests of slides and site; they run by `make pages`."""

import pytest
from browser import SWITCHES, find_browser
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def browser():
    """Chromium with no network: what a page needs has to lie beside it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(), args=SWITCHES.split()
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """An empty page, 1280 x 720; `page.refused` lists what it asked of the network."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.refused = []

    def refuse(route):
        page.refused.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith(("file:", "data:")), refuse)
    yield page
    context.close()
