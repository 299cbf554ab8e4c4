"""The figures of lesson 04 show what their titles, labels and descriptions say."""

import numpy as np

from figures import (
    bars_in,
    has,
    image_in,
    of,
    outputs,
    runs_of,
    same,
    says,
    upright_in,
)

DOUBTFUL = 48_880  # the training image, a validation image, that the pictures show
ALMOST = 1e-4  # float32 sums, added up in another order
WORDS = {10: "ten", 20: "twenty"}


def neurons_are(ax, weights):
    """Check that a panel shows the weights (784, 128) of neurons 8 to 15 as tiles."""
    image = upright_in(ax)
    shown = image.get_array()
    columns = shown.shape[1] // 30
    for number in range(8):
        row, column = 30 * (number // columns) + 1, 30 * (number % columns) + 1
        tile = shown[row : row + 28, column : column + 28]
        expected = weights[:, 8 + number].reshape(28, 28)
        same(tile, expected, "a tile does not show its neuron's weights")
    plus, minus = (sum(image.cmap(image.norm(v))[:3]) for v in (0.3, -0.3))
    assert plus < minus, "weights below 0 are darker than those above"


def answer_is(ax, weights, mnist):
    """Check that a panel shows what these weights make of the doubtful image."""
    given = outputs(weights, mnist.x_train[DOUBTFUL : DOUBTFUL + 1])[0]
    edges, widths, heights = bars_in(ax)
    same(edges + widths / 2, np.arange(10), "the bars are not at the digits")
    same(heights, given, "a bar is not its digit's probability", within=ALMOST)
    black = [sum(bar.get_facecolor()[:3]) == 0 for bar in ax.patches]
    same(np.flatnonzero(black), [mnist.y_train[DOUBTFUL]], "black is not the label")


@of("04 train-the-network-9")
def test_start_shows_noise_the_image_and_the_answer(drawn, mnist):
    neurons, image, answer = drawn.panels
    weights = drawn.names["new_model"].get_weights()
    neurons_are(neurons, weights[0])
    same(image_in(image), mnist.x_train[DOUBTFUL] / 255, "another image", ALMOST)
    answer_is(answer, weights, mnist)
    assert mnist.y_train[DOUBTFUL] == 4, "the description speaks of a 4"
    says(drawn, "eight neurons: noise", "digit | probability", "eight", "4", "ten bars")


@of("04 nudge-one-weight-5")
def test_one_weight_has_its_curve_and_its_slope(drawn, mnist):
    (ax,) = drawn.panels
    curve, slope, here = (line.get_data() for line in ax.lines)
    images, labels = mnist.x_train[:128], mnist.y_train[:128]

    def loss(amount):
        weights = [array.copy() for array in drawn.names["start_weights"]]
        weights[4][3, 1] += amount
        return -np.log(outputs(weights, images)[np.arange(128), labels]).mean()

    same(curve[1], [loss(x) for x in curve[0]], "the curve is not the loss", ALMOST)
    rise = (loss(1e-4) - loss(-1e-4)) / 2e-4
    line = loss(0) + rise * slope[0]
    same(slope[1], line, "the dashed line has not the slope at 0", within=0.003)
    same(here, [[0], [loss(0)]], "the dot is not where you stand", within=ALMOST)
    labels = "added to the weight | loss on 128 images"
    says(drawn, "one weight changes", labels, "dashed", "minus 3 to 3", "one weight")


@of("04 one-step-downhill-6")
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


@of("04 375-steps-by-hand-5")
def test_steps_by_hand_have_their_losses(drawn):
    (ax,) = drawn.panels
    has(ax, lines=1)
    losses = drawn.names["hand_losses"]
    same(len(losses), 375, "one epoch should have 375 steps")
    same(ax.lines[0].get_data(), [np.arange(375) + 1, losses], "not the steps' losses")
    says(drawn, "375 steps by hand", "step | loss on that step's batch", "375 steps")


def curves_are(ax, history, measure):
    """Check a panel's training and validation curves, its gap and its star, if any."""
    training, validation = history[measure], history[f"val_{measure}"]
    epochs = np.arange(len(training)) + 1
    lines = {line.get_label(): line for line in ax.lines}
    solid, dashed = lines["training"], lines["validation"]
    same(solid.get_data(), [epochs, training], f"training {measure} is another curve")
    same(dashed.get_data(), [epochs, validation], f"validation {measure} is another")
    styles = [solid.get_linestyle(), dashed.get_linestyle()]
    same(styles, ["-", "--"], "training should be solid, validation dashed")
    has(ax, collections=1)
    names = {text.get_text(): text.get_color() for text in ax.texts}
    for name in {"training", "validation"} & names.keys():
        same(names[name], lines[name].get_color(), f"the name {name} is the other's")
    best = np.argmin(history["val_loss"])
    for star in (line for line in ax.lines if line.get_marker() == "*"):
        at = [epochs[best]], [validation[best]]
        same(star.get_data(), at, "the star is not at the epoch of the lowest loss")
    return best + 1


@of("04 the-same-in-keras-11", "04 train-for-too-long-5")
def test_curves_of_loss_and_accuracy(drawn):
    runs = {"Adam with": "constant_history", "Twenty epochs: over": "long_history"}
    (title,) = (title for title in runs if drawn.title.startswith(title))
    history = drawn.names[runs[title]]
    for ax, measure in zip(drawn.panels, ("loss", "accuracy"), strict=True):
        best = curves_are(ax, history, measure)
        assert ax.lines[2].get_marker() == "*", "the best epoch has no star"
    epochs = f"{WORDS[len(history['loss'])]} epochs"
    words = epochs, f"epoch {best}", "shaded"
    says(drawn, title, "epoch | loss; epoch | accuracy", *words)


@of("04 let-the-steps-shrink-4")
def test_plans_of_the_learning_rate(drawn):
    (ax,) = drawn.panels
    falling, *constants = (line.get_ydata() for line in ax.lines)
    steps = ax.lines[0].get_xdata()
    same(falling, 0.004 * (1 - steps / 3750), "not a straight line to 0", within=1e-8)
    same(constants, [[0.001] * 2, [0.004] * 2], "a constant rate is not constant")
    for text, rate in zip(ax.texts, (0.001, 0.004), strict=False):
        same(text.get_text(), f"constant {rate}", "a line has another's name")
        same(text.get_position()[1], rate, "a name is not at its line")
    words = "0.004", "constant 0.001", "falling"
    says(drawn, "Three plans", "step | learning rate", *words)


@of("04 let-the-steps-shrink-7")
def test_three_rates_share_their_axes(drawn):
    models = {"constant 0.001": "constant_model", "constant 0.004": "large_model"}
    models |= {"falling from 0.004": "model"}
    same([ax.get_title() for ax in drawn.panels], list(models), "another order")
    for ax, (name, model) in zip(drawn.panels, models.items(), strict=True):
        history = drawn.names[model].history.history
        curves_are(ax, history, "loss")
        right = f"{history['val_accuracy'][-1]:.1%}"
        assert ax.texts[0].get_text() == f"{right} right", f"{name}: another share"
        same(ax.get_ylim(), drawn.panels[0].get_ylim(), "the panels' axes differ")
        says(drawn, "Three learning rates", "epoch | loss" + "; epoch | " * 2, name)


@of("04 let-the-steps-shrink-15")
def test_marks_are_the_runs_of_the_table(drawn):
    (ax,) = drawn.panels
    names = [label.get_text() for label in ax.get_yticklabels()]
    same(names, ["constant 0.001", "constant 0.004", "falling from 0.004"], "rows")
    assert ax.yaxis_inverted(), "the first row is not on top"
    for y, name in enumerate(names):
        runs = runs_of("04", name, "accuracy")
        marks, mean = ax.lines[2 * y : 2 * y + 2]
        same(marks.get_data(), [runs, [y] * len(runs)], f"{name}: other runs")
        same(mean.get_xdata(), [np.mean(runs)] * 2, f"{name}: another mean", 1e-9)
    label = "validation accuracy (black line: mean) | learning rate"
    says(drawn, "other seeds", label, "three rows", "ten", "falling from 0.004")


@of("04 two-remedies-stop-in-time-or-drop-some-neurons-7")
def test_lines_lead_from_the_lowest_loss_to_the_last(drawn):
    for ax, name in zip(drawn.panels, ("20 epochs", "20 epochs, dropout"), strict=True):
        same(ax.get_title(), name, "a panel's title is the other's")
        best, lowest, last = (
            runs_of("04", name, quantity)
            for quantity in ("best epoch", "lowest loss", "loss")
        )
        *lines, dots, stars = ax.lines
        for line, *ends in zip(lines, best, lowest, last, strict=True):
            x, y, end = ends
            same(line.get_data(), [[x, 20], [y, end]], f"{name}: another line")
        same(dots.get_data(), [[20] * 10, last], f"{name}: other losses at the end")
        same(stars.get_data(), [best, lowest], f"{name}: other lowest losses")
        same(ax.get_ylim(), (0, 0.19), "the two panels have other axes")
        words = f"epochs {min(best):.0f} and {max(best):.0f}", "ten lines", name
        says(drawn, "Ten seeds: from", "epoch | validation loss; epoch | ", *words)


@of("04 what-happens-to-the-mistakes-5")
def test_histograms_count_wrong_answers_by_confidence(drawn, mnist):
    images, labels = mnist.x_train[48_000:], mnist.y_train[48_000:]
    models = {"stopped in time": "stopped_model", "20 epochs": "long_model"}
    for ax, (name, model) in zip(drawn.panels, models.items(), strict=True):
        same(ax.get_title(), name, "a panel's title is another's")
        given = outputs(drawn.names[model].get_weights(), images)
        wrong = given.argmax(axis=1) != labels
        counts = np.histogram(given[wrong].max(axis=1), np.linspace(0, 1, 11))[0]
        same(bars_in(ax)[2], counts, f"{name}: other counts", within=1)
    labels = "confidence | mistakes; confidence | "
    says(drawn, "sure the network is of its wrong", labels, *models, "two histograms")


@of("04 from-noise-to-strokes-4")
def test_film_shows_the_weights_of_its_steps(drawn, mnist):
    film, columns = drawn.names["film"], np.reshape(drawn.panels, (3, 6)).T
    images, labels = mnist.x_train[48_000:51_000], mnist.y_train[48_000:51_000]
    for (neurons, curve, answer), step in zip(
        columns, (0, 8, 32, 128, 375, 3750), strict=True
    ):
        same(neurons.get_title(), f"step {step:,}", "the moments are others")
        neurons_are(neurons, film[step][0])
        answer_is(answer, film[step], mnist)
        right = (outputs(film[step], images).argmax(axis=1) == labels).mean()
        x, y = curve.lines[1].get_data()
        same([x[0], y[0]], [step, right], "the dot is not at the share", within=0.001)
        same(curve.texts[0].get_text(), f"{right:.0%}", "another share is written")
        same(curve.lines[0].get_xdata()[-1], step, "the curve goes on after the moment")
        says(drawn, "Six moments", drawn_labels(drawn), f"{step:,}")
    same(film[3750][0], drawn.names["model"].get_weights()[0], "the end is another's")


def drawn_labels(drawn):
    """Return the labels that the film's figure should have."""
    rows = ["", "step", "digit"]
    names = ["weights", "read right", "probability"]
    return "; ".join(
        f"{x} | {name * (column == 0)}"
        for x, name in zip(rows, names, strict=True)
        for column in range(6)
        if x or column == 0
    )


@of("04 warm-up-four-sick-trainings-2")
def test_sick_trainings_look_as_their_faults_do(drawn):
    for ax, (name, history) in zip(
        drawn.panels, drawn.names["sick"].items(), strict=True
    ):
        same(ax.get_title(), name, "the pictures are in another order")
        curves_are(ax, history, "loss")
        same(ax.get_ylim(), (0, 4), "the panels have other axes")
    training, validation = (
        {name: np.array(run[key]) for name, run in drawn.names["sick"].items()}
        for key in ("loss", "val_loss")
    )
    assert training["A"][-1] < 0.2, "A should learn its images by heart"
    assert validation["A"][-1] > 1.2 * validation["A"].min(), "and its loss climb"
    assert training["B"][-1] < training["B"][0] - 0.5, "B should learn by heart, too"
    assert validation["B"][-1] > validation["B"][0] + 0.5, "but help nobody"
    assert training["C"][1:].min() > 2, "C should learn nothing"
    assert abs(training["D"] - validation["D"]).max() < 0.3, "D's losses should agree"
    assert training["D"][-1] < training["D"][-2], "and still fall"
    labels = "epoch | loss" + "; epoch | " * 3
    says(drawn, "Training loss: solid", labels, "A", "B", "C", "D", "four panels")
