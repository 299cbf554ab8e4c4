"""Pictures are stored with a palette where that shows nothing, and as wide as drawn."""

import base64
import io

import nbformat
import numpy as np
import pytest
from PIL import Image

from tools.refresh import normalise_outputs, with_palette


def encoded(pixels, mode="RGBA"):
    """Return an array of pixels as a PNG in base64."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def decoded(png):
    """Return (mode, RGB pixels) of a PNG in base64."""
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    return picture.mode, np.asarray(picture.convert("RGB"), int)


GREYS = np.repeat(np.arange(256, dtype="uint8").reshape(16, 16, 1), 3, axis=2)
NOISE = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype="uint8")


@pytest.mark.parametrize(("pixels", "mode"), [(GREYS, "P"), (NOISE, "RGB")])
def test_palette_is_used_where_it_shows_nothing(pixels, mode):
    once = with_palette(encoded(pixels))
    stored, seen = decoded(once)
    assert stored == mode
    assert np.array_equal(seen, pixels)
    assert with_palette(once) == once


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_picture_that_matplotlib_did_not_draw_stays_as_it_is(mode):
    png = encoded(GREYS, mode)
    assert with_palette(png) == png


def test_width_is_kept_and_the_height_left_to_the_page():
    output = nbformat.v4.new_output(
        "display_data",
        data={"image/png": encoded(GREYS)},
        metadata={"image/png": {"width": 8, "height": 8}},
    )
    cell = nbformat.v4.new_code_cell(outputs=[output], metadata={"alt": "greys"})
    normalise_outputs(cell, 1)
    assert cell.outputs[0].metadata == {"image/png": {"alt": "greys", "width": 8}}
