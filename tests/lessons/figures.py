"""What the tests of figures share, and how one of them runs.

A test of a figure is written like any other, but it runs in the kernel that has
executed the lesson: there the figure is as Matplotlib was asked to draw it, and the
lesson's names are alive. Each assert carries a sentence of its own, since pytest's
comparisons of values do not reach the kernel.
"""

import importlib
import re
import traceback
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.lines import Line2D
from scipy.special import softmax

from notebooks import code_cells, read
from tools.course import lesson_paths
from tools.make_data import TARGET
from tools.measuring import sweep

WORDS = {4: "four", 5: "five", 6: "six", 7: "seven", 10: "ten", 12: "twelve"}
WORDS |= {13: "thirteen", 24: "twenty-four", 35: "thirty-five"}
WORDS |= {40: "forty", 100: "hundred"}


def of(*figures):
    """Give a test these figures, each named "lesson cell-id", one after the other."""
    return pytest.mark.parametrize("drawn", figures, indirect=True)


def same(shown, expected, problem, within=0):
    """Fail with a sentence unless two numbers, texts or arrays are the same."""
    shown, expected = np.array(shown), np.array(expected)
    equal = shown.shape == expected.shape
    if equal and shown.dtype.kind in "iuf":
        equal = np.allclose(shown, expected, rtol=1e-6, atol=within)
    elif equal:
        equal = (shown == expected).all()
    values = f"\nThe figure has: {shown}\nIt should have: {expected}"
    assert equal, problem + values * (shown.size <= 24)


def says(drawn, title, labels, *words):
    """Compare a figure's own texts, and look for words in its description.

    `title` is a part of any title; `labels` is "x | y", with "; " between panels.
    """
    titles = {drawn.title, *(ax.get_title() for ax in drawn.panels)} - {""}
    assert any(title in found for found in titles), f"no title says {title!r}: {titles}"
    found = [f"{ax.get_xlabel()} | {ax.get_ylabel()}" for ax in drawn.panels]
    problem = "the labels are not those of what lies on the axes: are they exchanged?"
    same("; ".join(label for label in found if label != " | "), labels, problem)
    for word in map(str, words):
        assert re.search(rf"(?i)\b{re.escape(word)}(?!\d)", drawn.alt), (
            f"`alt` does not say {word!r}: does it describe another figure, or an "
            f"earlier state of this one? It says: {drawn.alt}"
        )


def has(ax, **counts):
    """Check how many lines, texts, patches, ... a panel has."""
    for kind, count in counts.items():
        same(len(getattr(ax, kind)), count, f"one of the {kind} is missing, or new")


def stands_free(ax):
    """Check that no text inside a panel lies on one of its curves or intervals."""
    ax.figure.canvas.draw()  # the layout is made here
    curves = [(line.get_transform(), line.get_path()) for line in ax.lines]
    for marks in ax.collections:
        curves += [(marks.get_transform(), path) for path in marks.get_paths()]
    for text in ax.texts:
        box = text.get_window_extent()
        for transform, path in curves:
            touches = transform.transform_path(path).intersects_bbox(box, filled=False)
            assert not touches, f"the label {text.get_text()!r} lies on a curve"


def numbers_in(text, count):
    """Return the whole numbers in a text, which should be `count`."""
    found = [int(number) for number in re.findall(r"\d+", text)]
    assert len(found) == count, f"the text {text!r} should name {count} numbers"
    return found


def upright_in(ax):
    """Return a panel's image, an artist, and check that it stands upright."""
    has(ax, images=1)
    (image,) = ax.images
    left, right, bottom, top = image.get_extent()
    upright = image.origin == "upper" and ax.yaxis_inverted() == (bottom > top)
    assert upright, "an image is upside down"
    assert ax.xaxis_inverted() == (left > right), "an image is mirrored"
    return image


def seen_in(ax):
    """Return a panel's picture in [0, 1], and check that 0 is black and 1 white."""
    image = upright_in(ax)
    shades = [image.cmap(image.norm(value))[:3] for value in (0, 1)]
    same(shades, [[0, 0, 0], [1, 1, 1]], "0 is not black, or 1 not white")
    return image.get_array()


def image_in(ax):
    """Return a panel's image, and check that it stands upright and that ink is dark."""
    image = upright_in(ax)
    paper, ink = (sum(image.cmap(image.norm(value))[:3]) for value in (0, 255))
    assert ink < paper, "ink is light and paper dark: take the colour map gray_r"
    return image.get_array()


def bars_in(ax):
    """Return the left edges, widths and heights of a panel's vertical bars."""
    has(ax, containers=1)
    bars = ax.containers[0]
    return np.transpose([(b.get_x(), b.get_width(), b.get_height()) for b in bars])


def curves_in(ax):
    """Return {text in the legend: [x and y of each line drawn in that style]}.

    A legend may name dots and areas, too: no line is drawn in their style.
    """

    def style(line):
        if not isinstance(line, Line2D):
            return None
        return line.get_color(), line.get_linestyle(), line.get_marker()

    legend = ax.get_legend()
    assert legend, f"panel {ax.get_title()!r} has several lines, but no legend"
    handles = zip(legend.texts, legend.legend_handles, strict=True)
    found = {text.get_text(): style(handle) for text, handle in handles}
    return {
        text: [line.get_data() for line in ax.lines if style(line) == wanted]
        for text, wanted in found.items()
    }


def outputs(weights, images):
    """Return the probabilities (n, 10) that these weights give images (n, 28, 28)."""
    w1, b1, w2, b2, w3, b3 = (array.astype(float) for array in weights)
    hidden = np.maximum(images.reshape(len(images), -1) / 255 @ w1 + b1, 0)
    return softmax(np.maximum(hidden @ w2 + b2, 0) @ w3 + b3, axis=1)


def readings(drawn, mnist):
    """Return reading, confidence and whether the reading is right, by test image."""
    probabilities = drawn.names["probabilities"]
    predicted = probabilities.argmax(axis=1)
    return predicted, probabilities.max(axis=1), predicted == mnist.y_test


def runs_of(number, recipe, quantity):
    """Return a quantity of a lesson's stored table, run by run, from its CSV."""
    (path,) = lesson_paths([number])
    rows = sweep.stored_rows(path)
    return [float(row[quantity]) for row in rows if row["recipe"] == recipe]


@cache
def mnist():
    """Return the data set, read without any code of the lessons."""
    with np.load(TARGET) as file:
        return SimpleNamespace(**file)


def drawn(shell, figure):
    """Return a figure, named "lesson cell-id": what a test takes as `drawn`.

    That is its panels in reading order, its title, its description (`alt`), and the
    lesson's names after its last cell.
    """
    number, cell_id = figure.split()
    (path,) = lesson_paths([number])
    (cell,) = (cell for cell in code_cells(read(path)) if cell.id == cell_id)
    shown = shell.figures.get(cell.source, [])
    assert len(shown) == 1, f"cell {cell_id} draws {len(shown)} figures"
    panels = [ax for ax in shown[0].axes if ax.get_label() != "<colorbar>"]
    for bar in set(shown[0].axes) - set(panels):
        assert bar.get_ylabel(), "the bar of colours does not say what it shows"
    panels.sort(key=lambda ax: ax.get_subplotspec().num1)
    title, alt = shown[0].get_suptitle(), cell.metadata.alt
    return SimpleNamespace(panels=panels, title=title, alt=alt, names=shell.user_ns)


def run(shell, module, function, figure):
    """Run a test of a figure in the kernel of `shell`; print what is wrong."""
    try:
        test = getattr(importlib.import_module(module), function)
        takes = test.__code__.co_varnames[: test.__code__.co_argcount]
        given = {"drawn": drawn(shell, figure)}
        if "mnist" in takes:
            given["mnist"] = mnist()
        test(**given)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[1:]
        print(f"{type(error).__name__}: {error}\n")
        print("".join(traceback.format_list(frames)))
