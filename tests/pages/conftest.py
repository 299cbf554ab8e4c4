"""A page of Chromium for the tests of slides, site and pad, run by `make pages`."""

import pytest
from patience import open_page
from playwright.sync_api import sync_playwright

from tools.publishing import npm
from tools.publishing.browser import launch
from tools.publishing.pad import PAGE as PAD_PAGE

# Without `preload`: no page may read style sheets by script from file://.
RUN_AXE = """() => axe.run({preload: false,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"""
# What slides or fades has other colours, and may cover others.
STAND_STILL = """async () => {
    await Promise.allSettled(document.getAnimations().map((moving) => moving.finished));
}"""


@pytest.fixture(scope="session")
def browser():
    """Chromium with no network: what a page needs has to lie beside it."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """An empty page, 1280 x 720; `page.refused` lists what it asked of the network."""
    page = open_page(browser, viewport={"width": 1280, "height": 720})
    page.refused = []

    def refuse(route):
        page.refused.append(route.request.url)
        route.abort()

    page.context.route(lambda url: not url.startswith(("file:", "data:")), refuse)
    yield page
    page.context.close()


@pytest.fixture
def pad(page):
    """The page with the pad alone, without motion; nothing may go wrong on it."""
    wrong = page.refused
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
    page.emulate_media(reduced_motion="reduce")
    page.goto(PAD_PAGE.as_uri())
    page.locator(".which").wait_for()  # the second network has been unpacked
    yield page
    assert not wrong


@pytest.fixture(scope="session")
def violations():
    """A function that lists what the accessibility checker axe-core finds on a page."""
    axe = npm.folder("axe-core") / "axe.min.js"

    def find(page):
        page.evaluate(STAND_STILL)
        page.add_script_tag(path=axe)
        found = page.evaluate(RUN_AXE)
        assert found["passes"], "axe found nothing to check"
        return "\n".join(
            f"{rule['id']}: {node['html']}: {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        )

    return find
