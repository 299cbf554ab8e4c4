"""The figures of lesson 11 show what their titles, labels and descriptions say."""

import numpy as np

from figures import bars_in, has, of, same, says, stands_free

# The network on paper, written down once more: weights, biases, weights, biases.
PAPER = [[1, 1], [0.5, -1]], [0, 0.5], [[0.5, -0.5], [1, 2]], [0, 1]


def on_paper():
    """Return all values of the network on paper and its slopes, without backward."""
    w1, b1, w2, b2 = (np.array(array, float) for array in PAPER)

    def loss(*numbers):
        w1, b1, w2, b2 = numbers
        scores = np.maximum(np.array([1, 2]) @ w1 + b1, 0) @ w2 + b2
        return np.log(np.exp(scores).sum()) - scores[1]

    slopes = []
    for number, array in enumerate((w1, b1, w2, b2)):
        slopes.append(np.zeros(array.shape))
        for place in np.ndindex(array.shape):
            pair = []
            for nudge in (1e-5, -1e-5):
                numbers = [w1.copy(), b1.copy(), w2.copy(), b2.copy()]
                numbers[number][place] += nudge
                pair.append(loss(*numbers))
            slopes[number][place] = (pair[0] - pair[1]) / 2e-5
    sums = np.array([1, 2]) @ w1 + b1
    scores = np.maximum(sums, 0) @ w2 + b2
    return sums, scores, np.exp(scores) / np.exp(scores).sum(), slopes


def lines_carry(ax, arrays):
    """Check the numbers on a diagram's lines, their colours, and its biases."""
    has(ax, lines=8)
    texts = {tuple(np.round(t.get_position(), 3)): t.get_text() for t in ax.texts}
    seen = set()
    for line in ax.lines:
        (x, _), (start, end) = line.get_xdata(), line.get_ydata()
        layer, source, target = int(x) // 4, -int(start) // 2, -int(end) // 2
        seen.add((layer, source, target))
        number = float(arrays[2 * layer][source][target])
        place = x + 1.5, round(start + 0.375 * (end - start), 3)
        assert place in texts, "a line carries no number"
        shown = float(texts[place])
        same(shown, number, "a line carries another number", within=6e-4)
        style = "-" if shown > 0 else "--" if shown < 0 else ":"
        same(line.get_linestyle(), style, "a line's style is not its number's sign")
    same(len(seen), 8, "two lines lie on each other")
    for column in (1, 2):
        for row in (0, 1):
            text = texts[4.0 * column, -2.0 * row - 0.75]
            bias = float(text.removeprefix("bias: "))
            expected = float(arrays[2 * column - 1][row])
            same(bias, expected, "a bias is another", within=6e-4)
    return {place: text for place, text in texts.items() if place[0] in (0, 4, 8)}


@of("11 write-the-network-from-scratch-9")
def test_network_on_paper_carries_its_numbers(drawn):
    (ax,) = drawn.panels
    texts = lines_carry(ax, PAPER)
    sums, scores, shares, _ = on_paper()
    for row in (0, 1):
        same(texts[0, -2 * row], f"{row + 1}", "another input")
        bent = f"{sums[row]:g}, bent: {max(sums[row], 0):g}"
        same(texts[4, -2 * row], bent, "another sum")
        answer = f"{scores[row]:g}, so {shares[row]:.0%}"
        same(texts[8, -2 * row], answer, "another answer")
    says(drawn, "twelve numbers", "", "73 %", "27 %", "bent 2", "bent 0", "dashed")


@of("11 blame-on-paper-10")
def test_lines_carry_their_slopes_and_circles_their_blame(drawn):
    (ax,) = drawn.panels
    *_, slopes = on_paper()
    texts = lines_carry(ax, slopes)
    for column in (1, 2):
        for row in (0, 1):
            blame = float(texts[4 * column, -2 * row].removeprefix("blame "))
            expected = slopes[2 * column - 1][row]
            same(blame, expected, "another blame", within=6e-4)
    says(drawn, "Twelve slopes", "", "0.731", "1.462", "dotted gray", "neuron B 0")


@of("11 check-every-slope-4")
def test_errors_of_nudging_are_a_v_and_lower_in_float64(drawn):
    (ax,) = drawn.panels
    has(ax, lines=2, texts=2)
    (fine, errors_64), (coarse, errors_32) = (line.get_data() for line in ax.lines)
    same(errors_64, drawn.names["errors_64"], "not the errors in float64")
    same(errors_32, drawn.names["errors_32"], "not the errors in float32")
    same(fine, 10.0 ** -np.arange(1, 13), "another nudge")
    same(coarse, fine[:7], "another nudge in float32")
    low, best = np.log10(errors_64), int(np.argmin(errors_64))
    assert (np.diff(low[best:]) > 0).all(), "`alt` says that it climbs to the left"
    assert (np.diff(low[: best + 1]) < 0).all(), "`alt` says that it falls at first"
    same(fine[best], 1e-4, "`alt` says that it is lowest near 0.0001")
    same([ax.get_xscale(), ax.get_yscale()], ["log", "log"], "an axis is not so")
    bottom = coarse[np.argmin(errors_32)]
    assert bottom >= 99 * fine[best], "`alt` says: a hundred times as large or more"
    names = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert names["float32"] > names["float64"], "a name is at the other curve"
    stands_free(ax)
    labels = "size of the nudge | error, as a share of the slope"
    says(drawn, "too large, and too small", labels, "V", "float32, dashed red")


@of("11 where-two-roundings-part-4")
def test_roundings_part_in_float32_alone(drawn):
    (ax,) = drawn.panels
    has(ax, lines=1, texts=2, patches=1)
    steps, apart = ax.lines[0].get_data()
    same(steps, drawn.names["MOMENTS"], "not the steps")
    same(apart, drawn.names["apart_32"], "not the differences in float32")
    same([steps[0], steps[-1]], [1, 750], "`alt` says from 1 to 750")
    assert apart[0] < 1e-6, "`alt` says that it starts below a millionth"
    assert apart[-1] > 0.01, "`alt` says that it ends above 0.01"
    jump = np.max(np.diff(np.log10(apart)))
    assert jump > 2, "`alt` says that it jumps by several powers of ten"
    stands_free(ax)
    band = ax.patches[0]
    edges = [band.get_y(), band.get_y() + band.get_height()]
    same(edges, [1e-16, 1e-12], "the band is another")
    assert max(drawn.names["apart_64"]) < edges[1], "float64 is not below the edge"
    same([ax.get_xscale(), ax.get_yscale()], ["log", "log"], "an axis is not so")
    labels = "step | largest difference of two weights"
    says(drawn, "Two roundings part", labels, "float64", "1e-12", "red", "jumps")


@of("11 warm-up-four-suspects-2")
def test_suspects_have_their_errors_and_accuracies(drawn):
    left, right = drawn.panels
    found = np.array(drawn.names["found"])
    has(left, images=1, texts=24)
    for text in left.texts:
        column, row = map(int, text.get_position())
        shown, error = float(text.get_text()), found[row, column]
        same(shown, error, "another error", within=0.5 if error >= 10 else 0.051)
    names = [label.get_text() for label in left.get_yticklabels()]
    arrays = [label.get_text() for label in left.get_xticklabels()]
    same(names, list("ABCD"), "the rows have other names")
    same(arrays, ["W1", "b1", "W2", "b2", "W3", "b3"], "the columns have other names")
    wrong = (found > 1e-3).astype(int)
    pattern = [[1] * 6, [1, 1, 1, 1, 0, 0], [0] * 6, [1, 1, 0, 0, 0, 0]]
    same(wrong, pattern, "`alt` says which arrays are wrong")
    same(found[0], [127] * 6, "`alt` says 127", within=0.01)
    assert (found[1, :4] > 0.05).all(), "`alt` says between 0.1 and 10"
    assert (found[1, :4] < 10).all(), "`alt` says between 0.1 and 10"
    late = drawn.names["SUSPECTS"]["C"]["fix"](1)  # step 2 in place of 1
    same(late, 0.002**0.5 / 0.19, "C has no slip in its correction", within=1e-4)
    _, _, heights = bars_in(right)
    same(heights, drawn.names["reads"], "a bar is not the suspect's accuracy")
    assert min(heights) > 0.8, "`alt` says that all bars are high"
    same(right.get_ylim(), [0, 1], "the bars do not start at 0 and end at 1")
    labels = "array | suspect; suspect | validation accuracy"
    shown = "over a hundred in all six", "bar chart", "suspects"
    says(drawn, "after one epoch", labels, *shown)
