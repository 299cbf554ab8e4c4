"""The figures of lesson 13 show what their titles, labels and descriptions say."""

import re

import numpy as np
from scipy.special import softmax

from figures import (
    curves_in,
    has,
    image_in,
    of,
    readings,
    runs_of,
    same,
    says,
    stands_free,
)


def binned(confidence, hits, bins):
    """Yield how sure, how often right and the Wilson interval of each used bin."""
    bin_of = np.minimum((bins * confidence).astype(int), bins - 1)
    for k in np.unique(bin_of):
        inside, n = hits[bin_of == k], (bin_of == k).sum()
        share, z = inside.mean(), 1.96
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        root = np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        half = z * root / (1 + z**2 / n)
        yield confidence[bin_of == k].mean(), share, middle - half, middle + half


def is_reliability(ax, confidence, hits):
    """Check a panel's diagonal, and dot and interval of each of ten bins."""
    diagonal, dots = ax.lines
    same(diagonal.get_data(), [[0, 1], [0, 1]], "the diagonal is another line")
    sure, right, low, high = np.transpose([*binned(confidence, hits, 10)])
    same(dots.get_data(), [sure, right], "a dot is not how sure, how often right")
    has(ax, collections=1)
    ends = np.array(ax.collections[0].get_segments())
    expected = np.stack([np.c_[sure, low], np.c_[sure, high]], axis=1)
    same(ends, expected, "a line is not the Wilson interval of its dot", 1e-6)
    limits = [*ax.get_xlim(), *ax.get_ylim()]
    assert limits[::2] == [0, 0], "the scales do not begin at 0"
    assert min(limits[1::2]) >= 1, "shares of 1 are cut off"


@of("13 trust-the-confidence-10")
def test_opening_shows_six_validation_images_about_90_percent_sure(drawn, mnist):
    ten = drawn.names["val_probabilities"]
    six = drawn.names["six"]
    found = [mnist.x_train[48_000 + i] for i in six]
    for i, image, ax in zip(six, found, drawn.panels, strict=True):
        shown = np.rint(255 * image_in(ax))
        same(shown, image, f"this is not validation image {i}")
        title = f"read as {ten[i].argmax()}"
        same(ax.get_title(), title, f"not the reading of validation image {i}")
        assert abs(ten[i].max() - 0.9) < 0.05, f"image {i} is not about 90 % sure"
    said = re.findall(r"\d", drawn.alt.split("read as ")[1])
    same(said, [str(ten[i].argmax()) for i in six], "`alt` says other readings")
    says(drawn, "each about 90 % sure", "", "handwritten digits")


@of("13 the-reliability-diagram-6")
def test_reliability_of_the_validation_answers(drawn, mnist):
    (ax,) = drawn.panels
    ten = drawn.names["val_probabilities"]
    hits = ten.argmax(axis=1) == mnist.y_train[48_000:]
    is_reliability(ax, ten.max(axis=1), hits)
    same([text.get_text() for text in ax.texts], ["calibrated"], "no name on the line")
    sure, right, low, high = np.transpose([*binned(ten.max(axis=1), hits, 10)])
    above = sure > 0.5
    assert (right < sure)[above].all(), "`alt`: from 0.5 on, all dots lie below"
    ax.figure.canvas.draw()  # the layout is made here
    name = ax.texts[0].get_window_extent().transformed(ax.transData.inverted())
    assert name.x1 < sure.min(), "the name lies on an interval"
    reach = (low <= sure) & (sure <= high)
    assert reach[~above].all(), "`alt`: below 0.5, the intervals reach it"
    labels = "how sure | how often right"
    says(drawn, "Too sure: below the diagonal", labels, "diagonal", "validation")


@of("13 one-number-mends-most-of-it-9")
def test_loss_is_lowest_at_the_temperature_of_its_dot(drawn, mnist):
    (ax,) = drawn.panels
    has(ax, lines=3, texts=2)
    curve, *dots = (np.array(line.get_data()) for line in ax.lines)
    logits, labels = drawn.names["val_logits"], mnist.y_train[48_000:]
    rows = np.arange(12_000)
    for k in 0, 50, 117, 350:
        loss = -np.log(softmax(logits / curve[0, k], axis=1)[rows, labels]).mean()
        same(curve[1, k], loss, f"not the loss at temperature {curve[0, k]}")
    lowest = curve[:, curve[1].argmin()]
    same(np.ravel(dots[1]), lowest, "the dot is not at the lowest loss")
    same(dots[0][0], [1], "the other dot is not at temperature 1")
    texts = [f"as it is: {1:.2f}", f"lowest: {lowest[0]:.2f}"]
    same([text.get_text() for text in ax.texts], texts, "a dot has another name")
    stands_free(ax)
    same(drawn.names["temperature"], lowest[0], "the lesson goes on with another")
    words = "temperature", "log loss", "1.67"
    says(drawn, "Validation chooses", "temperature | log loss", *words)


@of("13 one-number-mends-most-of-it-14")
def test_reliability_of_the_test_set_before_and_after(drawn, mnist):
    logits, temperature = drawn.names["test_logits"], drawn.names["temperature"]
    hits = logits.argmax(axis=1) == mnist.y_test
    tables = softmax(logits, axis=1), softmax(logits / temperature, axis=1)
    names = "as it is", "tempered"
    for ax, ten, name in zip(drawn.panels, tables, names, strict=True):
        confidence = ten.max(axis=1)
        is_reliability(ax, confidence, hits)
        bin_of = np.minimum((15 * confidence).astype(int), 14)
        gaps = [abs((confidence - hits)[bin_of == k].sum()) for k in range(15)]
        title = f"{name}: calibration error {sum(gaps) / 10_000:.3f}"
        same(ax.get_title(), title, "not this panel's calibration error")
    labels = "how sure | how often right"
    says(drawn, "How sure, and how often right", f"{labels}; {labels}", "test set")


@of("13 more-training-makes-it-worse-9")
def test_dots_are_the_stored_trainings(drawn):
    left, right = drawn.panels
    recipes = list(drawn.names["RECIPES"])
    for ax in left, right:
        ticks = [label.get_text() for label in ax.get_xticklabels()]
        same(ticks, recipes, "the ticks name other trainings")
    runs = len(runs_of("13", recipes[0], "error"))
    places = np.repeat(np.arange(len(recipes)), runs)
    (dots,) = left.lines
    accuracies = [runs_of("13", recipe, "accuracy") for recipe in recipes]
    same(dots.get_data(), [places, np.ravel(accuracies)], "not the stored accuracies")
    curves = curves_in(right)
    for name, quantity in ("as it is", "error"), ("tempered", "error after"):
        stored = np.ravel([runs_of("13", recipe, quantity) for recipe in recipes])
        (shown,) = curves[name]
        same(shown, [places, stored], f"{name}: not the stored {quantity}")
    assert right.get_ylim()[0] == 0, "errors that do not start at 0 exaggerate"
    labels = "training | share right; training | error"
    says(drawn, "calibration error", labels, "accuracy", "5, 10, 20 and 40 epochs")


@of("13 a-promise-instead-of-a-number-8")
def test_sets_are_those_of_the_first_images_with_several_digits(drawn, mnist):
    ten, val = drawn.names["probabilities"], softmax(drawn.names["val_logits"], axis=1)
    scores = 1 - val[np.arange(12_000), mnist.y_train[48_000:]]
    in_set = 1 - ten <= np.sort(scores)[int(np.ceil(12_001 * 0.99)) - 1]
    several = np.flatnonzero(in_set.sum(axis=1) > 1)[:6]
    for i, ax in zip(several, drawn.panels, strict=True):
        same(image_in(ax), mnist.x_test[i], f"this is not test image {i}")
        digits = " or ".join(str(digit) for digit in np.flatnonzero(in_set[i]))
        same(ax.get_title(), digits, f"this is not the set of test image {i}")
        same(ax.get_xlabel(), f"label {mnist.y_test[i]}", f"not the label of {i}")
        assert digits in drawn.alt, f"`alt` does not say {digits}"
    labels = "; ".join(f"label {mnist.y_test[i]} | " for i in several)
    says(drawn, "Sets that hold the right digit in 99 %", labels, "test digits")


@of("13 where-the-promise-breaks-6")
def test_coverage_of_shifted_images_and_of_each_digit(drawn, mnist):
    left, right = drawn.panels
    covered, correct, _ = left.lines
    names = drawn.names
    same(
        covered.get_data(), [range(4), names["covered_shifted"]], "not what is covered"
    )
    same(correct.get_data(), [range(4), names["right_shifted"]], "not what is read")
    texts = [text.get_text() for text in left.texts]
    same(texts, ["covered", "read correctly"], "a curve has another name")
    colours = [text.get_color() for text in left.texts]
    same(colours, [covered.get_color(), correct.get_color()], "names are exchanged")
    _, _, hits = readings(drawn, mnist)
    same(names["right_shifted"][0], hits.mean(), "not the accuracy without a shift")
    val = softmax(names["val_logits"], axis=1)
    scores = 1 - val[np.arange(12_000), mnist.y_train[48_000:]]
    limit = np.sort(scores)[int(np.ceil(12_001 * 0.99)) - 1]
    of_label = names["probabilities"][np.arange(10_000), mnist.y_test]
    inside = 1 - of_label <= limit
    shares = [inside[mnist.y_test == digit].mean() for digit in range(10)]
    same(names["covered_shifted"][0], inside.mean(), "not the share that is covered")
    same(right.lines[0].get_data(), [range(10), shares], "not the coverage by digit")
    for ax in left, right:
        line = ax.lines[-1]
        same(line.get_ydata(), [0.99, 0.99], "the dashed line is not at 99 %")
    segments = np.array(right.collections[0].get_segments())
    low, high = segments[:, 0, 1], segments[:, 1, 1]
    assert ((low < shares) & (shares < high)).all(), "an interval misses its dot"
    assert right.get_ylim()[0] < low.min(), "an interval is cut off"
    labels = "pixels to the right | share; digit | covered"
    says(drawn, "each digit", labels, "shift", "interval")


@of("13 i-do-not-know-7")
def test_surest_answers_and_costs(drawn, mnist):
    left, right = drawn.panels
    tempered = softmax(drawn.names["test_logits"] / drawn.names["temperature"], axis=1)
    hits = tempered.argmax(axis=1) == mnist.y_test
    order = np.sort(tempered, axis=1)
    scores = {
        "confidence": order[:, -1],
        "margin": order[:, -1] - order[:, -2],
        "entropy": (tempered * np.log(tempered)).sum(axis=1),
    }
    curves = curves_in(left)
    assert curves.keys() == scores.keys(), "the legend names other scores"
    counts = np.arange(5001, 10_001)
    for name, score in scores.items():
        surest = hits[np.argsort(-score, kind="stable")].cumsum()[5000:] / counts
        (shown,) = curves[name]
        same(shown, [counts / 10_000, surest], f"not the accuracy by {name}")
    labels = mnist.y_train[48_000:]
    val = drawn.names["val_logits"]
    for name, divisor in ("as it is", 1), ("tempered", drawn.names["temperature"]):
        ten = softmax(val / divisor, axis=1)
        confidence, right_val = ten.max(axis=1), ten.argmax(axis=1) == labels
        ((thresholds, euros),) = curves_in(right)[name]
        for k in 0, 200, 350:
            answered = confidence >= thresholds[k]
            lost = 2 * (answered & ~right_val).sum() + 0.1 * (~answered).sum()
            within = 0.3  # one answer at the very threshold
            same(euros[k], lost / 12, f"not the cost {name} at {thresholds[k]}", within)
    lines = [line for line in right.lines if len(line.get_xdata()) == 2]
    same(lines[0].get_xdata(), [0.95, 0.95], "the costs' threshold is elsewhere", 1e-9)
    labels = "share of images answered | share right; threshold | euros"
    says(drawn, "cost of 1,000 images", labels, "confidence", "margin", "entropy")


@of("13 what-is-no-digit-6")
def test_what_is_no_digit_with_its_reading(drawn):
    names = drawn.names
    kinds = ["noise", "shuffled", "inverted", "turned", "letters", "blank"]
    same([ax.get_title() for ax in drawn.panels], kinds, "other kinds, or not in order")
    words = []
    for kind, ax in zip(kinds, drawn.panels, strict=True):
        same(image_in(ax), names["shown"][kind][0], f"this is not the first {kind}")
        logits = names["logits_shown"][kind][:1]
        ten = softmax(logits / names["temperature"], axis=1)[0]
        words.append(f"read as {ten.argmax()}\n{ten.max():.0%} sure")
        same(ax.get_xlabel(), words[-1], f"not what the network says of {kind}")
    labels = "; ".join(f"{text} | " for text in words)
    says(drawn, "No digits", labels, "noise", "letter A", "blank page", "upside down")
