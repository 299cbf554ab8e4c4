"""Print the web site as one PDF: build/digits-course.pdf.

    python -m tools.publishing.pdf

`make site` comes first. Chromium prints each page; pypdf binds them, with bookmarks.
"""

import io
import sys

from playwright.sync_api import sync_playwright
from pypdf import PdfWriter

from tools.course import BUILD, lesson_paths
from tools.publishing.browser import launch
from tools.publishing.website import SITE

TARGET = BUILD / "digits-course.pdf"
PAGES = (
    "index",
    *(f"notebooks/{path.stem}" for path in lesson_paths()),
    "cheat-sheet",
    "glossary",
)
MARGIN = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")


def printed(chromium, name):
    """Return (title, PDF bytes) of a page of the site, its folds closed."""
    page = chromium.new_page()
    page.goto((SITE / f"{name}.html").as_uri())
    title = page.locator("article h1").first.inner_text().rstrip("#").strip()
    data = page.pdf(format="A4", margin=MARGIN, print_background=True)
    page.close()
    return title, data


def main():
    """Print and bind the pages, or exit with a sentence if there is no site."""
    if not (SITE / "index.html").exists():
        sys.exit("There is no site to print: run make site first.")
    binder = PdfWriter()
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        for name in PAGES:
            title, data = printed(chromium, name)
            binder.append(io.BytesIO(data), outline_item=title)
        chromium.close()
    binder.compress_identical_objects()
    binder.write(TARGET)
    print(f"wrote {TARGET.name}: {len(binder.pages)} pages")


if __name__ == "__main__":
    main()
