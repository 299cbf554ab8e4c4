"""Write what the drawing pad knows of digits: pad/known.js, which tells it a scribble.

    python -m tools.measuring.known      # a quarter of a minute

A network is often sure of what is no digit. So the pad also asks how far a picture is
from what it knows of the digit that it reads: from the nearest of 14 prototypes, which
stand for MNIST's training images. A prototype may first be moved, turned, stretched,
slanted, thickened or brightened: how its pixels change by a little of that is a
direction, and what a sum of such changes brings about counts as no distance (the
tangent distance of P. Simard, Y. LeCun and J. Denker, 1993). What is further away than
nearly all training images that made no prototype is unlike that digit.
"""

import base64
import re

import numpy as np
from sklearn.cluster import KMeans

from tools.course import NOTEBOOKS, ROOT, write

TARGET = ROOT / "pad" / "known.js"
PROTOTYPES = 14  # of each digit
LIKE = 50_000  # training images that make prototypes; the others make the limits
KEPT = 0.997, 0.9985, 0.9985  # shares of the others within the three limits
LEVELS = 15  # brightest of the grey values of a prototype: half a byte each


def coarse(images):
    """Return images (n, 28, 28) as (n, 196): the means of 2 x 2 pixels."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)


def changes(prototype):
    """Return (196, 8): directions at right angles to each other, of length 1.

    Their sums are what becomes of a prototype (196,) that is moved, turned, stretched,
    slanted, thickened or brightened a little.
    """
    image = prototype.reshape(14, 14)
    down, across = np.gradient(image)
    y, x = np.mgrid[:14, :14] - 6.5
    all_ways = [down, across, y * down, x * down, y * across, x * across]
    all_ways += [down**2 + across**2, image]
    return np.linalg.qr(np.reshape(all_ways, (8, 196)).T)[0]


def distances(pictures, prototypes):
    """Return (n, 3): how far the nearest prototype is that may change a little.

    pictures: (n, 196); prototypes: (m, 196). As the pictures are; as a share of their
    own length, so that a faint picture is not near for being faint; and without any
    change, so that a blot is not near for being what a digit may be changed to.
    """
    changed, unchanged = [], []
    for prototype in prototypes:
        rest, ways = pictures - prototype, changes(prototype)
        unchanged.append(np.linalg.norm(rest, axis=1))
        changed.append(np.linalg.norm(rest - rest @ ways @ ways.T, axis=1))
    nearest, plain = np.min(changed, axis=0), np.min(unchanged, axis=0)
    share = nearest / np.linalg.norm(pictures, axis=1)
    return np.stack([nearest, share, plain], axis=1)


def known():
    """Return (prototypes, limits): whole (10, 14, 196) to 15, and float (10, 3)."""
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
        pairs = zip(away.T, KEPT, strict=True)
        limits.append([np.quantile(own, level) for own, level in pairs])
    return np.array(prototypes), np.array(limits)


def stored():
    """Return what the pad has, as `known` does: prototypes to 1, and limits."""
    text = TARGET.read_text(encoding="utf-8")
    pairs = base64.b64decode(re.search('PROTOTYPES =\\s*"(.+?)"', text)[1])
    halves = np.array([(pair >> 4, pair & 15) for pair in pairs])
    limits = re.findall(r"\[(\d+\.\d+), (\d+\.\d+), (\d+\.\d+)\]", text)
    prototypes = halves.reshape(10, PROTOTYPES, 196) / LEVELS
    return prototypes, np.array(limits, dtype=float)


def main():
    """Write the prototypes, two grey values in a byte, and the limits."""
    prototypes, limits = known()
    pairs = prototypes.reshape(-1, 2)
    text = base64.b64encode((16 * pairs[:, 0] + pairs[:, 1]).astype("uint8")).decode()
    numbers = "\n".join(f"  {[round(float(n), 4) for n in own]}," for own in limits)
    content = f"""// Written by `python -m tools.measuring.known`, which explains it.

export const PROTOTYPES =
  "{text}";
export const LIMITS = [
{numbers}
];
"""
    write(TARGET, content.encode())
    print(f"{TARGET.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
