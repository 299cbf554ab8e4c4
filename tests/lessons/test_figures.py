"""Every figure shows what its title, its labels and its description say.

nbval compares a picture with the stored one, so it cannot tell that a figure was wrong
when it was stored. These tests run each lesson up to its last figure in this process,
and read what Matplotlib was asked to draw.
"""

import functools
import os
import re
from itertools import pairwise, product
from math import erfc
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from scipy.ndimage import map_coordinates

from notebooks import LESSONS, code_cells, printed, read
from tools.course import lesson_paths
from tools.make_data import TARGET
from tools.measuring import sweep

ALTS = {
    f"{path.name[:2]} {cell.id}": cell.metadata["alt"]
    for path in LESSONS
    for cell in code_cells(read(path))
    if "alt" in cell.metadata
}
WORDS = {4: "four", 5: "five", 6: "six", 10: "ten", 12: "twelve"}
WORDS |= {24: "twenty-four", 35: "thirty-five", 40: "forty", 100: "hundred"}
COVERED = set()

every_figure = pytest.mark.parametrize("drawn", ALTS, indirect=True)


def of(*figures):
    """Give a test these figures, each named "lesson cell-id", one after the other."""
    COVERED.update(figures)
    return pytest.mark.parametrize("drawn", figures, indirect=True)


@functools.cache
def run(number):
    """Run a lesson up to its last figure; keep names, figures, and what went wrong.

    Its asserts are left out (optimize=1): those of a checkpoint are nbval's business.
    """
    (path,) = lesson_paths([number])
    lesson = SimpleNamespace(names={}, figures={}, problem="")
    cells = code_cells(read(path))
    while "alt" not in cells[-1].metadata:
        cells.pop()
    for cell in cells:
        try:
            code = compile(cell.source, cell.id, "exec", optimize=1)
            exec(code, lesson.names)
        except Exception as error:
            lesson.problem = f", since cell {cell.id} raises {error!r}"
            break
        if plt.get_fignums():
            lesson.figures[cell.id] = plt.gcf()
            plt.close("all")
    for bulky in "train_images", "test_images", "x_train", "x_test":
        lesson.names.pop(bulky, None)
    return lesson


@pytest.fixture(scope="module", autouse=True)
def process_stays_as_it_was():
    """Let lessons change the environment and Matplotlib's settings; undo it after."""
    patch, environment = pytest.MonkeyPatch.context(), mock.patch.dict(os.environ)
    with patch as patching, environment, plt.rc_context():
        plt.switch_backend("agg")
        patching.setattr(plt, "show", lambda: None)
        patching.chdir(LESSONS[0].parent)
        yield
    run.cache_clear()


@pytest.fixture(scope="module")
def mnist():
    """The data set, read without any code of the lessons."""
    with np.load(TARGET) as file:
        return SimpleNamespace(**file)


@pytest.fixture
def drawn(request):
    """A figure: its panels in reading order, its description, the lesson's names."""
    number, cell = request.param.split()
    lesson = run(number)
    assert cell in lesson.figures, f"cell {cell} draws no figure{lesson.problem}"
    figure = lesson.figures[cell]
    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    for bar in set(figure.axes) - set(panels):
        assert bar.get_ylabel(), "the bar of colours does not say what it shows"
    panels.sort(key=lambda ax: ax.get_subplotspec().num1)
    title, alt = figure.get_suptitle(), ALTS[request.param]
    return SimpleNamespace(panels=panels, title=title, alt=alt, names=lesson.names)


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


def readings(drawn, mnist):
    """Return reading, confidence and whether the reading is right, by test image."""
    probabilities = drawn.names["probabilities"]
    predicted = probabilities.argmax(axis=1)
    return predicted, probabilities.max(axis=1), predicted == mnist.y_test


def test_every_figure_has_a_test_of_its_content():
    missing = sorted(ALTS.keys() ^ COVERED)
    assert not missing, f"write a test, marked @of, of what these show: {missing}"


@every_figure
def test_titles_labels_and_legends_are_there(drawn):
    titled = drawn.title or all(ax.get_title() for ax in drawn.panels)
    assert titled, "the figure, or one of its panels, has no title"
    for ax in (ax for ax in drawn.panels if ax.axison):
        for axis in ax.xaxis, ax.yaxis:
            shared = getattr(ax, f"get_shared_{axis.axis_name}_axes")()
            labels = [
                getattr(other, f"get_{axis.axis_name}label")()
                for other in shared.get_siblings(ax)  # itself, at least
            ]
            missing = len(axis.get_ticklocs()) and not any(labels)
            assert not missing, f"the {axis.axis_name} axis has ticks, but no label"
        curves = sum(len(line.get_xdata()) > 2 for line in ax.lines)
        named = len(ax.get_legend_handles_labels()[1])
        if curves > 1 or named:
            assert len(curves_in(ax)) >= max(curves, named), "a curve has no name"


def grid_columns(drawn):
    """Return how many panels stand side by side."""
    return drawn.panels[0].get_subplotspec().get_gridspec().ncols


@every_figure
def test_description_names_the_kind_of_figure(drawn):
    count = len(drawn.panels)
    kinds = {2: ["left", "right"], 3: ["left", "middle", "right"]}.get(count, [])
    if count > 3:
        counted = {WORDS.get(count, "many")}
        if count == 2 * grid_columns(drawn):  # pairs of panels may be counted, too
            counted.add(WORDS.get(count // 2, "many"))
        assert any(word in drawn.alt.lower() for word in counted), (
            f"`alt` does not say {' or '.join(counted)!r}: {drawn.alt}"
        )
    for ax in drawn.panels:
        if not ax.axison:
            kinds.append("diagram")
        elif any(hasattr(artist, "get_coordinates") for artist in ax.collections):
            kinds.append("heatmap")
        elif ax.containers and ax.containers[0].orientation == "horizontal":
            kinds.append("horizontal bars")
        elif ax.containers:
            edges, widths, _ = bars_in(ax)
            touching = np.allclose(np.diff(edges), widths[1:])
            kinds.append("histogram" if touching else "bar chart")
        elif any(len(line.get_xdata()) > 2 for line in ax.lines):
            kinds.append("line plot")
    for kind in kinds:
        assert kind in drawn.alt.lower(), f"`alt` does not say {kind!r}: {drawn.alt}"


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


@of("02 trace-one-pixel-3")
def test_pixel_is_marked_where_the_text_says(drawn, mnist):
    left, right = drawn.panels
    has(left, lines=1, patches=1)
    has(right, texts=1, patches=1)
    row, column, position = numbers_in(right.texts[0].get_text(), 3)
    same(position, 28 * row + column, "row, column and position do not fit")
    same(image_in(left), mnist.x_train[0], "this is not training image 0")
    same(image_in(right), [mnist.x_train[0].ravel()], "the strip is not row after row")
    same(right.images[0].get_extent(), [0, 784, 0, 1], "the strip's ticks are off")
    same(left.lines[0].get_data(), [[column], [row]], "the cross is at another pixel")
    same(right.texts[0].xy[0], position, "the red line misses the position", within=1)
    outline, part = (ax.patches[0].get_bbox() for ax in drawn.panels)
    around = [-0.5, row - 0.5, 27.5, row + 0.5]
    same(outline.extents, around, "the outline in the image is not around the row")
    start, end = 28 * row, 28 * row + 28
    same(part.intervalx, [start, end], "the outline in the strip is not the row's")
    same(left.get_title(), "Image: 28 rows, 28 columns", "this title is another's")
    words = f"position {position}", f"row {row}", f"positions {start} to {end - 1}"
    says(drawn, "Vector: one row of 784", "column | row; position | ", *words)


@of("03 relu-keep-what-is-positive-3")
def test_relu_is_zero_and_then_rises(drawn):
    (ax,) = drawn.panels
    has(ax, lines=2, texts=1)
    x, y = ax.lines[0].get_data()
    same(y, np.where(x > 0, x, 0), "the curve is not ReLU")
    same(x[[0, -1]], [-3, 3], "the curve does not run from -3 to 3")
    same(ax.lines[1].get_data(), [[0], [0]], "the dot is not at the bend")
    same(ax.texts[0].xy, (0, 0), "'the bend' points at another place")
    says(drawn, "ReLU", "input | output", "ReLU", "minus 3 to 0")


@of("03 count-the-parameters-5")
def test_diagram_has_the_networks_layers_and_parameters(drawn):
    (ax,) = drawn.panels
    layers = drawn.names["model"].layers
    names = ["pixels", *(layer.name for layer in layers)]
    sizes = [784, *(layer.units for layer in layers)]
    counts = [f"{layer.count_params():,}" for layer in layers]
    columns = [circles.get_offsets().tolist() for circles in ax.collections]
    texts = {(*t.get_position(), t.get_text()) for t in ax.texts}
    for x, (name, size, column) in enumerate(zip(names, sizes, columns, strict=True)):
        found = [text for at, _, text in sorted(texts) if at == x]
        expected = ["\u22ee"] * (size > len(column)) + [f"{name}\n{size}"]
        same(found, expected, f"the texts at column {x} are another layer's")
        same({at for at, _ in column}, {x}, f"the circles of {name} are elsewhere")
    found = [text for at, _, text in sorted(texts) if at % 1 == 0.5]
    expected = [f"{count}\nparameters" for count in counts]
    same(found, expected, "the numbers of parameters in the gaps are other layers'")
    heights = {text: y for _, y, text in texts}
    circles = sorted((y for _, y in columns[-1]), reverse=True)
    found = [heights.get(str(digit)) for digit in range(10)]
    same(found, circles, "the digits do not stand in order beside the outputs")
    found = sorted(line.get_xydata().tolist() for line in ax.lines)
    expected = sorted([a, b] for gap in pairwise(columns) for a, b in product(*gap))
    same(found, expected, "the lines do not join every circle to every next one")
    says(drawn, "-".join(map(str, sizes)), "", *names, *counts)


@of("04 one-step-downhill-by-hand-5")
def test_one_step_has_its_star_at_the_lowest_loss(drawn):
    (ax,) = drawn.panels
    has(ax, lines=3, texts=1)
    curve, star, line = (line.get_data() for line in ax.lines)
    rates, losses = (np.array(drawn.names[name]) for name in ("rates", "losses_after"))
    same(curve, [rates, losses], "the curve is not rates (x), losses after (y)")
    lowest = [rates[losses.argmin()]], [losses.min()]
    same(star, lowest, "the star is not at the lowest loss")
    before, name = float(drawn.names["loss_before"]), ax.texts[0]
    same(line[1], [before] * 2, "the dashed line is not at the loss before the step")
    same(name.get_text(), "loss before the step", "the dashed line has another name")
    same(name.get_position()[1], before, "the name is not at its line", within=0.2)
    same(ax.get_xscale(), "log", "the learning rates are not on a logarithmic axis")
    words = "loss after one step", "learning rate", "logarithmic"
    says(drawn, "One step, many", "learning rate | loss after one step", *words)


RUNS = {
    "Constant learning rate 0.001": ("constant_model", "constant learning rate"),
    "Learning rate falling from 0.004 to 0": ("model", "falling learning rate"),
    "Forty epochs: overfitting": ("long_model", "forty epochs"),
}


@of("04 train-for-ten-epochs-6", "04 let-the-steps-shrink-8", "04 train-for-too-long-3")
def test_curves_are_what_legend_title_and_labels_say(drawn):
    assert drawn.title in RUNS, f"no training is called {drawn.title!r}"
    model, words = RUNS[drawn.title]
    history = drawn.names[model].history.history
    epochs = np.arange(len(history["loss"])) + 1
    best = np.argmin(history["val_loss"])
    for ax, measure in zip(drawn.panels, ("loss", "accuracy"), strict=True):
        curves = curves_in(ax)
        same(ax.get_title(), measure.capitalize(), "a panel's title is the other's")
        for name, key in ("training", measure), ("validation", f"val_{measure}"):
            problem = f"{drawn.title}: the curve {name!r} is not {name} {measure}"
            same(curves.get(name, []), [[epochs, history[key]]], problem)
        star = [epochs[best]], [history[f"val_{measure}"][best]]
        problem = f"{measure}: the star is not at the epoch of the lowest loss"
        same(curves.get("best epoch", []), [star], problem)
    words = words, f"{WORDS[len(epochs)]} epochs", f"epoch {best + 1}"
    says(drawn, drawn.title, "epoch | loss; epoch | accuracy", *words)


@of("04 let-the-steps-shrink-6")
def test_three_rates_have_their_own_accuracies(drawn):
    (ax,) = drawn.panels
    models = {"constant 0.001": "constant_model", "constant 0.004": "large_model"}
    models["falling from 0.004"] = "model"
    curves = curves_in(ax)
    same(list(curves), list(models), "the legend does not name the three rates")
    for name, model in models.items():
        accuracies = drawn.names[model].history.history["val_accuracy"]
        epochs = np.arange(len(accuracies)) + 1
        problem = f"the curve {name!r} is not that run's validation accuracy"
        same(curves[name], [[epochs, accuracies]], problem)
    words = (
        "validation accuracy",
        f"{WORDS[len(epochs)]} epochs",
        "three learning rates",
    )
    says(drawn, "Steps that shrink settle", "epoch | validation accuracy", *words)


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


def swept(number):
    """Return {recipe: {quantity: shares by seed}} from the stored table of a lesson."""
    (path,) = lesson_paths([number])
    runs = {}
    for row in sweep.stored_rows(path):
        for quantity in "last", "best":
            of_recipe = runs.setdefault(row["recipe"], {})
            of_recipe.setdefault(quantity, []).append(float(row[quantity]))
    return {r: {q: np.array(v) for q, v in of.items()} for r, of in runs.items()}


def strips_are_the_stored_runs(ax, recipes):
    """Check that row i holds the runs of recipe i, a dot each, and their mean."""
    runs = swept("07")
    assert ax.yaxis_inverted(), "the first recipe does not stand on top"
    for row, recipe in enumerate(recipes):
        x, y = ax.collections[row].get_offsets().T
        same(x, 100 * runs[recipe]["last"], f"these dots are not the runs of {recipe}")
        assert (abs(y - row) < 0.45).all(), f"dots of {recipe} stand in another row"
        assert (np.diff(y) > 0).all(), f"dots of {recipe} hide one another"
        at, ends = ax.lines[row].get_data()
        mean = 100 * runs[recipe]["last"].mean()
        same(at, [mean, mean], f"the line is not at the mean of {recipe}")
        same(np.mean(ends), row, f"the mean of {recipe} stands in another row", 1e-9)


@of("07 twenty-seeds-each-6")
def test_strips_have_all_runs_the_claims_and_the_readers_runs(drawn):
    (ax,) = drawn.panels
    labels = [label.get_text() for label in ax.get_yticklabels()]
    strips_are_the_stored_runs(ax, [label[0] for label in labels])
    has(ax, collections=6, lines=5, patches=2)
    for label in labels:
        recipe = drawn.names["RECIPES"][label[0]]
        hidden = "-".join(map(str, recipe["hidden"]))
        words = f"{label[0]}: {hidden}", f", {recipe.get('epochs', 10)} epochs"
        assert label.startswith(words[0]), f"{label} has other layers"
        assert label.endswith(words[1]), f"{label} has other epochs"
        same("one-hot" in label, recipe.get("one_hot", False), f"{label}: its labels")
    found = [patch.get_bbox() for patch in ax.patches]
    boxes = [[*box.intervalx, box.intervaly.mean()] for box in found]
    expected = [[97, 98, 0], [98.15, 98.15, 3]]
    same(boxes, expected, "the claims are others, or stand in another row", 1e-9)
    x, y = ax.collections[5].get_offsets().T
    same(x, 100 * drawn.names["your_runs"], "the rings are not the reader's runs")
    assert (abs(y - 2) < 0.45).all(), "the rings do not stand in row C"
    texts = [text.get_text() for text in ax.get_legend().texts]
    same(texts, ["a run", "mean", "claim", "your run"], "the legend is another's")
    labels = "test accuracy (%) | recipe"
    words = "strip plot", "twenty runs", "five recipes", "claim", "mean", "rings"
    says(drawn, "What five READMEs claim", labels, *words)


@of("07 where-the-spread-comes-from-2")
def test_strips_take_one_part_of_chance_away(drawn):
    (ax,) = drawn.panels
    recipes = {
        "C: all by chance": "C",
        "same weights,\norder by chance": "C, same weights",
        "same order,\nweights by chance": "C, same order",
        "same weights,\nsame order,\nbut for one bit": "C, one bit",
    }
    labels = [label.get_text() for label in ax.get_yticklabels()]
    same(labels, list(recipes), "the rows have other names")
    strips_are_the_stored_runs(ax, recipes.values())
    has(ax, collections=4, lines=4)
    labels = "test accuracy (%) | recipe"
    words = "strip plot", "recipe C", "same weights", "same order", "one bit"
    says(drawn, "Take chance away", labels, *words)


@of("07 typical-lucky-or-flattered-4")
def test_lines_lead_from_the_last_to_the_best_epoch(drawn):
    (ax,) = drawn.panels
    has(ax, collections=3)
    lines, last, best = ax.collections
    runs = swept("07")["A"]
    order = runs["last"].argsort(kind="stable")
    places = np.arange(len(order)) + 1
    ends = [100 * runs[quantity][order] for quantity in ("last", "best")]
    for dots, x, epoch in (last, ends[0], "last"), (best, ends[1], "best"):
        problem = f"the marks are not the {epoch} epochs of A, the lowest run first"
        same(dots.get_offsets(), np.transpose([x, places]), problem)
    segments = np.array(lines.get_segments())
    same(segments[:, :, 0], np.transpose(ends), "the lines join other marks")
    texts = [text.get_text() for text in ax.get_legend().texts]
    same(texts, ["after the last epoch", "best epoch"], "the legend is another's")
    labels = "test accuracy (%) | run, from the lowest to the highest"
    words = "twenty", "last epoch", "best epoch", "star"
    says(drawn, "what picking the best epoch adds", labels, *words)


@of("07 how-many-runs-separate-two-recipes-4")
def test_worse_recipe_wins_less_often_with_more_runs(drawn):
    (ax,) = drawn.panels
    runs, curves = swept("07"), curves_in(ax)
    assert len(curves) == 3, "three pairs of recipes"
    for name, [(counts, shares)] in curves.items():
        worse, better = (runs[recipe]["last"] for recipe in name.split(" beats "))
        assert worse.mean() < better.mean(), f"{name}: but it is not the worse one"
        same(counts[0], 1, "the curves do not begin with one run each")
        exact = 100 * (worse[:, np.newaxis] > better).mean()
        same(shares[0], exact, f"{name}: not the share of all pairs", within=2)
        for n, share in zip(counts[1:], shares[1:], strict=True):
            # The bell curve's answer: means of n runs, drawn with repetition.
            error = np.sqrt((worse.var() + better.var()) / n)
            share_of_bell = 50 * erfc((better.mean() - worse.mean()) / error / 2**0.5)
            same(share, share_of_bell, f"{name}: another share for {n} runs", within=4)
    assert ax.get_ylim()[0] == 0, "shares begin at 0"
    labels = "runs of each recipe | share of comparisons (%)"
    says(drawn, "The worse recipe wins", labels, "share", "runs", *curves)


def runs_of(number, recipe, quantity):
    """Return a quantity of a lesson's stored table, run by run, from its CSV."""
    (path,) = lesson_paths([number])
    rows = sweep.stored_rows(path)
    return [float(row[quantity]) for row in rows if row["recipe"] == recipe]


def rounds_of(recipe, quantity):
    """Return a quantity of lesson 08's stored table, round by round."""
    return runs_of("08", recipe, quantity)


@of("08 the-ladder-11")
def test_rungs_of_the_ladder_are_as_long_as_their_speeds(drawn):
    (ax,) = drawn.panels
    has(ax, containers=1, lines=1, texts=9)
    rungs = [label.get_text() for label in ax.get_yticklabels()]
    speeds = [np.median(rounds_of(rung, "images_per_second")) for rung in rungs]
    same(rungs[0], "defaults", "the ladder does not begin with the defaults")
    assert ax.yaxis_inverted(), "the first rung should be at the top"
    widths = [bar.get_width() for bar in ax.containers[0]]
    same(widths, speeds, "a bar is not as long as its rung's median speed", 1)
    limit = max(rounds_of("NumPy", "images_per_second"))
    same(ax.lines[0].get_xdata(), [limit, limit], "the line is not at NumPy's speed", 1)
    texts = {text.get_text().strip() for text in ax.texts}
    times = {f"{speed / speeds[0]:.1f} x" for speed in speeds}
    assert texts == times | {"the limit"}, f"{texts} should be {times} and the limit"
    left, right = ax.get_xlim()
    assert left == 0, "bars that do not start at 0 exaggerate differences"
    assert right > max(*speeds, limit), "the limit is cut off"
    beaten = max(speeds) < limit
    assert beaten, "`alt` says that no bar reaches the limit"
    labels = "images per second (median of all rounds) | rung"
    says(
        drawn, "Images per second, rung by rung", labels, "ladder", "limit", *rungs[4:]
    )


@of("08 accuracy-against-seconds-3")
def test_curves_of_the_race_are_the_medians_of_the_rounds(drawn):
    (ax,) = drawn.panels
    curves = curves_in(ax)
    assert curves.keys() == {"sprint", "whole epochs", "XLA", "defaults"}
    for recipe, lines in curves.items():
        ((seconds, accuracies),) = lines
        for epoch, point in enumerate(zip(seconds, accuracies, strict=True), start=1):
            columns = f"seconds_{epoch}", f"accuracy_{epoch}"
            medians = [np.median(rounds_of(recipe, column)) for column in columns]
            same(point, medians, f"{recipe}: epoch {epoch} is elsewhere", 1e-4)
    same(len(curves["sprint"][0][0]), 5, "the sprint has other epochs")
    same(ax.lines[-1].get_ydata(), [0.975, 0.975], "the dashed line is not the target")
    same(ax.get_xscale(), "log", "the horizontal axis is not logarithmic")
    first = {recipe: lines[0][0][0] for recipe, lines in curves.items()}
    later = min(first["XLA"], first["whole epochs"]) > first["sprint"]
    assert later, "`alt` says that whole epochs and XLA start later"
    labels = "seconds of training (median) | validation accuracy (median)"
    title = "Accuracy after each epoch, against the time it took"
    says(drawn, title, labels, "logarithmic", "dashed", "XLA", "defaults", "sprint")


@of("09 warp-a-digit-9")
def test_warped_digits_are_read_where_their_warps_say(drawn, mnist):
    kinds = [ax.get_title() for ax in drawn.panels[:7]]
    strengths = drawn.names["kinds"]
    same(kinds, list(strengths), "the columns have the titles of others")
    for kind in kinds[1:6]:
        same(list(strengths[kind]), [kind], f"{kind!r} is another kind of warp")
    rng = np.random.default_rng(drawn.names["SEED"])
    for row, image in enumerate(mnist.x_train[48_000:48_005]):
        panels = drawn.panels[7 * row : 7 * row + 7]
        problem = f"row {row} does not begin with the digit as it is"
        same(image_in(panels[0]), image / 255, problem)
        for ax, kind in zip(panels, kinds, strict=True):
            at = drawn.names["random_warp"](rng, **strengths[kind])
            read = map_coordinates(image / 255, at, order=1, mode="grid-constant")
            problem = f"row {row}: this is not what the warp {kind!r} reads"
            same(image_in(ax), read, problem, 1e-4)
    title = "One digit a row, one kind of warp a column"
    says(drawn, title, "", "five digits", "seven columns", "shifted", "turned")


@of("09 climb-the-ladder-8")
def test_rungs_to_99_have_their_stored_runs_and_means(drawn):
    (ax,) = drawn.panels
    recipes = drawn.names["RECIPES"].items()
    rungs = [rung for rung, how in recipes if how.get("images") != 60_000]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    same(labels, rungs, "the rungs have other names, or stand in another order")
    same(ax.get_yticks(), range(len(rungs)), "the names are not at the rungs")
    assert ax.yaxis_inverted(), "the first rung does not stand on top"
    has(ax, collections=len(rungs), lines=len(rungs) + 1, texts=len(rungs))
    left, right = ax.get_xlim()
    for row, rung in enumerate(rungs):
        runs = 100 * np.array(runs_of("09", rung, "accuracy"))
        dots = [[run, row] for run in runs]
        found = ax.collections[row].get_offsets()
        same(found, dots, f"these dots are not the runs of {rung}")
        assert left < runs.min() <= runs.max() < right, f"{rung}: dots are cut off"
        mark, text = ax.lines[row].get_data(), ax.texts[row]
        same(np.ravel(mark), [runs.mean(), row], f"the tick is not at {rung}'s mean")
        same(text.get_text(), f"{runs.mean():.2f}", f"this is not the mean of {rung}")
        x, y = text.get_position()
        assert (x > runs.max(), y) == (True, row), f"the mean of {rung} hides a dot"
    mean, dashed = 100 * np.mean(runs_of("09", "elastic", "accuracy")), ax.lines[-1]
    same(dashed.get_xdata(), [mean] * 2, "the dashed line is not at elastic's mean")
    same(dashed.get_linestyle(), "--", "the line is not dashed")
    labels = "validation accuracy (%) | rung"
    words = "strip plot", "five", "rungs", "elastic", "dashed"
    says(drawn, "Five trainings of each rung", labels, *words)


@of("09 what-has-it-learned-3")
def test_shifted_digits_are_read_by_the_networks_of_the_legend(drawn, mnist):
    (ax,) = drawn.panels
    models = {"trained on images as they are": "model"}
    models |= {"trained on warped images": "reader"}
    curves = curves_in(ax)
    same(list(curves), list(models), "the legend names other networks")
    for name, model in models.items():
        accuracies = []
        for distance in range(5):
            columns = np.arange(28) - distance  # from -1 they count from the right
            shifted = mnist.x_train[48_000:, :, columns]
            vectors = np.divide(shifted.reshape(-1, 784), 255, dtype="float32")
            answers = drawn.names[model].predict(vectors, batch_size=1000, verbose=0)
            right = answers.argmax(axis=1) == mnist.y_train[48_000:]
            accuracies.append(100 * right.mean())
        ((x, y),) = curves[name]
        same(x, range(5), "the curves do not run from 0 to 4 pixels")
        same(y, accuracies, f"the curve {name!r} is not that network's", 0.01)
    same(ax.get_ylim()[0], 0, "the vertical axis does not begin at 0")
    words = "accuracy", "percent", "0 to 4 pixels to the right", "warped"
    labels = "shift (pixels) | accuracy on the last 12,000 images (%)"
    says(drawn, "Accuracy on images shifted to the right", labels, *words)


# Layers, mistakes in per cent: Simard et al. (2003) and Ciresan et al. (2010).
LITERATURE = {
    "2003": ((784, 800, 10), 0.7),
    "2010": ((841, 2500, 2000, 1500, 1000, 500, 10), 0.35),
}


def dense_parameters(layers):
    """Return how many weights and biases join layers of these sizes."""
    return sum(a * b for a, b in pairwise(layers)) + sum(layers[1:])


@of("09 how-large-must-a-network-be-5")
def test_networks_stand_at_their_parameters_and_their_mean_accuracy(drawn):
    (ax,) = drawn.panels
    networks, recipes = drawn.names["networks"], drawn.names["RECIPES"]
    on_all = {recipe for recipe, how in recipes.items() if "images" in how}
    assert set(networks.values()) == on_all, "a network is left out"
    marks = {marker: [] for marker in ("o", "D", "None")}
    for line in ax.lines:
        marks[line.get_marker().replace("s", "o")].append(line.get_data())
    names = {text.get_text(): text.xy for text in ax.texts}
    found = [len(names), *map(len, marks.values())]
    count = len(networks)
    same(found, [count + 2, count, 2, count], "a network has no name, dot or line")
    places = zip(networks.items(), marks["o"], marks["None"], strict=True)
    for (label, recipe), dot, (x, ends) in places:
        runs = 100 * np.array(runs_of("09", recipe, "accuracy"))
        (size,) = set(runs_of("09", recipe, "parameters"))
        hidden = recipes[recipe].get("hidden", (128, 32))
        if hidden != "convolutional":
            problem = f"{label} has other layers than its runs"
            same(size, dense_parameters((784, *hidden, 10)), problem)
            assert "-".join(map(str, hidden)) in label, problem
        mean = [size, runs.mean()]
        same(np.ravel(dot), mean, f"the dot of {label} is not at its size and mean")
        same(names[label], mean, f"the name {label} stands at another dot")
        problem = f"the line of {label} does not lead from its lowest to highest run"
        same([x, ends], [[size] * 2, [runs.min(), runs.max()]], problem)
    for (year, (layers, mistakes)), at in zip(
        LITERATURE.items(), marks["D"], strict=True
    ):
        place = [dense_parameters(layers), 100 - mistakes]
        same(np.ravel(at), place, f"the mark of {year} is elsewhere")
        (found,) = (xy for name, xy in names.items() if year in name)
        same(found, place, f"the name of {year} stands at another mark")
    assert max(xy[1] for xy in names.values()) < ax.get_ylim()[1], "a mark is cut off"
    same(ax.get_xscale(), "log", "the sizes are not on a logarithmic axis")
    words = "logarithmic", "parameters", "convolutional", "2003", "2010"
    labels = "parameters | test accuracy (%)"
    says(drawn, "Accuracy against size", labels, *words)


def probabilities_of(drawn, picture):
    """Return the ten probabilities that lesson 10's network gives for a picture."""
    vectors = np.reshape(picture, (1, 784))
    return drawn.names["model"].predict(vectors, verbose=0)[0]


def is_reading(drawn, page, picture):
    """Check a page, what the network sees, and its bars; return the probabilities."""
    left, middle, right = drawn.panels
    titles = "the page", "what the network sees"
    same((left.get_title(), middle.get_title()), titles, "a panel has another title")
    shown = upright_in(left).get_array() if np.ndim(page) == 3 else seen_in(left)
    same(shown, page, "this is not the page", 1e-6)
    problem = "this is not the picture made of the page"
    same(seen_in(middle), picture, problem, 1e-6)
    probabilities = probabilities_of(drawn, picture)
    has(right, containers=1)
    bars = right.containers[0]
    problem = "the bars are not what the network says of that picture"
    same([bar.get_width() for bar in bars], probabilities, problem, 1e-5)
    places = [bar.get_y() + bar.get_height() / 2 for bar in bars]
    same(places, range(10), "a bar is not at its digit")
    same(list(right.get_yticks()), range(10), "the ticks are not the ten digits")
    assert right.yaxis_inverted(), "the 0 does not stand on top"
    left_end, right_end = right.get_xlim()
    assert left_end == 0 < 1 < right_end < 1.1, "the bars do not go from 0 to 1"
    labels = "probability | digit"
    says(drawn, f"read as {probabilities.argmax()}", labels, "left", "ten")
    return probabilities


@of("10 a-digit-of-your-own-7")
def test_page_that_is_only_shrunk_is_misread(drawn):
    page = drawn.names["page"]
    shrunk = np.asarray(page.convert("L").resize((28, 28))) / 255
    probabilities = is_reading(drawn, np.asarray(page), shrunk)
    assert probabilities.argmax() != 1, "the longest bar is that of the 1"
    _, xs = np.nonzero(np.asarray(page.convert("L")) < 128)
    assert 0 < xs.max() < page.width / 2, "the 1 is not left of the middle"


@of("10 fit-and-centre-8")
def test_prepared_page_is_read_as_a_1(drawn):
    page = drawn.names["page"]
    prepared = drawn.names["prepare_digit"](page, verbose=False)
    probabilities = is_reading(drawn, np.asarray(page), prepared)
    assert probabilities.argmax() == 1, "the longest bar is not that of the 1"
    assert np.sort(probabilities)[-2] < 0.1, "another bar is long, too"
    assert np.ptp(np.nonzero(prepared)[0]) + 1 == 20, "the 1 is not 20 pixels high"


def photo_of(drawn, mnist, number):
    """Return lesson 10's photo of the test image it has chosen as number `number`."""
    i = drawn.names["chosen"][number]
    rng = np.random.default_rng([drawn.names["SEED"], i])
    return drawn.names["photograph"](mnist.x_test[i], rng)


@of("10 your-own-file-5")
def test_photo_is_read_as_its_digit(drawn, mnist):
    photo = photo_of(drawn, mnist, 1)
    prepared = drawn.names["prepare_digit"](photo, verbose=False)
    probabilities = is_reading(drawn, drawn.names["to_grey"](photo), prepared)
    label = mnist.y_test[drawn.names["chosen"][1]]
    assert probabilities.argmax() == label, "this photo is misread"
    assert np.sort(probabilities)[-2] < 0.1, "another bar is long, too"


@of("10 find-the-ink-12")
def test_page_is_the_fitted_paper_and_the_ink_that_is_left(drawn):
    grey = drawn.names["to_grey"](drawn.names["shaded"])
    expected = {
        "the page, with a shadow": grey,
        "its paper, fitted": drawn.names["paper_of"](grey),
        "what is left: ink": drawn.names["find_ink"](grey)[0],
    }
    for ax, (title, values) in zip(drawn.panels, expected.items(), strict=True):
        same(ax.get_title(), title, "the pictures stand in another order")
        same(seen_in(ax), values, f"this is not {title}", 1e-6)
    page, paper, ink = expected.values()
    assert paper[:, 0].min() > paper[:, -1].max() + 0.3, "the right is not darker"
    inked = ink > 0.5
    assert 0 < inked.mean() < 0.02, "there is more to see than a thin line"
    assert abs(paper - page)[~inked].mean() < 0.01, "this is another page's paper"
    says(drawn, "its paper", "", "left", "darker towards the right", "thin white 1")


BROKEN = {"not inverted": "invert", "not centred": "centre", "stretched": "shape"}
BROKEN |= {"too thin": "pen", "right": None}


@of("10 four-broken-pipelines-and-the-right-one-3")
def test_broken_pipelines_misread_what_the_right_one_reads(drawn):
    pictures, colours = {}, []
    columns = zip(drawn.panels[:5], drawn.panels[5:], BROKEN.items(), strict=True)
    for upper, lower, (name, step) in columns:
        same(upper.get_title(), name, "the pipelines stand in another order")
        left_out = [step] if step else []
        page = drawn.names["page"]
        pictures[name] = drawn.names["prepare_digit"](page, left_out, verbose=False)
        problem = f"this is not what the pipeline {name!r} makes of the page"
        same(seen_in(upper), pictures[name], problem, 1e-6)
        probabilities = probabilities_of(drawn, pictures[name])
        edges, widths, heights = bars_in(lower)
        problem = f"the bars are not what the network says of {name!r}"
        same(heights, probabilities, problem, 1e-5)
        same(edges + widths / 2, range(10), "a bar is not at its digit")
        same(lower.get_xticks(), range(10), "the ticks are not the ten digits")
        answer = probabilities.argmax()
        same(lower.get_title(), f"read as {answer}", "this is not the longest bar")
        assert (answer == 1) == (name == "right"), f"{name!r} is read as {answer}"
        bottom, top = lower.get_ylim()
        assert bottom == 0 < 1 < top < 1.1, "the bars do not go from 0 to 1"
        colours.append(lower.containers[0][0].get_facecolor())
    assert colours[4] not in colours[:4], "the right one looks like the others"
    same([colours[0]] * 4, colours[:4], "the broken ones have several colours")
    inverted, off, wide, thin, right = pictures.values()
    assert right.mean() < 0.2 < 0.8 < inverted.mean(), "not a black 1 on white"
    rows, xs = np.nonzero(off > 0.5)
    assert xs.mean() < 10, "it is not at the left"
    assert ("lower" in drawn.alt) == (rows.mean() > 16), (
        "`alt` has it at another height"
    )
    rows, xs = np.nonzero(wide)
    assert np.ptp(rows) == np.ptp(xs), "it is not as wide as it is high"
    assert thin.sum() < 0.5 * right.sum(), "it is not faint"
    labels = "digit | probability; " + "; ".join(["digit | "] * 4)
    says(drawn, "right", labels, "five", "not inverted", "stretched", "too thin")


@of("10 what-each-step-is-worth-9")
def test_photos_stand_above_what_the_network_sees(drawn, mnist):
    light = 0
    for number, ax in enumerate(drawn.panels[:6]):
        photo = photo_of(drawn, mnist, number)
        problem = f"photo {number} is not that of its test image"
        same(upright_in(ax).get_array(), photo, problem)
        light += not drawn.names["find_ink"](drawn.names["to_grey"](photo))[1]
        prepared = drawn.names["prepare_digit"](photo, verbose=False)
        problem = f"below photo {number} is another picture"
        same(seen_in(drawn.panels[6 + number]), prepared, problem, 1e-6)
        image = mnist.x_test[drawn.names["chosen"][number]] / 255
        assert abs(prepared - image).mean() < 0.12, f"photo {number} is another digit"
    same(len(drawn.panels), 12, "six photos and six pictures")
    words = {0: "none", 1: "one is", 2: "two are", 3: "three are", 4: "four are"}
    says(drawn, "", "", "six", "below", f"{words[light]} light on dark")


@of("10 what-each-step-is-worth-14")
def test_bars_are_the_points_lost_without_each_step(drawn, mnist):
    names = drawn.names
    chosen, digits_read = names["chosen"], names["digits_read"]
    ways = ["all steps", *(f"without {step}" for step in names["STEPS"])]
    for number in range(20):  # which pipeline each column comes from
        photo = photo_of(drawn, mnist, number)
        for column, way in enumerate(ways):
            left_out = way.split()[1:] if way != "all steps" else []
            picture = names["prepare_digit"](photo, left_out, verbose=False)
            answer = probabilities_of(drawn, picture).argmax()
            problem = f"photo {number} is read otherwise by {way!r}"
            same(digits_read[number, column], answer, problem)
    labels = mnist.y_test[chosen]
    vectors = np.divide(mnist.x_test[chosen].reshape(-1, 784), 255, dtype="float32")
    answers = names["model"].predict(vectors, batch_size=1000, verbose=0)
    clean = (answers.argmax(axis=1) == labels).mean()
    shares = (digits_read == labels[:, np.newaxis]).mean(axis=0)
    pipelines = zip([*ways, "only shrunk"], shares, strict=True)
    lost = {way: 100 * (clean - share) for way, share in pipelines}
    (ax,) = drawn.panels
    has(ax, containers=1, texts=len(lost))
    order = [label.get_text() for label in ax.get_yticklabels()]
    same(sorted(order), sorted(lost), "the bars have other names")
    bars = ax.containers[0]
    for name, bar, text in zip(order, bars, ax.texts, strict=True):
        same(bar.get_width(), lost[name], f"this is not lost by {name!r}", 0.01)
        same(text.get_text(), f"{lost[name]:.1f}", f"{name!r} has another number")
    points = [lost[name] for name in order]
    assert points == sorted(points, reverse=True), "the bars are not sorted"
    colours = {name: bar.get_facecolor() for name, bar in zip(order, bars, strict=True)}
    own = colours.pop("all steps")
    assert own not in colours.values(), "all steps look like the others"
    (path,) = lesson_paths(["10"])
    table = re.findall(
        r"(?m)^(.+?) {2,}\d\.\d{3} +(\d+\.\d)$", printed(code_cells(read(path)))
    )
    for name, number in table[1:]:
        same(number, f"{lost[name]:.1f}", f"the table has another number for {name!r}")
    same(len(table), 1 + len(lost), "the table has other rows")
    left, right = ax.get_xlim()
    assert left == 0, "the axis does not begin at 0"
    assert right > max(points) + 5, "a number is cut off"
    labels = "points of accuracy below the test images themselves | pipeline"
    words = "all steps", "without crop", "only shrunk"
    says(drawn, "What is lost without each step", labels, *words)
