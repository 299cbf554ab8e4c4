"""Lesson 10's drawing pad as a page of its own: pad/pad.html.

`make refresh` writes it. The pad, with its network, is the one that the lesson stores.
"""

from tools.course import ROOT
from tools.shared_cells import put_in

PAGE = ROOT / "pad" / "pad.html"


def stored_pad(nb):
    """Return the pad that a notebook stores, as HTML, or None if it stores none."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/html", "")
            if 'class="digit-pad"' in text:
                return text.strip()
    return None


def page(pad):
    """Return the page with a pad, HTML. Raises CannotShare without pad/page.html."""
    return put_in("page.html", "__PAD__", pad)
