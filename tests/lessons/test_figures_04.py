"""The figures of lesson 04 show what their titles, labels and descriptions say."""

import numpy as np

from figures import WORDS, curves_in, has, of, same, says


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
