"""The figures of lesson 14 show what their titles, labels and descriptions say."""

import re

import numpy as np

from figures import has, image_in, of, outputs, same, says, upright_in


def through(weights, bits, axis):
    """Return weights as they come back from so many bits, computed apart."""
    low, high = weights.min(axis=axis), weights.max(axis=axis)
    step = (high - low) / (2**bits - 1)
    zero = np.rint(-low / step)
    steps = np.clip(np.rint(weights / step), -zero, 2**bits - 1 - zero)
    return steps * step


def changed_by_hand(names, x, bits, axis):
    """Return how many answers change when all weights go through so many bits."""
    arrays = [a.astype(float) for a in names["model"].get_weights()]

    def answers_of(arrays):
        h = x
        for k in 0, 2:
            h = np.maximum(h @ arrays[k] + arrays[k + 1], 0)
        return (h @ arrays[4] + arrays[5]).argmax(axis=1)

    kept = [through(a, bits, axis) if a.ndim == 2 else a for a in arrays]
    return (answers_of(kept) != answers_of(arrays)).sum()


@of("14 ship-the-network-10")
def test_opening_shows_one_neuron_with_fewer_and_fewer_bits(drawn):
    weights = drawn.names["model"].get_weights()[0]
    column = weights[:, weights.std(axis=0).argmax()]
    sizes = {32: 420, 8: 105, 4: 52, 3: 39, 2: 26}
    for ax, (bits, size) in zip(drawn.panels, sizes.items(), strict=True):
        shown = upright_in(ax).get_array().ravel()
        step = (weights.max() - weights.min()) / (2**bits - 1)
        off = abs(shown - column).max()
        said = "a weight is off by more than a half"
        assert off <= 0.51 * step + 1e-6, f"{bits} bits: {said}"
        few = len(np.unique(shown))
        assert few <= 2**bits, f"{bits} bits cannot store {few} weights"
        assert bits > 4 or off > 0.1 * step, "nothing was rounded"
        same(ax.get_title(), f"{bits} bits: {size} kB", "another title")
        image = ax.images[0]
        red, white, blue = (image.cmap(image.norm(v)) for v in (-9, 0, 9))
        assert red[0] > red[2], "weights against ink should be red"
        assert blue[2] > blue[0], "weights for ink should be blue"
        assert min(white[:3]) > 0.9, "0 should be white"
    says(drawn, "the size of the whole network", "", "neuron", "32, 8, 4, 3 and 2 bits")


@of("14 eight-bits-by-hand-6")
def test_histograms_show_all_weights_and_what_4_bits_store(drawn):
    weights = drawn.names["model"].get_weights()[0]
    narrow = np.ptp(weights, axis=0).argmin()
    steps = []
    for ax, part in zip(drawn.panels, (weights, weights[:, narrow]), strict=True):
        heights = [bar.get_height() for bar in ax.containers[0]]
        same(sum(heights), part.size, "not all weights are counted")
        edges = ax.containers[0][0].get_x(), ax.containers[0][-1].get_x()
        assert edges[0] <= part.min() + 1e-6, "the lowest weight is cut off"
        assert edges[1] <= part.max(), "the bars reach beyond the weights"
        lines = np.array([line.get_xdata()[0] for line in ax.lines])
        same(len(lines), 16, "4 bits store sixteen weights")
        step = (part.max() - part.min()) / 15
        same(np.diff(lines), [step] * 15, "the lines are not a scale apart", 1e-6)
        assert abs(lines).min() < 1e-6, "no line at the weight 0"
        steps.append(step)
    assert steps[0] > 2 * steps[1], "`alt`: the neuron's lines lie much closer"
    titles = [ax.get_title() for ax in drawn.panels]
    same(titles[1], f"a scale of its own for neuron {narrow}", "another neuron")
    labels = "weight | how many; weight | how many"
    says(drawn, "one scale for the layer", labels, "sixteen", "narrow")


@of("14 eight-bits-by-hand-10")
def test_lines_show_how_many_answers_stay(drawn, mnist):
    (ax,) = drawn.panels
    has(ax, lines=2)
    x = mnist.x_test.reshape(-1, 784) / 255
    legend = [text.get_text() for text in ax.get_legend().texts]
    same(legend, ["a scale a neuron", "a scale a layer"], "other names")
    neuron, layer = (np.array(line.get_data()) for line in ax.lines)
    for line, axis, words in (neuron, 0, "neuron"), (layer, None, "layer"):
        same(line[0], np.arange(8, 1, -1), "other bits")
        for bits in 8, 4, 2:
            stay = 10_000 - changed_by_hand(drawn.names, x, bits, axis)
            problem = f"not the answers that stay with {bits} bits, a scale a {words}"
            same(line[1][8 - bits], stay, problem, within=2)
    assert ax.xaxis_inverted(), "the bits should fall to the right"
    assert min(neuron[1][:6].min(), layer[1][:6].min()) > 9_500, "`alt`: at the top"
    assert layer[1][-1] < neuron[1][-1] - 1_000, "`alt`: the layer's falls far"
    same(ax.get_ylim()[0], 0, "the scale does not begin at 0")
    labels = "bits of a weight | answers the same, of 10,000"
    says(drawn, "Four bits are nearly enough", labels, "2 bits", "one scale a neuron")


@of("14 one-table-one-picture-6")
def test_size_against_agreement_has_every_form_at_its_place(drawn, mnist):
    (ax,) = drawn.panels
    names = drawn.names
    legend = [text.get_text() for text in ax.get_legend().texts]
    x = mnist.x_test.reshape(-1, 784) / 255
    for line, words, axis in zip(ax.lines, legend, (0, None), strict=False):
        assert ("neuron" in words) == (axis == 0), "a line has the other's name"
        sizes, changed = np.array(line.get_data())
        counted = [(104_768 * bits / 8 + 4 * 170) / 1000 for bits in range(8, 1, -1)]
        scales = 8 * (170 if axis == 0 else 3) / 1000
        same(sizes, np.add(counted, scales), "not the bytes of weights and biases")
        for bits in 8, 4, 2:
            found = changed_by_hand(names, x, bits, axis)
            same(changed[8 - bits], found, f"{bits} bits: not what changes", within=2)
    expected = {
        "Keras with optimizer": names["folder"] / "with-optimizer.keras",
        "Keras": names["folder"] / "digits.keras",
        "NumPy float16": names["folder"] / "float16.npz",
        "LiteRT 8-bit weights": names["folder"] / "weights.tflite",
        "LiteRT 8 bits": names["folder"] / "whole.tflite",
        "ONNX float32": names["folder"] / "digits.onnx",
    }
    dots = {text.get_text(): text.xy for text in ax.texts}
    same(sorted(dots), sorted(expected), "a form is missing, or new")
    drawn_at = {tuple(np.ravel(line.get_data())) for line in ax.lines[2:]}
    for name, file in expected.items():
        same(dots[name][0], file.stat().st_size / 1000, f"{name}: another size")
        assert tuple(dots[name]) in drawn_at, f"{name}: no mark at its name"
        same(dots[name][1], 10_000 - names["forms"][name]["same"], f"{name}: changed")
    for name in "Keras with optimizer", "Keras", "NumPy float16", "ONNX float32":
        assert dots[name][1] <= 2, f"`alt`: {name} lies at the bottom"
    scales = ax.get_xscale(), ax.get_yscale()
    same(scales, ["log", "symlog"], "the scales are not logarithmic")
    assert re.search("logarithmic", drawn.alt), "`alt` says which scales"
    labels = "size in kB | changed answers of 10,000"
    says(drawn, "A quarter of the bytes", labels, "float16", "8 to 2 bits", "optimizer")


def worth_of(names, x, labels):
    """Return how often right, and how sure on average, the network is on images x."""
    ten = outputs(names["model"].get_weights(), x)
    return (ten.argmax(axis=1) == labels).mean(), ten.max(axis=1).mean()


@of("14 a-model-card-10")
def test_picture_shows_what_the_card_warns_of(drawn, mnist):
    x = mnist.x_test.astype(float)
    noise = drawn.names["strange"]["noise, no digit at all"]
    moved = np.concatenate([x[:, :, -4:], x[:, :, :-4]], axis=2)  # around the edge
    kinds = {"as it is": x, "shifted by 4 pixels": moved}
    kinds |= {"upside down": x[:, ::-1, ::-1], "inverted": 255 - x, "noise": noise}
    worth = []
    for ax, (name, images) in zip(drawn.panels, kinds.items(), strict=True):
        same(ax.get_title(), name, "another kind")
        same(image_in(ax), images[0], f"{name}: this is another image")
        worth.append(worth_of(drawn.names, images, mnist.y_test))
    neighbours = np.corrcoef(noise[:, :, 1:].ravel(), noise[:, :, :-1].ravel())[0, 1]
    assert abs(neighbours) < 0.01, "noise has no strokes"
    said = [re.findall(r"\d+", ax.get_xlabel()) for ax in drawn.panels]
    shown = np.array(said, float) / 100
    same(shown, worth, "another share is right, or another confidence", within=0.0055)
    others = np.array(worth)[1:]
    assert others.max(axis=0)[0] < 0.4, "`alt`: about a third or fewer"
    assert others.min(axis=0)[1] > 0.86, "`alt`: nearly nine tenths sure, or more"
    words = "as it is", "four pixels further right", "upside down", "inverted", "noise"
    labels = "; ".join(f"{ax.get_xlabel()} | " for ax in drawn.panels)
    says(drawn, "How often right, and how sure", labels, *words)
