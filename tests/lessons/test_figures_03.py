"""The figures of lesson 03 show what their titles, labels and descriptions say."""

import re

import numpy as np
from scipy.special import softmax

from figures import bars_in, image_in, of, same, says, upright_in

ALMOST = 1e-4  # float32 sums, added up in another order


@of("03 build-the-network-6")
def test_mean_digits_vote_and_their_votes_add_up_to_the_scores(drawn, mnist):
    image = mnist.x_train[48_000 + 7396] / 255
    seen, labels = mnist.x_train[:48_000], mnist.y_train[:48_000]
    means = np.stack([seen[labels == digit].mean(axis=0) for digit in range(10)]) / 255
    squares = ((image - means) ** 2).sum(axis=(1, 2))
    scores = ((image**2).sum() - squares) / 2  # near means high
    rows = [drawn.panels[start : start + 11] for start in (0, 11, 22)]
    same(image_in(rows[1][0]), image, "the image on the left is another", ALMOST)
    names = [row[0].texts[0].get_text() for row in rows if row[0].texts]
    same(names, ["the mean digits", "sums of\nthe votes"], "a row has another's name")
    tops, middles, bottoms = (row[1:] for row in rows)
    for digit, (top, votes, bar) in enumerate(zip(tops, middles, bottoms, strict=True)):
        same(top.get_title(), str(digit), "the digits do not stand in order")
        same(image_in(top), means[digit], f"not the mean {digit}", ALMOST)
        shown = upright_in(votes)
        score = shown.get_array().sum()
        same(
            score, scores[digit], f"the votes for {digit} add up to another score", 0.01
        )
        dark, pale = (sum(shown.cmap(shown.norm(v))[:3]) for v in (0.4, -0.4))
        assert dark < pale, "votes against a digit are darker than those for it"
        same(bars_in(bar)[2], [score], f"the bar of {digit} is not its score", 0.01)
        same(
            bar.texts[0].get_text(), f"{scores[digit]:.1f}", "a bar has another number"
        )
        black = sum(bar.patches[0].get_facecolor()[:3]) == 0
        same(black, digit == scores.argmax(), "the highest bar alone should be black")
    says(drawn, "Each pixel votes", "", "5", "dark blue", "pale red", "mean digits")


@of("03 one-neuron-with-a-bend-4")
def test_drawn_neuron_multiplies_adds_and_bends(drawn):
    for ax, inputs in zip(
        drawn.panels, ([0.5, 0.1, 0.8], [0.5, 0.9, 0.2]), strict=True
    ):
        weights, bias = np.array([0.6, -1.0, 1.5]), -0.4
        total = inputs @ weights + bias
        texts = [text.get_text().strip() for text in ax.texts if text.get_text()]
        products = [
            f"x {w:.1f} = {w * x:.1f}" for w, x in zip(weights, inputs, strict=True)
        ]
        circles = [f"{value:.1f}" for value in (*inputs, total, max(total, 0))]
        heads = ["inputs", "weights", "sum, with\nbias -0.4", "bend", "output"]
        same(texts, products + circles + heads, "a text is another neuron's")
        solid = [line.get_linestyle() == "-" for line in ax.lines]
        same(solid, weights > 0, "solid lines should be the positive weights")
        thick = [line.get_linewidth() for line in ax.lines]
        same(np.argsort(thick), np.argsort(abs(weights)), "thicker should be larger")
        (bend,) = ax.child_axes
        same(bend.lines[0].get_data(), [[-2, 0, 2], [0, 0, 2]], "the bend is not ReLU")
        dot = [[total], [max(total, 0)]]
        same(bend.lines[1].get_data(), dot, "the dot is not at the sum")
    says(drawn, "One neuron", "", "1.0", "0.7", "0.0", "twice", "bent")


@of("03 why-bend-4")
def test_three_bends_add_up_to_a_crooked_line(drawn):
    bent, straight = drawn.panels
    for ax, title in (bent, "bent: a crooked line"), (straight, "not bent: a straight"):
        assert ax.get_title().startswith(title), "the panels are exchanged"
        *parts, total = sorted(ax.lines, key=lambda line: line.get_linewidth())
        same(len(parts), 3, "three neurons should be drawn")
        adds_up = np.sum([line.get_ydata() for line in parts], axis=0)
        same(total.get_ydata(), adds_up, "the thick line is not the sum of the others")
        names = [text.get_text() for text in ax.texts]
        same(
            names, ["neuron 1", "neuron 2", "neuron 3", "sum"], "a line lacks its name"
        )
        x, y = total.get_data()
        turns = x[1:-1][abs(np.diff(y, 2)) > 1e-6]
        bends = [-2, 0, 1.5] if ax is bent else []
        same(turns.round(6), bends, "the sum bends elsewhere")
    same(bent.get_ylim(), straight.get_ylim(), "the two panels have other axes")
    says(drawn, "bent", "input | output; input | ", "three", "sum", "straight")


@of("03 push-one-image-through-by-hand-6")
def test_the_five_flows_through_this_network(drawn, mnist):
    (ax,) = drawn.panels
    w1, b1, w2, b2, w3, b3 = drawn.names["model"].get_weights()
    pixels = mnist.x_train[48_000 + 7396].ravel() / 255
    first = np.maximum(pixels @ w1 + b1, 0)
    second = np.maximum(first @ w2 + b2, 0)
    shares = softmax(second @ w3 + b3)
    for image, values in zip(ax.images, (pixels, first, second), strict=True):
        problem = "a column shows other values than this image gives"
        same(image.get_array().ravel(), values, problem, ALMOST)
    texts = [text.get_text() for text in ax.texts]
    names = ["784 pixels", "128 neurons", "32 neurons", "10 probabilities"]
    same(
        [text for text in texts if " " in text][:4], names, "a column has another name"
    )
    widths = [bar.get_width() for bars in ax.containers for bar in bars]
    same(np.array(widths) / 14, shares, "a bar is not its digit's probability", ALMOST)
    same([t for t in texts if "." in t], [f"{p:.2f}" for p in shares], "wrong numbers")
    same([t for t in texts if re.fullmatch(r"\d", t)], list("0123456789"), "digits")
    heights = [bar.get_y() for bars in ax.containers for bar in bars]
    assert heights == sorted(heights, reverse=True), "the bars do not stand in order"
    # The lines into the answer: the three strongest signals, and what they do.
    answer = shares.argmax()
    end = [62, 30.4 - 3.2 * answer]
    signals = second * w3[:, answer]
    into = [line for line in ax.lines if np.allclose(line.get_xydata()[1], end)]
    sources = [round(31.5 - line.get_ydata()[0]) for line in into]
    same(sorted(sources), sorted(np.argsort(-abs(signals))[:3]), "not the strongest")
    solid = [line.get_linestyle() == "-" for line in into]
    same(solid, signals[sources] > 0, "a solid line should raise, a dashed one lower")
    same(len(ax.lines), 3 + 6 + 12, "three signals, two into each, two into each again")
    says(drawn, "A 5 flows", "", "784 pixels", "128 neurons", "32", answer)


@of("03 what-a-network-knows-before-training-3")
def test_penalty_is_minus_the_logarithm(drawn):
    (ax,) = drawn.panels
    curve, *others = ax.lines
    p, loss = curve.get_data()
    same(loss, -np.log(p), "the curve is not -ln p")
    dots = [line.get_xydata()[0] for line in others if line.get_marker() == "o"]
    marked = [0.9, 0.5, 0.1, 0.01]
    same(dots, [[p, -np.log(p)] for p in marked], "a dot is not on the curve")
    for text, p in zip(ax.texts, marked, strict=True):
        words = f"p = {p}: loss {-np.log(p):.2f}\n"
        assert text.get_text().startswith(words), f"the dot at {p} says something else"
        label = "probability p given to the right digit | loss = -ln p"
        says(drawn, "right digit", label, p, f"{-np.log(p):.2f}")
