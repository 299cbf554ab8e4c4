"""The figures of lesson 06 show what their titles, labels and descriptions say."""

import re
from itertools import pairwise

import numpy as np
from matplotlib.colors import to_rgb

from figures import has, image_in, numbers_in, of, readings, same, says


@of(
    "06 surest-mistake-1",
    "06 one-image-ten-probabilities-3",
    "06 one-image-ten-probabilities-5",
)
def test_probabilities_are_those_of_the_image_beside_them(drawn, mnist):
    left, right = drawn.panels
    i, label = numbers_in(left.get_title(), 2)
    _, confidence, hits = readings(drawn, mnist)
    surest_mistake = np.where(hits, 0, confidence).argmax()
    meant = drawn.names["chosen"], confidence.argmin(), surest_mistake
    assert i in meant, f"image {i} is not the chosen, least sure or most wrongly sure"
    same(image_in(left), mnist.x_test[i], f"this is not test image {i}")
    same(label, mnist.y_test[i], f"this is not the label of test image {i}")
    bars = {b.get_y() + b.get_height() / 2: b.get_width() for b in right.patches}
    same(sorted(bars), range(10), "the bars do not stand at the ten digits", 1e-6)
    problem = f"the bars are not the probabilities of test image {i}, digit by digit"
    same([bars[y] for y in sorted(bars)], drawn.names["probabilities"][i], problem)
    low, high = right.get_xlim()
    assert low == 0, "bars that do not start at 0 exaggerate differences"
    assert high >= 1, "a probability of 1 would be cut off"
    number = "test image" if i == surest_mistake else f"test image {i}"
    words = number, label, "ten probabilities"
    says(drawn, "What the network thinks", "probability | digit", *words)


@of("06 surest-mistake-1")
def test_opening_shows_the_surest_mistake(drawn, mnist):
    predicted, confidence, hits = readings(drawn, mnist)
    i, _ = numbers_in(drawn.panels[0].get_title(), 2)
    same(i, np.where(hits, 0, confidence).argmax(), "this is not the surest mistake")
    assert f"the bar of the {predicted[i]} reaches" in drawn.alt, "another bar is long"


def shown_digits(drawn, mnist):
    """Return which test images a grid shows, and check the title above each."""
    predicted, confidence, right = readings(drawn, mnist)
    known = {image.tobytes(): i for i, image in enumerate(mnist.x_test)}
    positions = [known.get(image_in(ax).tobytes()) for ax in drawn.panels]
    assert None not in positions, "a panel does not show a test image"
    for i, ax in zip(positions, drawn.panels, strict=True):
        words, label = f"{predicted[i]} ({confidence[i]:.1%})", mnist.y_test[i]
        if not right[i]:
            odds = 1 / drawn.names["probabilities"][i, label]
            odds = round(odds, -int(np.log10(odds)))  # one digit
            words = f"{predicted[i]}, not {label}\n(1 in {odds:,.0f})"
        problem = f"the title is not the reading, label, confidence of test image {i}"
        same(ax.get_title(), words, problem)
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


@of("06 the-worst-mistakes-3", "06 the-luckiest-hits-2")
def test_extremes_are_the_mistakes_and_hits_of_the_title(drawn, mnist):
    predicted, confidence, right = readings(drawn, mnist)
    positions = shown_digits(drawn, mnist)
    if "mistakes" in drawn.title:
        title, words = "The twelve most confident mistakes", "misread"
        expected = sorted(confidence[~right], reverse=True)[:12]
    else:
        title, words = "The six least certain correct answers", "correctly"
        expected = sorted(confidence[right])[:6]
    wanted = ["correct" in title] * len(expected)
    same(right[positions], wanted, f"{title}: not all of these are")
    same(confidence[positions], expected, f"{title}: these are others, or not in order")
    says(drawn, title, "", "test digits", "confidence", words)
    found = {f"{mnist.y_test[i]} read as {predicted[i]}" for i in positions}
    for pair in re.findall(r"(\d) (?:[\w ]+? )??(read as \d)", drawn.alt):
        assert " ".join(pair) in found, f"`alt` says {pair}, but there are {found}"


@of("06 the-worst-mistakes-3")
def test_worst_mistakes_leave_the_truth_the_chance_of_the_description(drawn, mnist):
    odds = [int(re.sub(r".*in |\D", "", ax.get_title())) for ax in drawn.panels]
    assert "never more than 1 in ten thousand" in drawn.alt, "`alt` says another chance"
    assert min(odds) >= 10_000, f"`alt` says 1 in ten thousand, the figure {min(odds)}"


@of("06 what-a-confidence-is-worth-3")
def test_bins_say_how_sure_and_how_often_right(drawn, mnist):
    (ax,) = drawn.panels
    _, confidence, right = readings(drawn, mnist)
    edges = [0, 0.6, 0.7, 0.8, 0.9, 0.99, 1.01]
    # The ends of the intervals are dashes, too, but small ones.
    dashes = [line for line in ax.lines if line.get_marker() == "_"]
    dashes = [line for line in dashes if line.get_markersize() > 20]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    bars = [container.lines[2][0].get_segments()[0] for container in ax.containers]
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = (confidence >= low) & (confidence < high)
        images, sure, share = inside.sum(), confidence[inside], right[inside].mean()
        half = 1.96 * np.sqrt(share * (1 - share) / images)
        same(np.ravel(dashes[k].get_data()), [k, sure.mean()], f"bin {k}: not how sure")
        same(np.ravel(dots[k].get_data()), [k, share], f"bin {k}: not how often right")
        ends = [[k, share - half], [k, share + half]]
        same(bars[k], ends, f"bin {k}: not the interval of 95 %")
        limits, number = ticks[k].split("\n")
        same(number, f"{images:,}", f"bin {k}: not the number of its images")
        said = f"{low:g}-{min(high, 1):g}" if k else f"below {high:g}"
        same(limits, said, f"bin {k}: not its limits")
    low, high = ax.get_ylim()
    assert low == 0, "half of the scale is cut off"
    assert high >= 1, "shares of 1 are cut off"
    words = [text.get_text().split(",")[0] for text in ax.texts]
    same(words, ["how sure it is", "how often it is right"], "marks without a name")
    colours = [text.get_color() for text in ax.texts]
    marks = [dashes[0].get_color(), dots[0].get_color()]
    same(colours, marks, "a name has the colour of the other mark")
    labels = "confidence of the answer, and number of images | share"
    says(
        drawn, "How sure the network is, and how often", labels, "six bins", "80 images"
    )


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
