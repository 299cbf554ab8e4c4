"""The figures of lesson 12 show what their titles, labels and descriptions say."""

import re

import numpy as np
from sklearn.decomposition import PCA

from figures import curves_in, has, image_in, of, same, says, upright_in

ALMOST = 1e-4  # float32 sums, added up in another order
FOLDS = slice(48_000, None)  # the validation images


def layers(weights, images):
    """Return the outputs of the hidden layers and the scores, by NumPy alone."""
    W1, b1, W2, b2, W3, b3 = (np.float64(w) for w in weights)
    hidden_1 = np.maximum(images @ W1 + b1, 0)
    hidden_2 = np.maximum(hidden_1 @ W2 + b2, 0)
    return hidden_1, hidden_2, hidden_2 @ W3 + b3


def slopes_of_lead(weights, image, digit):
    """Return the slopes of a digit's lead, by the chain rule and NumPy alone."""
    W1, _, W2, _, W3, _ = (np.float64(w) for w in weights)
    hidden_1, hidden_2, _ = layers(weights, image)
    back = (W3[:, digit] - W3.mean(axis=1)) * (hidden_2 > 0)
    return W1 @ ((W2 @ back) * (hidden_1 > 0))


def first_seven(drawn, mnist):
    """Return the first 7 of the validation images that the trained network reads."""
    images = mnist.x_train[FOLDS][mnist.y_train[FOLDS] == 7].reshape(-1, 784) / 255
    read = layers(drawn.names["networks"]["trained"], images)[2].argmax(axis=1)
    return images[(read == 7).argmax()]


def blue_is_for(ax):
    """Check that a panel's positive numbers are dark blue and its negative pale red."""
    image = upright_in(ax)
    plus, minus = (image.cmap(image.norm(s * image.norm.vmax)) for s in (0.9, -0.9))
    assert plus[2] > plus[0], "what is positive is not blue"
    assert minus[0] > minus[2], "what is negative is not red"
    assert sum(plus[:3]) < sum(minus[:3]), "blue should be darker than red"
    same(image.norm.vmin, -image.norm.vmax, "white is not 0")
    return image.get_array()


def tiles_in(ax):
    """Return the eight tiles of 28 x 28 in a row, without their frames."""
    row = np.asarray(blue_is_for(ax))
    same(row.shape, (30, 240), "a row should hold eight tiles")
    return np.stack(np.split(row, 8, axis=1))[:, 1:-1, 1:-1]


@of("12 see-inside-the-network-12")
def test_rows_are_the_weights_of_the_networks_they_name(drawn):
    networks = drawn.names["networks"]
    same([ax.get_ylabel() for ax in drawn.panels], list(networks), "rows exchanged")
    for ax, (name, weights) in zip(drawn.panels, networks.items(), strict=True):
        shown = weights[0][:, 8:16].T.reshape(8, 28, 28)
        same(tiles_in(ax), shown, f"these are not neurons 8 to 15 of {name}", ALMOST)
    names = " | untrained;  | after one epoch;  | trained;  | lesson 09's"
    says(drawn, "Neurons 8 to 15", names, "untrained", "trained", "lesson 09", "bar")


@of("12 strokes-or-clouds-5")
def test_one_row_is_noise_and_the_other_is_trained(drawn):
    noise, learned = map(tiles_in, drawn.panels)
    weights = drawn.names["networks"]["trained"][0]
    shown = weights[:, 16:24].T.reshape(8, 28, 28)
    same(learned, shown, "B is not the trained network", ALMOST)

    def alike(tiles):
        tiles = tiles[:, 4:24, 4:24]
        pairs = (tiles[:, 1:], tiles[:, :-1]), (tiles[:, :, 1:], tiles[:, :, :-1])
        found = [
            [np.corrcoef(p.ravel(), q.ravel())[0, 1] for p, q in zip(a, b, strict=True)]
            for a, b in pairs
        ]
        return np.median(np.mean(found, axis=0))

    every = weights.T.reshape(-1, 28, 28)
    difference = abs(alike(drawn.names["clouds"]["trained"]) - alike(every))
    assert difference < 0.05, "the noise is not as smooth as the network"
    same(noise, drawn.names["clouds"]["trained"][:8], "A is other noise", ALMOST)
    says(drawn, "One row is blurred noise", " | A;  | B", "top", "bottom")


@of("12 strokes-or-clouds-9")
def test_dots_are_the_shares_of_the_best_bar(drawn):
    (ax,) = drawn.panels
    names = list(drawn.names["networks"])
    labels = [label.get_text() for label in ax.get_yticklabels()]
    same(labels, names, "the rows have other names")
    rows, columns = np.mgrid[-4:5, -4:5]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    lines = [line for line in ax.lines if line.get_marker() != "o"]
    for row, name in enumerate(names):
        x, y = dots[row].get_data()
        assert (abs(y - row) < 0.4).all(), f"{name}: the dots lie in another row"
        tiles = drawn.names["networks"][name][0].T.reshape(-1, 28, 28)[:, 4:24, 4:24]
        best = np.zeros(len(tiles))
        for turn in range(12):  # the slow way: one bar, one place at a time
            angle = np.pi * turn / 12
            bar = np.exp(-((columns * np.sin(angle) - rows * np.cos(angle)) ** 2) / 3)
            bar = (bar - bar.mean()) / np.linalg.norm(bar - bar.mean())
            for r in range(12):
                for c in range(12):
                    fit = (tiles[:, r : r + 9, c : c + 9] * bar).sum(axis=(1, 2)) ** 2
                    best = np.maximum(best, fit)
        best /= (tiles**2).sum(axis=(1, 2))
        same(x, best, f"{name}: a dot is not what its best bar explains", ALMOST)
        limit = lines[row].get_xdata()[0]
        said = f"{(best > limit).sum()} of 128"
        same(ax.texts[row].get_text(), said, f"{name}: another count")
    label = "share of a neuron's weight that one bar explains | network"
    says(
        drawn, "Right of the line", label, 128, "untrained", "lesson 09", "95 per cent"
    )
    assert "more than half of them left" in drawn.alt, "`alt` says something else"
    for row, name in enumerate(names[1:3], start=1):
        x, limit = dots[row].get_xdata(), lines[row].get_xdata()[0]
        assert (x > limit).mean() < 0.5, f"{name}: most dots lie right of the line"


@of("12 without-work-pixels-and-neurons-7")
def test_empty_pixels_and_lit_neurons(drawn, mnist):
    left, right = drawn.panels
    seen = mnist.x_train[:48_000]
    same(image_in(left), seen.max(axis=0) == 0, "not the pixels without ink")
    curves = curves_in(right)
    same(list(curves), ["trained", "lesson 09's"], "the legend names other networks")
    for name, ((_, shares),) in curves.items():
        weights = drawn.names["networks"][name]
        hidden_1 = layers(weights, seen[:6000].reshape(-1, 784) / 255)[0]
        expected = np.sort((hidden_1 > 0).mean(axis=0))
        same(shares, expected, f"{name}: not how often neurons are lit", 0.03)
        same(np.sort(shares), shares, f"{name}: the neurons are not sorted")
    labels = "neurons of hidden_1, sorted | share of images"
    says(drawn, "How often a neuron is lit", labels, 128, "solid blue", "dashed red")
    (dead,), (never,) = curves["trained"], curves["lesson 09's"]
    assert dead[1][0] == 0, "`alt` says that the solid curve begins at 0"
    assert never[1][0] > 0, "`alt` says that the dashed curve never touches 0"


@of("12 who-speaks-for-a-7-4")
def test_paths_carry_what_the_neurons_pay(drawn, mnist):
    (ax,) = drawn.panels
    seven, weights = first_seven(drawn, mnist), drawn.names["networks"]["trained"]
    h1, h2, scores = layers(weights, seven)
    W1, _, W2, _, W3, _ = weights
    paid = h2 * (W3[:, 7] - W3.mean(axis=1))
    best = np.argsort(-paid)[:3]
    texts = [text.get_text() for text in ax.texts]
    circles = [text for text in texts if re.fullmatch(r"\d\d?", text)][:3]
    same(circles, [str(j) for j in best], "not the three neurons that pay most")
    sources = [np.argsort(-h1 * W2[:, j])[:2] for j in best]
    named = [f"neuron {i}\nof 128" for pair in sources for i in pair]
    same([t for t in texts if "of 128" in t], named, "other neurons of hidden_1")
    numbers = []
    for j, pair in zip(best, sources, strict=True):
        numbers += [f"+{h1[i] * W2[i, j]:.1f}" for i in pair] + [f"+{paid[j]:.1f}"]
    same([t for t in texts if t[0] == "+"], numbers, "a line has another number")
    for image, i in zip(ax.images, np.ravel(sources), strict=True):
        tile = (seven * W1[:, i]).reshape(28, 28)[4:24, 4:24]
        same(image.get_array(), tile, f"not the ink times neuron {i}'s weights", ALMOST)
    bars = [bar for group in ax.containers for bar in group]
    lengths = [bar.get_width() for bar in bars]
    same(lengths, (scores - scores.mean()) / 8, "a bar is not its digit's lead", ALMOST)
    black = [sum(bar.get_facecolor()[:3]) == 0 for bar in bars]
    same(np.flatnonzero(black), [7], "the bar of the 7 alone should be black")
    same(np.argmax(lengths), 7, "`alt` says that the bar of the 7 is the longest")
    ends = [line.get_data() for line in ax.lines if line.get_marker() != "o"]
    height = bars[7].get_y() + bars[7].get_height() / 2
    same([y[1] for x, y in ends if x[1] > 10], [height] * 3, "lines miss the 7's bar")
    says(drawn, "What speaks for this 7", "", "six", "three circles", "black")


@of("12 layers-as-maps-5")
def test_maps_are_those_of_the_layers(drawn, mnist):
    images = mnist.x_train[FOLDS][:2000].reshape(-1, 784) / 255
    labels = mnist.y_train[FOLDS][:2000]
    hidden_1, hidden_2, _ = layers(drawn.names["networks"]["trained"], images)
    spaces = {"pixels": images, "hidden_1": hidden_1, "hidden_2": hidden_2}
    for ax, (name, values) in zip(drawn.panels, spaces.items(), strict=True):
        places = PCA(2, svd_solver="full").fit_transform(values)
        assert ax.get_title().startswith(name), "the maps are exchanged"
        order = []
        for digit, line in enumerate(ax.lines):
            mine = places[labels == digit]
            shown = np.transpose(line.get_data())
            same(abs(shown), abs(mine), f"{name}: not the places of the {digit}s", 0.05)
            order.append(line.get_color())
            same(ax.texts[digit].get_text(), str(digit), "another digit")
            middle = np.median(shown, axis=0)
            same(ax.texts[digit].get_position(), middle, f"not amid the {digit}s", 0.01)
        assert len(set(order)) == 10, "two digits have the same colour"
        apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
        np.fill_diagonal(apart, np.inf)
        nearest = labels[np.argsort(apart, axis=1, kind="stable")[:, :15]]
        votes = (nearest[:, :, None] == np.arange(10)).sum(axis=1).argmax(axis=1)
        share = int(re.search(r"(\d+)% right", ax.get_title())[1]) / 100
        same(share, (votes == labels).mean(), f"{name}: another share is right", 0.008)
    says(drawn, "hidden_2", "", "ten colours", "left", "right")


@of("12 which-ink-spoke-for-it-6")
def test_rows_show_slope_ink_times_slope_and_integrated(drawn, mnist):
    seven, names = first_seven(drawn, mnist), drawn.names
    networks = {"trained": names["networks"]["trained"], "shuffled": names["shuffled"]}
    for mixed, weights in zip(names["shuffled"], networks["trained"], strict=True):
        same(np.sort(mixed.ravel()), np.sort(weights.ravel()), "not the same weights")
        assert weights.size < 20 or (mixed != weights).any(), "nothing is shuffled"
    rows = drawn.panels[:4], drawn.panels[4:]
    for row, (name, weights) in zip(rows, networks.items(), strict=True):
        same(row[0].get_ylabel(), name, "the rows are exchanged")
        same(image_in(row[0]), seven.reshape(28, 28), "another image", ALMOST)
        slope = slopes_of_lead(weights, seven, 7)
        parts = (np.arange(20) + 0.5) / 20
        way = [slopes_of_lead(weights, part * seven, 7) for part in parts]
        expected = {"slope": slope, "ink x slope": seven * slope}
        expected["integrated"] = seven * np.mean(way, axis=0)
        for ax, (title, part) in zip(row[1:], expected.items(), strict=True):
            same(ax.get_title(), title, "the columns are exchanged")
            shown = blue_is_for(ax)
            problem = f"{name}: this is not {title}"
            same(shown, part.reshape(28, 28), problem, 0.02 * abs(part).max())
    labels = " | trained;  | shuffled"
    says(drawn, "Dark blue speaks for a 7", labels, "shuffled", "slopes", "trained")


@of("12 when-such-a-picture-misleads-5")
def test_curves_are_what_erasing_leaves(drawn, mnist):
    (ax,) = drawn.panels
    curves = curves_in(ax)
    same(list(curves), list(drawn.names["loudest"]), "the legend names other ways")
    images = mnist.x_train[FOLDS][:1000].reshape(-1, 784) / 255
    labels = mnist.y_train[FOLDS][:1000]
    weights = drawn.names["networks"]["trained"]
    for name, ((counts, shares),) in curves.items():
        same(counts, [0, 5, 10, 20, 40], f"{name}: other numbers of pixels")
        for count, share in zip(counts, shares, strict=True):
            order = np.argsort(-drawn.names["loudest"][name], axis=1, kind="stable")
            rows = np.arange(1000)[:, np.newaxis]
            erased = images.copy()
            erased[rows, order[:, :count]] = 0
            right = (layers(weights, erased)[2].argmax(axis=1) == labels).mean()
            same(share, right, f"{name}: another share at {count} pixels", 0.0011)
    steep = [abs(slopes_of_lead(weights, images[i], labels[i])) for i in range(5)]
    same(drawn.names["loudest"]["steepest"][:5], steep, "not the slopes", 0.001)
    says(drawn, "Erase the pixels", "pixels erased | share still read right", "five")


@of("12 a-digit-that-fools-it-5")
def test_both_rows_step_by_the_same_size(drawn, mnist):
    seven = first_seven(drawn, mnist)
    size = float(re.search(r"moves by ([\d.]+)", drawn.title)[1])
    weights = drawn.names["networks"]["trained"]
    _, _, scores = layers(weights, seven)
    shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    # Up the loss: what lifts the others, by their shares, more than the 7.
    leads = [slopes_of_lead(weights, seven, digit) for digit in range(10)]
    uphill = sum(s * lead for s, lead in zip(shares, leads, strict=True)) - leads[7]
    kinds = f"{size} uphill", f"{size} at random"
    for row, kind in zip((drawn.panels[:3], drawn.panels[3:]), kinds, strict=True):
        same(row[1].get_title(), kind, "the rows are exchanged")
        same(image_in(row[0]), seven.reshape(28, 28), "another image", ALMOST)
        signs = 2 * np.asarray(image_in(row[1])) - 1
        changed = np.clip(seven.reshape(28, 28) + size * signs, 0, 1)
        same(image_in(row[2]), changed, "the sum is another", ALMOST)
        answer = layers(weights, changed.ravel())[2].argmax()
        same(row[2].get_title(), f"read as {answer}", "it is read as something else")
        if "uphill" in kind:
            strong = abs(uphill) > 1e-3 * abs(uphill).max()
            way = np.sign(uphill)[strong]
            same(signs.ravel()[strong], way, "these are not the signs uphill")
            assert answer != 7, "`alt` says that this one names another digit"
        else:
            assert abs(signs.mean()) < 0.2, "these signs are not random"
            same(answer, 7, "`alt` says that this one is read as a 7")
    says(drawn, "Each pixel moves by", "", "signs", "uphill", "random", "two rows")


@of("12 a-digit-that-fools-it-8")
def test_accuracies_are_those_of_the_steps(drawn, mnist):
    (ax,) = drawn.panels
    curves = curves_in(ax)
    has(ax, lines=4)
    images, labels = mnist.x_test.reshape(-1, 784) / 255, mnist.y_test
    signs = drawn.names["signs"]
    for (name, kind), stored in drawn.names["fooled"].items():
        ((sizes, shares),) = curves[f"{name}, {kind}"]
        same(shares, stored, "the curves are exchanged")
        line = next(x for x in ax.lines if x.get_label() == f"{name}, {kind}")
        same(line.get_linestyle() == "-", kind == "uphill", "solid should be uphill")
        if kind == "random":
            weights = drawn.names["networks"][name]
            for size, share in zip(sizes, shares, strict=True):
                changed = np.clip(images + size * signs, 0, 1)
                right = (layers(weights, changed)[2].argmax(axis=1) == labels).mean()
                same(share, right, f"{name}: another accuracy at {size}", 0.0006)
        assert ax.get_ylim()[0] == 0, "an axis that is cut off exaggerates"
    label = "size of the step (full ink is 1) | test accuracy"
    says(drawn, "Small steps uphill (solid)", label, "solid", "dashed", "below 0.3")
    fooled = drawn.names["fooled"]
    assert fooled["trained", "uphill"][3] < 0.3, "`alt` says below 0.3 at 0.1"
    ends = fooled["lesson 09's", "uphill"][3:]
    same(ends, [0.5, 0.2], "`alt` says a half and a fifth", 0.05)
