"""The figures of lesson 09 show what their titles, labels and descriptions say."""

from itertools import pairwise, takewhile

import numpy as np
from scipy.ndimage import map_coordinates

from figures import curves_in, has, image_in, of, runs_of, same, says


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


@of("09 straighten-it-first-9")
def test_straightened_digits_stand_below_those_that_lean(drawn, mnist):
    some, leans = mnist.x_train[:1_000], []
    rows, columns = np.indices((28, 28))
    for above, below in zip(drawn.panels[:8], drawn.panels[8:], strict=True):
        image = image_in(above)
        (place,) = np.flatnonzero((some == image).all(axis=(1, 2)))
        upright = drawn.names["straightened"](some[place : place + 1])[0]
        same(image_in(below), upright, "this is not the digit above, straightened")
        for ax, ink in (above, image), (below, upright):
            weights = np.sqrt(ink.astype(float)).ravel()  # NumPy squares them
            slope, _ = np.polyfit(rows.ravel(), columns.ravel(), 1, w=weights)
            problem = "a title has the lean of another digit"
            same(float(ax.get_title()), slope, problem, within=0.0051)
            (line,) = ax.lines
            (left, right), (upper, lower) = line.get_data()
            found = (right - left) / (lower - upper)
            same(found, slope, "this is not the line of least squares", within=1e-6)
        leans.append(float(above.get_title()))
        assert abs(float(below.get_title())) < 0.05, "a straightened digit leans"
    assert leans == sorted(leans), "they are not ordered by their lean"
    assert leans[0] < -0.5 < 0.3 < leans[-1], "not all the way from side to side"
    labels = " | as they are;  | straightened"
    says(drawn, "Eight digits by their lean", labels, "eight", "lean", "upright")


@of("09 climb-the-ladder-8")
def test_rungs_to_99_have_their_stored_runs_and_means(drawn):
    (ax,) = drawn.panels
    rungs = list(takewhile(lambda name: name != "short", drawn.names["RECIPES"]))
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
    words = "strip plot", "ten", "fourteen rungs", "elastic", "dashed"
    says(drawn, "The trainings of each rung", labels, *words)


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
    on_all.remove("long, less decay")  # as large as *long*, and hardly another number
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


@of("09 reach-99-per-cent-5")
def test_slid_digits_are_read_as_their_titles_say(drawn, mnist):
    images, labels = mnist.x_train[48_000:], mnist.y_train[48_000:]
    for row in range(2):
        panels = drawn.panels[5 * row : 5 * row + 5]
        first = image_in(panels[0])
        (place, *_) = np.flatnonzero((images == first).all(axis=(1, 2)))
        for distance, ax in enumerate(panels):
            columns = np.arange(28) - distance  # from -1 they count from the right
            slid = images[place][:, columns]
            same(image_in(ax), slid, f"row {row}: not slid by {distance} to the right")
            vector = np.divide(slid.reshape(1, 784), 255, dtype="float32")
            answer = drawn.names["model"].predict(vector, verbose=0).argmax()
            same(ax.get_title(), f"read as {answer}", "a title has another answer")
            if distance != 2:
                right = answer == labels[place]
                assert right == (distance < 2), (
                    f"row {row}, slid by {distance}: {answer}"
                )
    names = "; ".join(f"slid by {distance} | " for distance in range(5))
    says(drawn, "when a digit slides", names, "two", "row", "slid", "reads it as")
