"""The figures of lesson 08 show what their titles, labels and descriptions say."""

import numpy as np

from figures import curves_in, has, of, runs_of, same, says
from tools.measuring import libraries


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


@of("08 train-faster-5")
def test_first_picture_has_the_medians_of_two_ways(drawn):
    (ax,) = drawn.panels
    ways = {"as Keras comes, 20 epochs": "defaults"}
    ways["as this lesson ends, 5 epochs"] = "sprint"
    curves = {line.get_label(): line.get_data() for line in ax.lines}
    same(list(curves), list(ways), "the curves are of other trainings")
    names = {text.get_text(): text.xy for text in ax.texts}
    for label, recipe in ways.items():
        seconds, accuracies = curves[label]
        end = seconds[-1], accuracies[-1]
        same(names[label], end, f"{label} is not written at its curve's end", 1e-6)
        assert f", {len(seconds)} epochs" in label, f"{label}: so many are drawn"
        for epoch, point in enumerate(zip(seconds, accuracies, strict=True), start=1):
            at = np.median(rounds_of(recipe, f"seconds_{epoch}"))
            median = 100 * np.median(rounds_of(recipe, f"accuracy_{epoch}"))
            same(point, [at, median], f"{recipe}: epoch {epoch} is elsewhere", 1e-4)
    same(ax.get_xlim()[0], 0, "the seconds do not begin at 0")
    labels = "seconds of training | validation accuracy (%)"
    title = "The same network on the same images"
    says(drawn, title, labels, "two curves", "defaults", "five epochs")


@of("08 the-same-recipe-in-other-libraries-4")
def test_bars_of_the_libraries_are_their_median_seconds(drawn):
    (ax,) = drawn.panels
    rows = [row for row in libraries.stored_rows() if row[0] != libraries.BY_HAND]
    medians = {}
    for epoch in "1", str(libraries.EPOCHS):
        for name in libraries.TRAIN:
            seconds = [float(r[5]) for r in rows if (r[0], r[4]) == (name, epoch)]
            medians.setdefault(name, []).append(np.median(seconds))
    first, later = ax.containers
    bars = list(zip(ax.get_yticklabels(), first, later, strict=True))
    same(len(bars), len(medians), "a library has no bar")
    for label, start, rest in bars:
        known = medians[label.get_text().split()[0]]
        ends = [start.get_width(), rest.get_x() + rest.get_width()]
        same(ends, known, f"{label.get_text()}: other seconds", 1e-6)
    whole = [rest.get_x() + rest.get_width() for _, _, rest in bars]
    same(whole, sorted(whole), "the soonest should be at the top")
    assert ax.yaxis_inverted(), "the soonest should be at the top"
    same(ax.get_xlim()[0], 0, "bars that do not start at 0 exaggerate differences")
    labels = "seconds of training (median of five rounds) | library"
    title = "The sprint's recipe in five libraries"
    says(drawn, title, labels, "NumPy", "JAX", "PyTorch", "first epoch", "other four")
