"""The figures of lesson 06 show what their titles, labels and descriptions say."""

import re

import numpy as np
from matplotlib.colors import to_rgb

from figures import has, image_in, numbers_in, of, readings, same, says


@of("06 one-image-ten-probabilities-3", "06 one-image-ten-probabilities-5")
def test_probabilities_are_those_of_the_image_beside_them(drawn, mnist):
    left, right = drawn.panels
    i, label = numbers_in(left.get_title(), 2)
    chosen, unsure = drawn.names["chosen"], readings(drawn, mnist)[1].argmin()
    assert i in (chosen, unsure), f"image {i} is not the chosen or the least sure one"
    same(image_in(left), mnist.x_test[i], f"this is not test image {i}")
    same(label, mnist.y_test[i], f"this is not the label of test image {i}")
    bars = {b.get_y() + b.get_height() / 2: b.get_width() for b in right.patches}
    same(sorted(bars), range(10), "the bars do not stand at the ten digits", 1e-6)
    problem = f"the bars are not the probabilities of test image {i}, digit by digit"
    same([bars[y] for y in sorted(bars)], drawn.names["probabilities"][i], problem)
    low, high = right.get_xlim()
    assert low == 0, "bars that do not start at 0 exaggerate differences"
    assert high >= 1, "a probability of 1 would be cut off"
    words = f"test image {i}", label, "ten probabilities"
    says(drawn, "What the network thinks", "probability | digit", *words)


def shown_digits(drawn, mnist):
    """Return which test images a grid shows, and check the title above each."""
    predicted, confidence, right = readings(drawn, mnist)
    known = {image.tobytes(): i for i, image in enumerate(mnist.x_test)}
    positions = [known.get(image_in(ax).tobytes()) for ax in drawn.panels]
    assert None not in positions, "a panel does not show a test image"
    for i, ax in zip(positions, drawn.panels, strict=True):
        reading = predicted[i] if right[i] else f"{predicted[i]}, not {mnist.y_test[i]}"
        problem = f"the title is not the reading, label, confidence of test image {i}"
        same(ax.get_title(), f"{reading} ({confidence[i]:.1%})", problem)
        red, green, blue = to_rgb(ax.title.get_color())
        is_red = red > 2 * max(green, blue)
        same(is_red, not right[i], f"test image {i}: red is for the mistakes")
    return positions


@of("06 many-images-at-once-3")
def test_first_images_stand_in_order(drawn, mnist):
    positions = shown_digits(drawn, mnist)
    same(positions, range(24), "these are not the first 24 images in order")
    title = "The first 24 test images: reading and confidence"
    says(drawn, title, "", "test digits", "correctly")


@of("06 the-worst-mistakes-3", "06 the-luckiest-hits-3")
def test_extremes_are_the_mistakes_and_hits_of_the_title(drawn, mnist):
    predicted, confidence, right = readings(drawn, mnist)
    positions = shown_digits(drawn, mnist)
    if "mistakes" in drawn.title:
        title, words = "The twelve most confident mistakes", "misread"
        expected = sorted(confidence[~right], reverse=True)[:12]
    else:
        title, words = "The twelve least certain correct answers", "correctly"
        expected = sorted(confidence[right])[:12]
    same(right[positions], ["correct" in title] * 12, f"{title}: not all of these are")
    same(confidence[positions], expected, f"{title}: these are others, or not in order")
    says(drawn, title, "", "test digits", "confidence", words)
    found = {f"{mnist.y_test[i]} read as {predicted[i]}" for i in positions}
    for pair in re.findall(r"(\d) (?:[\w ]+? )??(read as \d)", drawn.alt):
        assert " ".join(pair) in found, f"`alt` says {pair}, but there are {found}"


@of("06 is-the-label-right-2")
def test_doubtful_images_are_those_of_their_titles(drawn, mnist):
    positions = [numbers_in(ax.get_title(), 1)[0] for ax in drawn.panels]
    for i, ax in zip(positions, drawn.panels, strict=True):
        same(image_in(ax), mnist.x_test[i], f"this is not test image {i}")
    says(drawn, "image", "", "test digits", *positions)


@of("06 answer-only-when-sure-3")
def test_fewer_answers_are_better_and_dots_are_at_thresholds(drawn, mnist):
    (ax,) = drawn.panels
    has(ax, lines=5, texts=4)
    curve, *dots = (line.get_data() for line in ax.lines)
    _, confidence, right = readings(drawn, mnist)
    surest_first = right[confidence.argsort(kind="stable")[::-1]]
    counts = np.arange(5001, 10_001)
    expected = counts / 10_000, surest_first.cumsum()[5000:] / counts
    same(curve, expected, "the curve is not the accuracy (y) of the surest share (x)")
    thresholds = [note.get_text().removeprefix("threshold ") for note in ax.texts]
    for dot, note, threshold in zip(dots, ax.texts, thresholds, strict=True):
        sure = confidence >= float(threshold)
        place = sure.mean(), right[sure].mean()
        same(np.ravel(dot), place, f"the dot of threshold {threshold} is elsewhere")
        same(note.xy, place, f"the text of threshold {threshold} is at another dot")
    words = "share of images answered", "accuracy among the answers"
    says(drawn, "Fewer answers, better answers", " | ".join(words), *words, *thresholds)
