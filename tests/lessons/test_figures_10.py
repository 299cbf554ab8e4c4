"""The figures of lesson 10 show what their titles, labels and descriptions say."""

import re

import numpy as np

from figures import bars_in, has, of, same, says, seen_in, upright_in
from notebooks import code_cells, printed, read
from tools.course import lesson_paths


def probabilities_of(drawn, picture):
    """Return the ten probabilities that lesson 10's network gives for a picture."""
    vectors = np.reshape(picture, (1, 784))
    return drawn.names["model"].predict(vectors, verbose=0)[0]


def is_reading(drawn, page, picture, turns=None):
    """Check a page, what the network sees, and its bars; return the probabilities.

    With `turns`, the bars are what these pictures agree on.
    """
    left, middle, right = drawn.panels
    titles = "the page", "what the network sees"
    same((left.get_title(), middle.get_title()), titles, "a panel has another title")
    shown = upright_in(left).get_array() if np.ndim(page) == 3 else seen_in(left)
    same(shown, page, "this is not the page", 1e-6)
    problem = "this is not the picture made of the page"
    same(seen_in(middle), picture, problem, 1e-6)
    seen = [picture] if turns is None else turns
    readings = np.array([probabilities_of(drawn, one) for one in seen])
    weights = readings.max(axis=1) ** 4  # who hesitates counts less
    probabilities = np.average(readings, axis=0, weights=weights)
    has(right, containers=1)
    bars = right.containers[0]
    problem = "the bars are not what the network says of that picture"
    same([bar.get_width() for bar in bars], probabilities, problem, 1e-5)
    places = [bar.get_y() + bar.get_height() / 2 for bar in bars]
    same(places, range(10), "a bar is not at its digit")
    same(list(right.get_yticks()), range(10), "the ticks are not the ten digits")
    assert right.yaxis_inverted(), "the 0 does not stand on top"
    left_end, right_end = right.get_xlim()
    assert left_end == 0 < 1 < right_end < 1.1, "the bars do not go from 0 to 1"
    labels = "probability | digit"
    says(drawn, f"read as {probabilities.argmax()}", labels, "left", "ten")
    return probabilities


@of("10 read-your-own-digit-11")
def test_page_that_is_only_shrunk_is_misread(drawn):
    page = drawn.names["page"]
    shrunk = np.asarray(page.convert("L").resize((28, 28))) / 255
    probabilities = is_reading(drawn, np.asarray(page), shrunk)
    assert probabilities.argmax() != 1, "the longest bar is that of the 1"
    _, xs = np.nonzero(np.asarray(page.convert("L")) < 128)
    assert 0 < xs.max() < page.width / 2, "the 1 is not left of the middle"


@of("10 fit-and-centre-11")
def test_prepared_page_is_read_as_a_1(drawn):
    page = drawn.names["page"]
    prepared = drawn.names["prepare_digit"](page, verbose=False)
    probabilities = is_reading(drawn, np.asarray(page), prepared)
    assert probabilities.argmax() == 1, "the longest bar is not that of the 1"
    assert np.sort(probabilities)[-2] < 0.1, "another bar is long, too"
    assert np.ptp(np.nonzero(prepared)[0]) + 1 == 20, "the 1 is not 20 pixels high"


def photo_of(drawn, mnist, number):
    """Return lesson 10's photo of the test image it has chosen as number `number`."""
    i = drawn.names["chosen"][number]
    rng = np.random.default_rng([drawn.names["SEED"], i])
    return drawn.names["photograph"](mnist.x_test[i], rng)


@of("10 your-own-file-6")
def test_photo_is_read_as_its_digit(drawn, mnist):
    photo = photo_of(drawn, mnist, 1)
    prepared = drawn.names["prepare_digit"](photo, verbose=False)
    turns = drawn.names["turns_of"](photo)
    grey = drawn.names["to_grey"](photo)
    probabilities = is_reading(drawn, grey, prepared, turns)
    label = mnist.y_test[drawn.names["chosen"][1]]
    assert probabilities.argmax() == label, "this photo is misread"
    assert np.sort(probabilities)[-2] < 0.3, "another bar is long, too"


@of("10 find-the-ink-11")
def test_shadow_is_in_the_paper_and_not_in_what_is_left(drawn):
    bold, paper_of = drawn.names["bold"], drawn.names["paper_of"]
    titles = "the page, with a shadow", "brightest of 64 x 64"
    titles += "then darkest: its paper", "page / paper"
    same([ax.get_title() for ax in drawn.panels], titles, "in another order")
    page, brightest, paper, ratio = (seen_in(ax) for ax in drawn.panels)
    same(page, bold, "this is not the page", 1e-6)
    same(paper, paper_of(bold), "this is not its paper", 1e-6)
    same(ratio, bold / paper_of(bold), "this is not page / paper", 1e-6)
    row = 20  # without ink
    borders = [np.flatnonzero(values[row] < 0.6)[0] for values in (page, paper)]
    same(borders[0], borders[1], "the paper's border is not where the shadow's is")
    wider = np.flatnonzero(brightest[row] < 0.6)[0] - borders[0]
    assert 25 < wider < 40, (
        f"the bright part has grown by {wider} pixels, not by half of 64"
    )
    assert abs(ratio[row] - 1).max() < 0.02, "the shadow is left in what is divided"
    says(drawn, "page / paper", "", "brightest", "dark to the right", "no border")


@of("10 dark-ink-or-light-4")
def test_sheet_and_digit_are_light_ink_and_dark(drawn):
    scene, dark_ink = drawn.names["scene"], drawn.names["dark_ink"]
    page, dark, light = (seen_in(ax) for ax in drawn.panels)
    same(page, scene, "this is not the sheet on its table", 1e-6)
    same(dark, dark_ink(scene, scene)[0], "this is not the dark ink", 1e-6)
    negative = dark_ink(1 - scene, 1 - scene)[0]
    same(light, negative, "this is not the light ink", 1e-6)
    assert light.mean() > 3 * dark.mean(), "the sheet is not larger than the 0"
    assert (dark * light).max() < 0.5, "both have the same ink"
    says(drawn, "a sheet on a table", "", "table", "dark ink", "light ink", "hole")


@of("10 fit-and-centre-6")
def test_way_of_a_photo_ends_at_a_balanced_digit(drawn):
    titles = [ax.get_title() for ax in drawn.panels]
    steps = ["grey", "paper", "ink", "one digit", "pen", "20 pixels", "balanced"]
    same(titles, steps, "the steps stand in another order")
    grey, paper, ink, digit, pen, small, balanced = (seen_in(ax) for ax in drawn.panels)
    assert (ink > 0.5).sum() > (digit > 0.5).sum(), "the speck is not gone"
    assert (pen > 0.5).sum() > 1.5 * (digit > 0.5).sum(), "the pen is no thicker"
    same(max(small.shape), 20, "the longer side is not 20 pixels")
    same(balanced.shape, (28, 28), "the frame is not 28 x 28")
    assert ink[:, -12:].max() == 0, "the strip of table is ink"
    assert abs(paper - grey).mean() < 0.05, "this is another page's paper"
    says(drawn, "balanced", "", "seven", "strip", "speck", "frame")


@of("10 what-phones-add-7")
def test_thirteen_kinds_of_photos_stand_above_what_the_network_sees(drawn, mnist):
    names = drawn.names
    same(len(drawn.panels), 26, "thirteen photos and thirteen pictures")
    for number, kind in enumerate(names["KINDS"]):
        i = names["chosen"][number]
        photo = names["photo_of_kind"](kind, mnist.x_test[i], [names["SEED"], i])
        upper, lower = drawn.panels[number], drawn.panels[13 + number]
        same(upper.get_title().replace("\n", " "), kind, "in another order")
        drawn_as = np.asarray(names["small_picture"](photo))
        same(upright_in(upper).get_array(), drawn_as, f"this is no photo of {kind}")
        if lower.images:
            prepared = names["prepare_digit"](photo, verbose=False)
            same(seen_in(lower), prepared, f"below {kind} is another picture", 1e-6)
    says(drawn, "", "", "Thirteen", "shadow", "table", "thumb", "wall", "turned")


@of("10 like-nothing-it-knows-9")
def test_nearest_training_images_stand_below(drawn, mnist):
    names = drawn.names
    same(len(drawn.panels), 12, "six pictures and six neighbours")
    unlike = []
    for upper, lower in zip(drawn.panels[:6], drawn.panels[6:], strict=True):
        digit = int(re.match(r"a (\d)", upper.get_title())[1])
        picture = seen_in(upper)
        neighbour = lower.images[0].get_array()
        known = mnist.x_train[:48_000:2][mnist.y_train[:48_000:2] == digit]
        coarse = names["coarse"]
        away = np.linalg.norm(coarse(known / 255) - coarse([picture]), axis=1)
        same(neighbour, known[away.argmin()], "this is not the nearest", 0)
        unlike.append(float(lower.get_title().split()[1]))
        same(unlike[-1], round(names["unlikeness"](picture, digit), 2), "unlike", 0.02)
    assert max(unlike[:2]) < 1 < min(unlike[2:4]), (
        "digits are unlike, or dot and dash not"
    )
    says(drawn, "unlike", "", "six", "dot", "scribble", "letter")


BROKEN = {"not inverted": "invert", "not centred": "centre", "stretched": "shape"}

BROKEN |= {"too thin": "pen", "right": None}


@of("10 four-broken-pipelines-and-the-right-one-3")
def test_broken_pipelines_misread_what_the_right_one_reads(drawn):
    pictures, colours = {}, []
    columns = zip(drawn.panels[:5], drawn.panels[5:], BROKEN.items(), strict=True)
    for upper, lower, (name, step) in columns:
        same(upper.get_title(), name, "the pipelines stand in another order")
        left_out = [step] if step else []
        page = drawn.names["page"]
        pictures[name] = drawn.names["prepare_digit"](page, left_out, verbose=False)
        problem = f"this is not what the pipeline {name!r} makes of the page"
        same(seen_in(upper), pictures[name], problem, 1e-6)
        probabilities = probabilities_of(drawn, pictures[name])
        edges, widths, heights = bars_in(lower)
        problem = f"the bars are not what the network says of {name!r}"
        same(heights, probabilities, problem, 1e-5)
        same(edges + widths / 2, range(10), "a bar is not at its digit")
        same(lower.get_xticks(), range(10), "the ticks are not the ten digits")
        answer = probabilities.argmax()
        same(lower.get_title(), f"read as {answer}", "this is not the longest bar")
        assert (answer == 1) == (name == "right"), f"{name!r} is read as {answer}"
        bottom, top = lower.get_ylim()
        assert bottom == 0 < 1 < top < 1.1, "the bars do not go from 0 to 1"
        colours.append(lower.containers[0][0].get_facecolor())
    assert colours[4] not in colours[:4], "the right one looks like the others"
    same([colours[0]] * 4, colours[:4], "the broken ones have several colours")
    inverted, off, wide, thin, right = pictures.values()
    assert right.mean() < 0.2 < 0.8 < inverted.mean(), "not a black 1 on white"
    rows, xs = np.nonzero(off > 0.5)
    assert xs.mean() < 10, "it is not at the left"
    assert ("lower" in drawn.alt) == (rows.mean() > 16), (
        "`alt` has it at another height"
    )
    rows, xs = np.nonzero(wide)
    assert np.ptp(rows) == np.ptp(xs), "it is not as wide as it is high"
    assert thin.sum() < 0.5 * right.sum(), "it is not faint"
    labels = "digit | probability; " + "; ".join(["digit | "] * 4)
    says(drawn, "right", labels, "five", "not inverted", "stretched", "too thin")


@of("10 what-each-step-is-worth-7")
def test_photos_stand_above_what_the_network_sees(drawn, mnist):
    light = 0
    for number, ax in enumerate(drawn.panels[:6]):
        photo = photo_of(drawn, mnist, number)
        problem = f"photo {number} is not that of its test image"
        drawn_as = np.asarray(drawn.names["small_picture"](photo))
        same(upright_in(ax).get_array(), drawn_as, problem)
        light += not drawn.names["find_ink"](drawn.names["to_grey"](photo))[1]
        prepared = drawn.names["prepare_digit"](photo, verbose=False)
        problem = f"below photo {number} is another picture"
        same(seen_in(drawn.panels[6 + number]), prepared, problem, 1e-6)
        image = mnist.x_test[drawn.names["chosen"][number]] / 255
        assert abs(prepared - image).mean() < 0.12, f"photo {number} is another digit"
    same(len(drawn.panels), 12, "six photos and six pictures")
    words = {0: "none", 1: "one is", 2: "two are", 3: "three are", 4: "four are"}
    says(drawn, "", "", "six", "below", f"{words[light]} light on dark")


@of("10 what-each-step-is-worth-13")
def test_bars_are_the_points_lost_without_each_step(drawn, mnist):
    names = drawn.names
    chosen, digits_read = names["chosen"], names["digits_read"]
    ways = ["all steps", *(f"without {step}" for step in names["STEPS"])]
    for number in range(20):  # which pipeline each column comes from
        photo = photo_of(drawn, mnist, number)
        for column, way in enumerate(ways):
            left_out = way.split()[1:] if way != "all steps" else []
            picture = names["prepare_digit"](photo, left_out, verbose=False)
            answer = probabilities_of(drawn, picture).argmax()
            problem = f"photo {number} is read otherwise by {way!r}"
            same(digits_read[number, column], answer, problem)
    labels = mnist.y_test[chosen]
    vectors = np.divide(mnist.x_test[chosen].reshape(-1, 784), 255, dtype="float32")
    answers = names["model"].predict(vectors, batch_size=1000, verbose=0)
    clean = (answers.argmax(axis=1) == labels).mean()
    shares = (digits_read == labels[:, np.newaxis]).mean(axis=0)
    pipelines = zip([*ways, "only shrunk"], shares, strict=True)
    lost = {way: 100 * (clean - share) for way, share in pipelines}
    (ax,) = drawn.panels
    has(ax, containers=1, texts=len(lost))
    order = [label.get_text() for label in ax.get_yticklabels()]
    same(sorted(order), sorted(lost), "the bars have other names")
    bars = ax.containers[0]
    for name, bar, text in zip(order, bars, ax.texts, strict=True):
        same(bar.get_width(), lost[name], f"this is not lost by {name!r}", 0.01)
        same(text.get_text(), f"{lost[name]:.1f}", f"{name!r} has another number")
    points = [lost[name] for name in order]
    assert points == sorted(points, reverse=True), "the bars are not sorted"
    colours = {name: bar.get_facecolor() for name, bar in zip(order, bars, strict=True)}
    own = colours.pop("all steps")
    assert own not in colours.values(), "all steps look like the others"
    (path,) = lesson_paths(["10"])
    table = re.findall(
        r"(?m)^(.+?) {2,}\d\.\d{3} +(\d+\.\d)$", printed(code_cells(read(path)))
    )
    for name, number in table[1:]:
        same(number, f"{lost[name]:.1f}", f"the table has another number for {name!r}")
    same(len(table), 1 + len(lost), "the table has other rows")
    left, right = ax.get_xlim()
    assert left == 0, "the axis does not begin at 0"
    assert right > max(points) + 5, "a number is cut off"
    labels = "points of accuracy below the test images themselves | pipeline"
    words = "all steps", "without crop", "only shrunk"
    says(drawn, "What is lost without each step", labels, *words)
