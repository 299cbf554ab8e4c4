"""Write the film of a digit that the pad reads while it is drawn: figures/pad.gif.

    python -m tools.publishing.pad_film      # half a minute

Recorded from the page itself, in Chromium: a hand draws a 3, a step of the preparation
is left out and comes back, and the ink for and against the 3 is shown.
"""

import io
import math

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.course import FIGURES
from tools.publishing.browser import launch
from tools.publishing.film import tell_size
from tools.publishing.pad import PAGE

TARGET = FIGURES / "pad.gif"
WINDOW = {"width": 1280, "height": 680}
SIZE = 880, 468  # of the film
COLOURS = 40  # frequent ones, and as many that lie far apart
PAUSE = 120  # milliseconds for which a moment is shown
SIDE = 224  # pixels of the pad's page
HOLD = 14  # moments for which a result is shown


def three():
    """Return the points of a 3, drawn from the top: two arcs that meet."""
    points = []
    for row, radius, first, last in (74, 34, -150, 90), (142, 38, -90, 150):
        for angle in range(first, last + 1, 12):
            turn = math.radians(angle)
            x, y = 108 + radius * math.cos(turn), row + radius * math.sin(turn)
            points.append((x, y))
    return points


class Camera:
    """Takes pictures of a page; `frames` holds them."""

    def __init__(self, page):
        self.page, self.frames = page, []

    def take(self, count=1):
        """Take this many pictures, a moment apart."""
        for _ in range(count):
            self.page.wait_for_timeout(PAUSE // 2)
            picture = Image.open(io.BytesIO(self.page.screenshot()))
            shrunk = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
            self.frames.append(shrunk)


def record(page):
    """Draw and switch on the page; return pictures of it, in the film's size."""
    camera = Camera(page)
    page.goto(PAGE.as_uri())
    page.locator(".which").wait_for()
    page.get_by_role("button", name="Test digit 0").click()
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(1000)
    camera.take(4)
    box = page.locator(".paper canvas").bounding_box()
    scale = box["width"] / SIDE
    places = [(box["x"] + scale * x, box["y"] + scale * y) for x, y in three()]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
        camera.take()
    page.mouse.up()
    page.mouse.move(5, 5)
    camera.take(HOLD)
    page.get_by_label("Centre").uncheck()
    camera.take(HOLD)
    page.get_by_label("Centre").check()
    camera.take(4)
    page.locator(".bars button").nth(3).click()
    camera.take(HOLD)
    page.get_by_role("button", name="Back to the picture").click()
    camera.take(2)
    return camera.frames


def palette_of(moments):
    """Return one palette for the whole film, so that nothing flickers: a picture.

    Its colours are the most frequent ones of some moments, and rare ones such as red.
    """
    width, height = SIZE
    all_of_them = Image.new("RGB", (width, height * len(moments)))
    for number, moment in enumerate(moments):
        all_of_them.paste(moment, (0, height * number))
    colours = []
    for method in Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE:
        colours += all_of_them.quantize(COLOURS, method).getpalette()[: 3 * COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    return palette


def main():
    """Record the film and write it; exit with a sentence if it is too large."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport=WINDOW)
        frames = record(page)
        browser.close()
    palette = palette_of(frames[:: len(frames) // 6])
    no = Image.Dither.NONE
    first, *others = [f.quantize(palette=palette, dither=no) for f in frames]
    first.save(
        TARGET,
        save_all=True,
        append_images=others,
        duration=PAUSE,
        loop=0,
        optimize=True,
    )
    tell_size(TARGET, len(frames))


if __name__ == "__main__":
    main()
