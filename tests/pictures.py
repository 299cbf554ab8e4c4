"""Compare the pictures that a cell draws with those that it has stored."""

import base64
import io

import numpy as np
from PIL import Image

# Root mean square over all channels, of 255. Twice the same pixels give 0; a single
# digit moved in a heatmap gives more than 2.
PICTURE_LIMIT = 2.0


def pictures(outputs):
    """Return the PNG pictures among a cell's outputs as float arrays."""
    encoded = [output.get("data", {}).get("image/png") for output in outputs]
    return [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), float)
        for png in encoded
        if png
    ]


def difference(stored, drawn):
    """Say in words how two lists of pictures differ, or return None."""
    if len(stored) != len(drawn):
        return f"{len(drawn)} pictures drawn, {len(stored)} stored"
    for old, new in zip(stored, drawn, strict=True):
        if old.shape != new.shape:
            return f"the picture's shape is {new.shape}, the stored one's {old.shape}"
        rms = np.sqrt(np.mean((old - new) ** 2))
        if rms > PICTURE_LIMIT:
            return f"the picture differs from the stored one: RMS {rms:.1f} of 255"
    return None
