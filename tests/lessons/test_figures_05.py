"""The figures of lesson 05 show what their titles, labels and descriptions say."""

import re

import numpy as np

from figures import bars_in, curves_in, of, readings, same, says


@of("05 how-sure-is-that-number-5")
def test_bootstrap_has_the_measured_accuracy_and_its_interval(drawn, mnist):
    (ax,) = drawn.panels
    edges, widths, heights = bars_in(ax)
    scores = drawn.names["scores"]
    counts = np.histogram(scores, [*edges, edges[-1] + widths[-1]])[0]
    same(heights, counts, "the bars do not count the resamples")
    same(heights.sum(), len(scores), "the bars leave out resamples")
    p = readings(drawn, mnist)[2].mean()
    half = 1.96 * np.sqrt(p * (1 - p) / len(mnist.y_test))
    places = {text: [x[0] for x, _ in found] for text, found in curves_in(ax).items()}
    same(places.get("measured"), [p], "'measured' is not at the accuracy")
    interval, ends = places.get("95 % interval"), [p - half, p + half]
    same(interval, ends, "'95 % interval' is not at its two ends")
    words = "bootstrap accuracies", "95 percent"
    labels = "accuracy on a resampled test set | resamples"
    says(drawn, "What other samples might have said", labels, *words)


def cells_in(ax):
    """Return the numbers in a heatmap by the digits at its rows and columns."""
    columns = [int(label.get_text()) for label in ax.get_xticklabels()]
    rows = [int(label.get_text()) for label in ax.get_yticklabels()]
    written = np.full((10, 10), np.nan)
    for text in ax.texts:
        x, y = map(int, text.get_position())
        written[rows[y], columns[x]] = float(text.get_text())
    for mesh in ax.collections:
        off = np.ma.max(abs(mesh.get_array().reshape(10, 10) - written))
        assert off <= 0.0501, "a cell's colour is not that of the number in it"
    return written


def confusions(drawn, mnist):
    """Count how often a true i was read as a j: row i, column j."""
    pairs = 10 * mnist.y_test.astype(int) + readings(drawn, mnist)[0]
    return np.bincount(pairs, minlength=100).reshape(10, 10)


@of("05 who-is-mistaken-for-whom-3")
def test_confusion_matrix_has_true_digits_in_rows(drawn, mnist):
    written, counts = cells_in(drawn.panels[0]), confusions(drawn, mnist)
    assert not np.array_equal(written, counts.T), "rows and columns are exchanged"
    same(written, counts, "row i, column j is not how often a true i was read as a j")
    words = "confusion matrix", "true digits", "predicted digits", "count"
    says(drawn, "Confusion matrix, test set", "predicted digit | true digit", *words)


@of("05 who-is-mistaken-for-whom-5")
def test_shares_add_up_to_100_percent_in_each_row(drawn, mnist):
    written, counts = cells_in(drawn.panels[0]), confusions(drawn, mnist)
    problem = "the rows do not add up to 100 %: divide by sum(axis=1)"
    same(written.sum(axis=1), [100] * 10, problem, within=0.51)
    shares = 100 * counts / counts.sum(axis=1, keepdims=True)
    problem = "row i, column j is not the share of the true i that is read as a j"
    same(written, shares, problem, within=0.0501)
    said = sorted(re.findall(r"(\d) read as (\d)", drawn.alt))
    darkest = np.argsort(shares - 100 * np.eye(10), axis=None)[::-1][: len(said)]
    same(
        said,
        [tuple(f"{i:02}") for i in sorted(darkest)],
        "`alt` names other pairs as the darkest",
    )
    title = "Share of each true digit that is read as another (%)"
    says(drawn, title, "predicted digit | true digit", "mistakes", "percent")
