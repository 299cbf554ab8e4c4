"""Write what the drawing pad knows of digits: pad/known.js, which tells it a scribble.

    python -m tools.measuring.known      # a quarter of a minute

A network is often sure of what is no digit. So the pad also asks how far a picture is
from what it knows of the digit that it reads: from the nearest of 14 prototypes, which
stand for MNIST's training images. What is further away than nearly all training images
that played no part in making them is unlike that digit.
"""

import base64
import re

import numpy as np
from sklearn.cluster import KMeans

from tools.course import NOTEBOOKS, ROOT, write

TARGET = ROOT / "pad" / "known.js"
PROTOTYPES = 14  # of each digit
LIKE = 50_000  # training images that make prototypes; the others make the limits
LEVEL = 0.996  # of the others, this share is within each of the two limits
LEVELS = 15  # brightest of the grey values of a prototype: half a byte each


def coarse(images):
    """Return images (n, 28, 28) as (n, 196): the means of 2 x 2 pixels."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)


def distances(pictures, prototypes):
    """Return (n, 2): how far the nearest prototype is, as it is and as bright.

    pictures: (n, 196); prototypes: (m, 196).
    """

    def nearest(some, others):
        differences = some[:, np.newaxis] - others
        return np.sqrt((differences**2).sum(axis=2)).min(axis=1)

    def unit(some):
        return some / np.linalg.norm(some, axis=1, keepdims=True)

    as_bright = nearest(unit(pictures), unit(prototypes))
    return np.stack([nearest(pictures, prototypes), as_bright], axis=1)


def known():
    """Return (prototypes, limits): whole (10, 14, 196) to 15, and float (10, 2)."""
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        images, labels = coarse(data["x_train"] / 255), data["y_train"]
    prototypes, limits = [], []
    for digit in range(10):
        like = images[:LIKE][labels[:LIKE] == digit]
        others = images[LIKE:][labels[LIKE:] == digit]
        means = KMeans(PROTOTYPES, n_init=1, random_state=1).fit(like).cluster_centers_
        whole = np.rint(means * LEVELS).astype("uint8")
        prototypes.append(whole)
        away = distances(others, whole / LEVELS)
        limits.append(np.quantile(away, LEVEL, axis=0))
    return np.array(prototypes), np.array(limits)


def stored():
    """Return what the pad has, as `known` does: prototypes to 1, and limits."""
    text = TARGET.read_text(encoding="utf-8")
    pairs = base64.b64decode(re.search('PROTOTYPES =\\s*"(.+?)"', text)[1])
    halves = np.array([(pair >> 4, pair & 15) for pair in pairs])
    limits = re.findall(r"\[(\d+\.\d+), (\d+\.\d+)\]", text)
    prototypes = halves.reshape(10, PROTOTYPES, 196) / LEVELS
    return prototypes, np.array(limits, dtype=float)


def main():
    """Write the prototypes, two grey values in a byte, and the limits."""
    prototypes, limits = known()
    pairs = prototypes.reshape(-1, 2)
    text = base64.b64encode((16 * pairs[:, 0] + pairs[:, 1]).astype("uint8")).decode()
    numbers = ", ".join(f"[{a:.3f}, {b:.4f}]" for a, b in limits)
    content = f"""// Written by `python -m tools.measuring.known`, which explains it.

export const PROTOTYPES = "{text}";
export const LIMITS = [{numbers}];
"""
    write(TARGET, content.encode())
    print(f"{TARGET.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
