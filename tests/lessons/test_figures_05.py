"""The figures of lesson 05 show what their titles, labels and descriptions say."""

import re

import numpy as np
from matplotlib.colors import to_rgb

from figures import bars_in, has, image_in, of, readings, same, says


@of("05 eight-mistakes-1")
def test_first_mistakes_are_validation_images_that_are_misread(drawn, mnist):
    images, labels = mnist.x_train[48_000:], mnist.y_train[48_000:]
    read_as = drawn.names["val_predicted"]
    first = np.flatnonzero(read_as != labels)[:8]
    has_eight = len(drawn.panels) == 8
    assert has_eight, "the description and the question speak of eight digits"
    for ax, i in zip(drawn.panels, first, strict=True):
        problem = f"this is not validation image {i}, which is misread"
        same(np.rint(255 * image_in(ax)), images[i], problem)
        words = f"{read_as[i]}, not {labels[i]}"
        same(ax.get_title(), words, f"not the reading and label of image {i}")
    said = re.findall(r"(\d) (?:[a-z ]+ )?read as (\d)", drawn.alt)
    pairs = [(str(labels[i]), str(read_as[i])) for i in first]
    same(said, pairs, "`alt` describes other mistakes, or in another order")
    title = "What the network reads, and what the label says"
    says(drawn, title, "", "eight", "misread")


@of("05 how-sure-is-that-number-5")
def test_bootstrap_has_its_interval_and_the_best_of_twenty_are_better(drawn, mnist):
    top, bottom = drawn.panels
    scores = drawn.names["scores"]
    groups = [max(scores[start : start + 20]) for start in range(0, len(scores), 20)]
    for ax, values in (top, scores), (bottom, groups):
        edges, widths, heights = bars_in(ax)
        counts = np.histogram(values, [*edges, edges[-1] + widths[-1]])[0]
        same(heights, counts, f"the bars of {ax.get_title()!r} do not count them")
        same(heights.sum(), len(values), f"bars of {ax.get_title()!r} leave some out")
        low, _ = ax.get_ylim()
        assert low == 0, "bars that do not start at 0 exaggerate differences"
    same(top.get_xlim(), bottom.get_xlim(), "the two panels cannot be compared")
    p = readings(drawn, mnist)[2].mean()
    half = 1.96 * np.sqrt(p * (1 - p) / len(mnist.y_test))
    lines = {line.get_linestyle(): [] for line in top.lines}
    for line in top.lines:
        lines[line.get_linestyle()].append(line.get_xdata()[0])
    same(lines.get("-"), [p], "the solid line is not at the accuracy")
    same(lines.get("--"), [p - half, p + half], "a dashed line is not at a limit")
    has(bottom, lines=1)
    same(bottom.lines[0].get_xdata(), [p, p], "below, the line is not at the accuracy")
    notes = sorted(
        (note.get_position()[0], note.get_text().strip()) for note in top.texts
    )
    expected = (p - half, "95 % limit"), (p, "measured"), (p + half, "95 % limit")
    problem = "a text stands at another line"
    same([x for x, _ in notes], [x for x, _ in expected], problem)
    same([text for _, text in notes], [text for _, text in expected], problem)
    words = "bootstrap accuracies", "95 percent", "best of", "twenty"
    labels = " | resamples; accuracy on a resampled test set | groups of twenty"
    says(drawn, "What other samples might have said", labels, *words)
    assert "best of twenty" in bottom.get_title(), "the lower panel has no such title"


def cells_in(ax):
    """Return the numbers in a heatmap by row and column, 0 where a cell is blank."""
    columns = [int(label.get_text()) for label in ax.get_xticklabels()]
    rows = [int(label.get_text()) for label in ax.get_yticklabels()]
    same([rows, columns], [range(10)] * 2, "the digits do not stand in order")
    written = np.zeros((10, 10))
    for text in ax.texts:
        x, y = text.get_position()
        number = text.get_text().replace(",", "")
        if x % 1 == y % 1 == 0.5 and max(x, y) < 10 and number.isdigit():
            written[int(y), int(x)] = float(number)
            same(text.get_color(), "black", "a number is hard to read on its colour")
    for mesh in ax.collections:
        shades = np.ma.masked_invalid(mesh.get_array()).reshape(10, 10)
        off = np.ma.max(abs(shades - written))
        assert off == 0, "a cell's colour is not that of the number in it"
    return written


def confusions(drawn, mnist):
    """Count how often a true i was read as a j: row i, column j."""
    pairs = 10 * mnist.y_test.astype(int) + readings(drawn, mnist)[0]
    return np.bincount(pairs, minlength=100).reshape(10, 10)


@of("05 who-is-mistaken-for-whom-3")
def test_confusion_matrix_has_true_digits_in_rows(drawn, mnist):
    (ax,) = drawn.panels
    written, counts = cells_in(ax), confusions(drawn, mnist)
    assert not np.array_equal(written, counts.T), "rows and columns are exchanged"
    same(written, counts, "row i, column j is not how often a true i was read as a j")
    words = "true digits", "predicted digits", "count", "heatmap"
    says(drawn, "Confusion matrix, test set", "predicted digit | true digit", *words)


@of("05 who-is-mistaken-for-whom-3")
def test_diagonal_is_grey_and_only_mistakes_have_a_colour(drawn, mnist):
    (ax,) = drawn.panels
    has(ax, collections=2)
    counts, grey = confusions(drawn, mnist), np.zeros((10, 10), bool)
    drawn_by = []
    for mesh in ax.collections:
        colours = mesh.cmap(mesh.norm(mesh.get_array())).reshape(10, 10, 4)
        there = colours[..., 3] > 0  # a masked cell is transparent
        drawn_by.append(there)
        grey |= there & (np.ptp(colours[..., :3], axis=2) < 0.02)
    same(grey, np.eye(10, dtype=bool), "the diagonal, and only it, should be grey")
    both = drawn_by[0] | drawn_by[1]
    same(both, counts > 0, "cells without a count should be blank, the others not")


@of("05 who-is-mistaken-for-whom-3")
def test_frames_are_around_row_and_column_of_the_five(drawn, mnist):
    (ax,) = drawn.panels
    counts = confusions(drawn, mnist)
    for filled in True, False:
        boxes = [p for p in ax.patches if p.get_fill() == filled]
        places = sorted((*p.get_xy(), p.get_width(), p.get_height()) for p in boxes)
        same(places, [(0, 5, 10, 1), (5, 0, 1, 10)], "not row and column of the five")
    styles = [p.get_linestyle() for p in ax.patches if not p.get_fill()]
    assert len(set(styles)) == 2, "the two frames should differ without colour, too"
    hits, true, called = counts[5, 5], counts[5].sum(), counts[:, 5].sum()
    texts = [text.get_text().replace("\n", " ") for text in ax.texts]
    for words in (
        f"{hits} of {true:,} true 5s found",
        f"{hits} of {called:,} called 5 are 5s",
    ):
        assert words in texts, f"no text says {words!r}"
        digits = re.sub(r"5s?\b", "five", words).split(" called")[0].split(" true")[0]
        assert digits in drawn.alt, f"`alt` does not say {digits!r}"


@of("05 who-is-mistaken-for-whom-3")
def test_examples_beside_the_matrix_are_of_its_commonest_mistakes(drawn, mnist):
    (ax,) = drawn.panels
    predicted, _, _ = readings(drawn, mnist)
    counts = confusions(drawn, mnist)
    mistakes = np.where(np.eye(10, dtype=bool), 0, counts)
    known = {image[3:25, 3:25].tobytes(): i for i, image in enumerate(mnist.x_test)}
    notes = [t for t in ax.texts if "read as" in t.get_text()]
    has(ax, images=4)
    shown = []
    for image, note in zip(ax.images, notes, strict=True):
        i = known.get(np.asarray(image.get_array()).tobytes())
        assert i is not None, "a picture is not the middle of a test image"
        left, right, bottom, top = image.get_extent()
        upright = ax.yaxis_inverted() == (bottom > top) and left < right
        assert upright, "a picture is upside down or mirrored"
        paper, ink = (sum(image.cmap(image.norm(value))[:3]) for value in (0, 255))
        assert ink < paper, "ink is light and paper dark"
        true, read = mnist.y_test[i], predicted[i]
        shown.append(mistakes[true, read])
        words = f"a {true} read as {read}:\n{mistakes[true, read]} times"
        same(note.get_text(), words, "the words beside a picture speak of another")
        x, y = note.get_position()
        assert top < y < bottom, "the words stand beside another picture"
        assert right < x, "the words stand on the picture"
        assert f"{true} read as {read}" in drawn.alt, "`alt` names other mistakes"
    same(shown, np.sort(mistakes, axis=None)[::-1][:4], "these are not the commonest")


@of("05 who-is-mistaken-for-whom-3")
def test_darker_means_more_mistakes(drawn):
    (ax,) = drawn.panels
    mesh = ax.collections[0]
    shades = [sum(to_rgb(mesh.cmap(mesh.norm(n)))) for n in (1, 4, 8, 12)]
    assert shades == sorted(shades, reverse=True), "more mistakes should be darker"
