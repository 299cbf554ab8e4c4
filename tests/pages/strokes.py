"""Draw on the pad in a browser, and hear what it announces."""

import math
import re

from playwright.sync_api import expect

SIDE = 224  # pixels of the pad's page
AROUND = [math.tau * i / 30 for i in range(31)]
# The strokes of a digit, each a list of points (x, y) on the pad's page.
STROKES = {
    7: [[(60, 50), (165, 50), (110, 190)]],
    1: [[(118, 40), (106, 185)]],
    0: [[(112 + 50 * math.sin(a), 112 - 72 * math.cos(a)) for a in AROUND]],
}


def on_screen(page, strokes):
    """Return strokes with their places on the screen, and the pad in sight."""
    canvas = page.locator(".digit-pad .paper canvas")
    page.wait_for_load_state()  # later pictures would move it
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    scale = box["width"] / SIDE
    left, top = box["x"], box["y"]
    return [[(left + scale * x, top + scale * y) for x, y in s] for s in strokes]


def draw(page, strokes):
    """Draw strokes on the pad with the mouse."""
    for first, *others in on_screen(page, strokes):
        page.mouse.move(*first)
        page.mouse.down()
        for point in others:
            page.mouse.move(*point, steps=4)
        page.mouse.up()


def touch(page, strokes, resting=None):
    """Draw strokes with a finger, while another one rests at a point of the pad."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def send(kind, *points):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": points}
        devtools.send("Input.dispatchTouchEvent", event)

    others = [*on_screen(page, [[resting]])[0]] if resting else []
    for first, *points in on_screen(page, strokes):
        send("touchStart", first)
        if others:
            send("touchStart", first, *others)
        for point in points:
            send("touchMove", point, *others)
        send("touchEnd")
    devtools.detach()


def hear(page, words):
    """Wait until the pad announces words; a digit stands for its reading."""
    if isinstance(words, int):
        words = re.compile(rf"^Read as {words}, .*\d\d %\.$")
    expect(page.locator(".digit-pad [role=status]")).to_have_text(words)
