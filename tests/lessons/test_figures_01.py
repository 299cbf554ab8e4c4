"""The figures of lesson 01 show what their titles, labels and descriptions say."""

import re

import numpy as np

from figures import has, image_in, numbers_in, of, same, says


def unseen(mnist):
    """Return the mean digits, and images, labels and answers of the last 12,000."""
    images, labels = mnist.x_train[:48_000], mnist.y_train[:48_000]
    means = np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])
    images, labels = mnist.x_train[48_000:], mnist.y_train[48_000:]
    flat = images.reshape(-1, 784).astype(float)
    flat_means = means.reshape(10, 784)
    scores = flat @ flat_means.T - (flat_means**2).sum(axis=1) / 2
    return means, images, labels, scores.argmax(axis=1)


@of("01 ten-of-each-2")
def test_grid_has_each_class_in_the_row_of_its_label(drawn, mnist):
    for ax, digits in zip(drawn.panels, (range(5), range(5, 10)), strict=True):
        mosaic = image_in(ax)
        for row, digit in enumerate(digits):
            images = mnist.x_train[mnist.y_train == digit][:10]
            problem = f"row {digit} does not show the first ten images of a {digit}"
            same(mosaic[28 * row : 28 * row + 28], np.hstack(images), problem)
        named = [text.get_text() for text in ax.get_yticklabels()]
        same(named, [str(digit) for digit in digits], "a row has another's label")
        same(ax.get_yticks(), np.arange(14, 140, 28), "a label is not at its row")
    title = "The first ten training images of each digit"
    says(drawn, title, " | label;  | label", "grid", "one hundred", "rows of ten")


@of("01 one-image-as-a-picture-and-as-numbers-2")
def test_first_image_is_the_one_in_its_title(drawn, mnist):
    i, label = numbers_in(drawn.panels[0].get_title(), 2)
    same(image_in(drawn.panels[0]), mnist.x_train[i], f"this is not training image {i}")
    same(label, mnist.y_train[i], "the label in the title is not the image's")
    words = f"handwritten {label}", "28 by 28", "row and column"
    says(drawn, "Training image", "column | row", *words)


@of("01 one-image-as-a-picture-and-as-numbers-4")
def test_each_number_stands_on_its_pixel(drawn, mnist):
    (ax,) = drawn.panels
    (i,) = numbers_in(ax.get_title(), 1)
    same(image_in(ax), mnist.x_train[i], f"this is not training image {i}")
    numbers = {text.get_position(): text for text in ax.texts}
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    columns, rows = np.arange(left + 0.5, right), np.arange(top + 0.5, bottom)
    inside = {(column, row) for column in columns for row in rows}
    assert numbers.keys() == inside, "a pixel has no number, or a number no pixel"
    for (column, row), text in numbers.items():
        value = mnist.x_train[i][int(row), int(column)]
        same(text.get_text(), str(value), f"another number in row {row}, {column}")
        shade = "white" if value > 127 else "black"
        same(text.get_color(), shade, "a number is hard to see on its pixel")
    assert mnist.x_train[i][5:25, 4:24].sum() == mnist.x_train[i].sum(), "ink is cut"
    words = "20 rows and columns", "from 0 to 255", "shade"
    says(drawn, "The numbers in training image", "column | row", *words)


@of("01 what-a-pixel-is-worth-2")
def test_strip_has_as_much_of_each_shade_as_the_images(drawn, mnist):
    (ax,) = drawn.panels
    (strip,) = image_in(ax)
    same(np.sort(strip), strip, "the strip is not sorted from empty to full")
    same(ax.images[0].get_extent(), [0, 100, 0, 1], "the strip is not 0 to 100 %")
    pixels = mnist.x_train.ravel()
    edges = 100 * (pixels == 0).mean(), 100 * (pixels < 250).mean()
    found = 100 * (strip == 0).mean(), 100 * (strip < 250).mean()
    same(found, edges, "the shades' shares are not those of all pixels", within=0.2)
    parts = {text.get_text(): text.get_position()[0] for text in ax.texts}
    middles = {"empty": (0, edges[0]), "grey": edges, "full ink": (edges[1], 100)}
    for name, ends in middles.items():
        same(parts[name], np.mean(ends), f"{name!r} is not above its part", within=0.1)
    shares = [f"{share:.0f} per cent" for share in (edges[0], edges[1] - edges[0])]
    words = *shares, f"{100 - edges[1]:.0f} per cent"
    says(drawn, "Four pixels in five are empty", "per cent of all pixels | ", *words)


@of("01 how-many-of-each-3")
def test_dots_stand_at_the_number_of_images(drawn, mnist):
    (ax,) = drawn.panels
    counts = np.bincount(mnist.y_train)
    has(ax, lines=2, collections=1)
    tenth, dots = ax.lines
    same(dots.get_xdata(), counts, "the dots do not stand at the numbers of images")
    same(dots.get_ydata(), range(10), "the dots do not stand at their digits")
    same(tenth.get_xdata(), [6000, 6000], "the line is not at one tenth")
    ends = [line[:, 0].tolist() for line in ax.collections[0].get_segments()]
    same(ends, [[6000, n] for n in counts], "a dot is joined to another number")
    numbers = {text.get_position()[1]: text.get_text() for text in ax.texts}
    expected = {digit: f"{n:,}" for digit, n in enumerate(counts)}
    same(sorted(numbers.items()), sorted(expected.items()), "a dot has another number")
    low, high = ax.get_xlim()
    assert low < counts.min() < counts.max() < high, "a dot is cut off"
    assert ax.yaxis_inverted(), "the digit 0 does not stand above the others"
    label = f"training images (the axis starts at {low:,.0f}) | digit"
    words = "number of training images", f"{counts.max():,}", f"{counts.min():,}"
    says(drawn, "Not quite 6,000 of each digit", label, "ten dots", *words)


@of("01 a-rule-for-a-7-2-2")
def test_rows_show_what_the_rule_gets_wrong(drawn, mnist):
    dark = mnist.x_train > 127
    top, foot = (dark[:, a : a + 5].max(axis=1).sum(axis=1) for a in (5, 18))
    called, seven = (top >= 10) & (foot <= 6), mnist.y_train == 7
    for ax, wrong in zip(drawn.panels, (seven & ~called, called & ~seven), strict=True):
        problem = f"the row {ax.get_ylabel()!r} does not show its first twelve"
        same(image_in(ax), np.hstack(mnist.x_train[wrong][:12]), problem)
    shown = mnist.y_train[called & ~seven][:12]
    same(set(shown) <= {3, 8, 9}, True, "the description names other digits")
    words = "twelve", "top, sevens", "misses", "bottom", "mostly nines"
    says(drawn, "Sevens that the rule misses", " | missed;  | called 7", *words)


@of("01 the-mean-digit-3")
def test_mean_digits_stand_under_their_titles(drawn, mnist):
    means, *_ = unseen(mnist)
    for digit, ax in enumerate(drawn.panels):
        same(ax.get_title(), f"mean {digit}", "a mean digit has another's title")
        same(image_in(ax), means[digit], f"this is not the mean {digit}")
        same(ax.images[0].get_clim(), (0, 255), "the ten greys cannot be compared")
    says(drawn, "mean", "", "average image of each class")


@of("01 who-is-misread-and-why-2")
def test_each_misread_digit_stands_above_the_mean_it_is_taken_for(drawn, mnist):
    means, images, labels, answers = unseen(mnist)
    for digit in range(10):
        upper, lower = drawn.panels[digit], drawn.panels[10 + digit]
        wrong = answers[(labels == digit) & (answers != digit)]
        usual = np.bincount(wrong).argmax()
        same(upper.get_title(), f"{digit} as {usual}", "this mistake is not the usual")
        first = images[(labels == digit) & (answers == usual)][0]
        same(image_in(upper), first, f"this is no {digit} that is taken for a {usual}")
        same(image_in(lower), means[usual], f"this is not the mean {usual}")
        told = rf"(?i)\b{digit} (taken )?for an? {usual}\b"
        assert re.search(told, drawn.alt), f"`alt` does not tell of {digit} and {usual}"
    says(
        drawn, "Each digit's usual mistake", " | picture;  | nearest\nmean", "upper row"
    )
