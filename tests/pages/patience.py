"""The pages' tests wait for what will come as long as a busy machine may need.

Nobody waits in vain: a test goes on as soon as what it waits for is there.
"""

from playwright.sync_api import expect

from tools.publishing.browser import PATIENCE

expect.set_options(timeout=PATIENCE)


def open_page(browser, **options):
    """Return an empty page in a context of its own, made with Playwright's options."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context.new_page()
