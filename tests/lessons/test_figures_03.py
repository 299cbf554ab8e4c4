"""The figures of lesson 03 show what their titles, labels and descriptions say."""

from itertools import pairwise, product

import numpy as np

from figures import has, of, same, says


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
