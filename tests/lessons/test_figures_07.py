"""The figures of lesson 07 show what their titles, labels and descriptions say."""

from math import erfc

import numpy as np

from figures import curves_in, has, of, same, says
from tools.course import lesson_paths
from tools.measuring import sweep


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


@of("07 same-code-different-number-5")
def test_first_picture_has_the_mistakes_of_twenty_runs(drawn):
    (ax,) = drawn.panels
    mistakes = np.sort(np.round(1e4 * (1 - swept("07")["C"]["last"])))
    has(ax, collections=1, texts=2)
    x, y = ax.collections[0].get_offsets().T
    same(x, mistakes, "the dots are not the mistakes of C's runs")
    near = np.diff(x) < 2
    assert np.diff(y)[near].all(), "a dot hides another"
    for text, end in zip(ax.texts, (0, -1), strict=True):
        same(text.get_text(), f"{mistakes[end]:.0f}", "an end has another number")
        same(text.xy, [x[end], y[end]], "a number stands beside another dot")
    labels = "mistakes on the 10,000 test images | "
    ends = (f"{mistakes[end]:.0f}" for end in (0, -1))
    says(drawn, "twenty times", labels, "twenty dots", "mistakes", *ends)


@of("07 twenty-seeds-each-6")
def test_strips_have_all_runs_the_claims_and_the_readers_runs(drawn):
    (ax,) = drawn.panels
    labels = [label.get_text() for label in ax.get_yticklabels()]
    strips_are_the_stored_runs(ax, [label[0] for label in labels])
    has(ax, collections=6, lines=5, patches=3)
    for label in labels:
        recipe = drawn.names["RECIPES"][label[0]]
        hidden = "-".join(map(str, recipe["hidden"]))
        words = f"{label[0]}: {hidden}", f", {recipe.get('epochs', 10)} epochs"
        assert label.startswith(words[0]), f"{label} has other layers"
        assert label.endswith(words[1]), f"{label} has other epochs"
        same("one-hot" in label, recipe.get("one_hot", False), f"{label}: its labels")
    found = [patch.get_bbox() for patch in ax.patches]
    boxes = [[*box.intervalx, box.intervaly.mean()] for box in found]
    expected = [[97, 98, 0], [98, 98, 3], [98.15, 98.15, 3]]
    same(boxes, expected, "the claims are others, or stand in another row", 1e-9)
    x, y = ax.collections[5].get_offsets().T
    same(x, 100 * drawn.names["your_runs"], "the rings are not the reader's runs")
    assert (abs(y - 2) < 0.45).all(), "the rings do not stand in row C"
    texts = [text.get_text() for text in ax.get_legend().texts]
    same(texts, ["a run", "mean", "claim", "your run"], "the legend is another's")
    labels = "test accuracy (%) | recipe"
    words = "strip plot", "twenty runs", "five recipes", "claim", "mean", "rings"
    says(drawn, "What two READMEs claim", labels, *words)


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
