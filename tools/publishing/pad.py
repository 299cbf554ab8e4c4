"""Lesson 10's drawing pad as a page of its own: pad/pad.html.

`make refresh` writes it. The pad, with its network, is the one that the lesson stores;
the page alone has lesson 09's network, too, and no still picture.
"""

import base64
import re
import zlib

import numpy as np

from tools.course import NOTEBOOKS, ROOT
from tools.shared_cells import put_in

PAGE = ROOT / "pad" / "pad.html"
WEIGHTS = NOTEBOOKS / "data" / "99-percent.npz"
STILL = re.compile(r'<div class="digit-pad">.+?</div>', re.DOTALL)
# What the page has in its place.
ALONE = """<div class="digit-pad alone">
  <h1 slot="title">Draw a digit</h1>
  <p slot="title" class="lede">
    170 neurons read it while you draw. Of MNIST's test digits, they read 98 %;
    trained as in lesson 09, 99 %.
  </p>
  <p>Scripts do not run here, and without them nobody can draw.</p>
</div>"""
NO_RECORD = "const RECORD = null;"


def stored_pad(nb):
    """Return the pad that a notebook stores, as HTML, or None if it stores none."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/html", "")
            if 'class="digit-pad"' in text:
                return text.strip()
    return None


def record():
    """Return lesson 09's network in 8 bits, as pad/network.js unpacks it: base64 text.

    For each layer, whole numbers, scales and biases follow each other, deflated.
    """
    with np.load(WEIGHTS) as file:
        arrays = list(file.values())
    content = b""
    for weights, bias in zip(arrays[::2], arrays[1::2], strict=True):
        scale = abs(weights).max(axis=0) / 127
        whole = np.rint(weights / scale).astype("int8")
        content += whole.tobytes() + scale.tobytes() + bias.tobytes()
    return base64.b64encode(zlib.compress(content, 9)).decode()


def page(pad):
    """Return the page with a pad, HTML. Raises CannotShare without pad/page.html."""
    own = STILL.sub(ALONE, pad, count=1)
    own = own.replace(NO_RECORD, f'const RECORD = "{record()}";', 1)
    return put_in("page.html", "__PAD__", own)
