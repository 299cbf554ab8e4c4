"""The figures of lesson 01 show what their titles, labels and descriptions say."""

import numpy as np

from figures import bars_in, has, image_in, numbers_in, of, same, says


@of("01 one-image-as-a-picture-and-as-numbers-2")
def test_first_image_is_the_one_in_its_title(drawn, mnist):
    i, label = numbers_in(drawn.panels[0].get_title(), 2)
    same(image_in(drawn.panels[0]), mnist.x_train[i], f"this is not training image {i}")
    same(label, mnist.y_train[i], "the label in the title is not the image's")
    words = f"handwritten {label}", "28 by 28", "row and column"
    says(drawn, "Training image", "column | row", *words)


@of("01 ten-of-each-2")
def test_grid_has_each_class_in_the_row_of_its_label(drawn, mnist):
    for digit in range(10):
        row = drawn.panels[10 * digit : 10 * digit + 10]
        images = mnist.x_train[mnist.y_train == digit][:10]
        problem = f"row {digit} does not show the first ten images of a {digit}"
        same([image_in(ax) for ax in row], images, problem)
    labels = "; ".join(f" | {digit}" for digit in range(10))
    title = "The first ten training images of each class"
    says(drawn, title, labels, "grid", "ten rows", "classes")


@of("01 how-many-of-each-3")
def test_class_bars_count_the_labels(drawn, mnist):
    (ax,) = drawn.panels
    counts = np.bincount(mnist.y_train)
    edges, widths, heights = bars_in(ax)
    same(edges + widths / 2, range(10), "the bars do not stand at the digits", 1e-6)
    same(heights, counts, "the bars are not as high as the classes")
    has(ax, lines=1)
    numbers = [text.get_text() for text in ax.texts]
    same(numbers, [f"{n:,}" for n in counts], "the numbers on the bars are wrong")
    low, high = ax.get_ylim()
    assert low == 0, "bars that do not start at 0 exaggerate differences"
    assert high > counts.max(), "the highest bar is cut off"
    same(ax.lines[0].get_ydata(), [6000, 6000], "the dashed line is not at one tenth")
    words = "number of training images", f"{counts.max():,}", f"{counts.min():,}"
    says(drawn, "nearly balanced", "digit | training images", *words)


@of("01 what-a-pixel-is-worth-2")
def test_histogram_counts_all_pixel_values(drawn, mnist):
    (ax,) = drawn.panels
    edges, widths, heights = bars_in(ax)
    same(edges, np.arange(0, 256, widths[0]), "the bars do not cover 0 to 255")
    counts = np.bincount(mnist.x_train.ravel()).reshape(len(edges), -1).sum(axis=1)
    same(heights, counts, "the bars do not count the pixels")
    same(ax.get_yscale(), "log", "the vertical axis is not logarithmic")
    labels = "pixel value (0 = empty, 255 = full ink) | pixels"
    title = "Most pixels are empty; full ink comes next"
    says(drawn, title, labels, "pixel values", "logarithmic")


@of("01 the-mean-digit-3")
def test_mean_digits_stand_under_their_titles(drawn, mnist):
    images, labels = mnist.x_train[:48_000], mnist.y_train[:48_000]
    for digit, ax in enumerate(drawn.panels):
        same(ax.get_title(), f"mean {digit}", "a mean digit has another's title")
        mean = images[labels == digit].mean(axis=0)
        same(image_in(ax), mean, f"this is not the mean {digit}")
        same(ax.images[0].get_clim(), (0, 255), "the ten greys cannot be compared")
    says(drawn, "mean", "", "average image of each class")
