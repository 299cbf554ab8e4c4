"""Lesson 09's warps, batches and trainings do what their docstrings say."""

from itertools import pairwise
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from scipy.ndimage import affine_transform, map_coordinates

from tools.course import lesson_paths

(LESSON,) = lesson_paths(["09"])
SMALL = {"images": 2_560, "epochs": 2}  # a training of twenty steps
GRID = np.mgrid[:28, :28] - 13.5  # rows and columns, from the middle


@pytest.fixture(scope="module")
def plain(names):
    """The weights and biases after a small training with warps, one after another."""
    return weights(names["learn"](1, warps=names["MILD"], **SMALL))


@pytest.fixture
def trainings(names, monkeypatch):
    """Let networks learn nothing; list each one with its batches and its settings."""
    calls = []
    monkeypatch.setattr(
        names["keras"].Sequential,
        "fit",
        lambda network, batches, **settings: calls.append((network, batches, settings)),
    )
    return calls


def weights(network):
    """Return all weights and biases of a network as one vector."""
    return np.concatenate([part.ravel() for part in network.get_weights()])


def vectors_of(images):
    """Return images (n, 28, 28), bytes, as vectors (n, 784) from 0 to 1."""
    return images.reshape(-1, 784) / np.float32(255)


def maps(names, **strength):
    """Return rows and columns, from the middle, of 300 random warps: one array."""
    rng = np.random.default_rng(0)
    warps = [names["random_warp"](rng, **strength) for _ in range(300)]
    return np.array(warps) - 13.5


def the_same_everywhere(values):
    """Return the one value of each map, shape (n, 28, 28)."""
    assert np.ptp(values, axis=(1, 2)).max() < 1e-9, "a pixel has a rule of its own"
    return values[:, 0, 0]


def within(values, limit):
    """Check that random values lie on both sides of 0 and reach nearly to a limit."""
    for end in values.max(), -values.min():
        assert 0.9 * limit < end <= limit + 1e-9, f"up to {end:.3f}, not {limit}"


def test_shift_moves_all_pixels_alike(names):
    down, right = np.moveaxis(maps(names, shift=3.0) - GRID, 1, 0)
    within(the_same_everywhere(down), 3)
    within(the_same_everywhere(right), 3)
    assert not np.allclose(down, right), "always along the diagonal"


def test_turn_keeps_distances_and_turns_all_pixels_alike(names):
    rows, columns = np.moveaxis(maps(names, turn=25.0), 1, 0)
    turned = (columns + 1j * rows) / (GRID[1] + 1j * GRID[0])
    assert np.allclose(abs(turned), 1), "a turn changes no distance from the middle"
    within(np.degrees(the_same_everywhere(np.angle(turned))), 25)


def test_zoom_stretches_rows_and_columns(names):
    down, right = np.moveaxis(maps(names, zoom=0.3) / GRID, 1, 0)
    within(np.log(the_same_everywhere(down)), 0.3)
    within(np.log(the_same_everywhere(right)), 0.3)
    assert not np.allclose(down, right), "always by the same factor"


def test_shear_slides_rows_sideways(names):
    rows, columns = np.moveaxis(maps(names, shear=0.4), 1, 0)
    assert np.allclose(rows, GRID[0]), "a row leaves its height"
    within(the_same_everywhere((columns - GRID[1]) / GRID[0]), 0.4)


def test_elastic_pulls_are_as_strong_as_they_should_and_spread_smoothly(names):
    pulls = maps(names, elastic=1.5) - GRID
    at_corner, next_to_it = pulls[:, :, 0, 0], pulls[:, :, 0, 1]
    assert at_corner.std() == pytest.approx(1.5, rel=0.1)
    assert abs(at_corner.mean()) < 0.25
    assert abs(at_corner - next_to_it).max() < 1, "a tear, not a bend"
    assert np.corrcoef(pulls[:, 0, 0, 0], pulls[:, 0, 27, 27])[0, 1] < 0.2
    assert np.allclose(names["bumps"].sum(axis=1), 1), "equal pulls would not shift"


def test_warp_mixes_four_neighbours_as_scipy_does(names):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    at = rng.uniform(-3, 31, (2, 28, 28))  # some of it off the paper
    found = names["warp"](images, *at).reshape(5, 28, 28)
    expected = [
        map_coordinates(image / 255, at, order=1, mode="grid-constant")
        for image in images
    ]
    assert found.dtype == np.float32
    before_the_end = (at < 27.9).all(axis=0)
    off = abs(found - expected)
    assert off[:, before_the_end].max() < 1e-5, "not the mix of the four nearest"
    assert off.max() < 0.011, "there is ink beside the paper"


def test_the_lean_is_the_slope_of_least_squares(names):
    rng = np.random.default_rng(0)
    rows, columns = np.indices((9, 7))
    for image in rng.integers(0, 256, (20, 9, 7)):
        lean, middle = names["lean_of"](image)
        ink = np.sqrt(image).ravel()  # NumPy squares the weights
        slope, _ = np.polyfit(rows.ravel(), columns.ravel(), 1, w=ink)
        assert lean == pytest.approx(slope, abs=1e-9)
        assert middle == pytest.approx(np.average(rows, weights=image))


def test_a_stroke_along_a_row_does_not_lean(names):
    flat = np.zeros((28, 28), dtype=np.uint8)
    flat[14, 5:20] = 255
    assert names["lean_of"](flat) == pytest.approx((0, 14))
    assert np.array_equal(names["straightened"](flat[np.newaxis])[0], flat)


def test_an_empty_page_does_not_lean(names):
    empty = np.zeros((1, 28, 28), dtype=np.uint8)
    assert np.array_equal(names["straightened"](empty), empty)


def test_straightened_images_are_sheared_as_scipy_does(names):
    images = names["train_images"][:300]
    before = images.copy()
    found = names["straightened"](images)
    assert (found.shape, found.dtype) == (images.shape, np.uint8)
    for image, upright in zip(images, found, strict=True):
        lean, middle = names["lean_of"](image)
        expected = affine_transform(
            image.astype(float),
            [[1, 0], [lean, 1]],
            offset=[0, -lean * middle],
            order=1,
            mode="grid-constant",
        )
        assert abs(upright - expected).max() < 0.51, "rounded to a byte"
        assert abs(names["lean_of"](upright)[0]) < 0.05, "it still leans"
    assert np.array_equal(images, before), "the images themselves were changed"


def test_images_are_straightened_to_be_learned_and_to_be_read(
    names, trainings, monkeypatch
):
    seen = []

    def upside_down(images):
        seen.append(len(images))
        return images[:, ::-1]

    monkeypatch.setitem(names, "straightened", upside_down)
    names["learn"](1, straighten=True, **SMALL | {"images": 256})
    ((_, batches, _),) = trainings
    vectors, _ = next(batches)
    turned = vectors_of(names["train_images"][:256, ::-1])
    assert {v.tobytes() for v in vectors} == {v.tobytes() for v in turned}
    read = []
    with mock.patch.object(
        names["keras"].Sequential,
        "predict",
        lambda network, x, **_: read.append(x) or np.zeros((len(x), 10)),
    ):
        names["train"](1, straighten=True, **SMALL)
        names["train"](1, straighten=True, images=60_000, epochs=1)
    assert seen == [256, 2_560, 12_000, 60_000, 10_000]
    for x, images in zip(read, ("train_images", "test_images"), strict=True):
        expected = names[images][-len(x) :, ::-1]
        assert np.array_equal(x, vectors_of(expected)), "read as they are"


def places(names, vectors, count):
    """Return which of the first `count` training images these are, -1 for others."""
    images = vectors_of(names["train_images"][:count])
    known = {image.tobytes(): place for place, image in enumerate(images)}
    assert len(known) == count, "two of these images are the same"
    return np.array([known.get(vector.tobytes(), -1) for vector in vectors])


def epochs_of(names, seed, **settings):
    """Return [(vectors, labels)] of each epoch, 2,600 images to choose from."""
    settings = {"epochs": 3, "clean": 1} | settings
    images = names["train_images"][:2_600]
    batches = list(names["warped_batches"](seed, images, **settings))
    shapes = {(x.shape, y.shape) for x, y in batches}
    assert shapes == {((256, 784), (256, 10))}, "all batches are of 256"
    assert len(batches) == 30, "ten batches an epoch"
    return [
        tuple(np.concatenate(part) for part in zip(*batches[i : i + 10], strict=True))
        for i in (0, 10, 20)
    ]


def test_batches_have_each_image_once_an_epoch_with_its_label(names):
    orders = []
    for vectors, labels in epochs_of(names, 1, warps={}):
        order = places(names, vectors, 2_600)
        assert order.min() >= 0, "there are other images among them, or changed ones"
        assert len(set(order)) == 2_560, "an image comes twice in an epoch"
        digits = np.arange(10) == names["y_train"][order][:, np.newaxis]
        assert np.array_equal(labels, digits), "an image has another's label"
        orders.append(order)
    again = places(names, epochs_of(names, 1, warps={})[0][0], 2_600)
    assert np.array_equal(orders[0], again), "one seed gives two orders"
    assert not np.array_equal(orders[0], orders[1]), "two epochs have one order"


def test_warps_are_new_in_each_epoch_and_the_last_ones_are_clean(names):
    epochs = epochs_of(names, 1, warps=names["MILD"])
    known = [places(names, vectors, 2_600) >= 0 for vectors, _ in epochs]
    assert [share.mean() for share in known] == [0, 0, 1]
    assert len({x.tobytes() for vectors, _ in epochs for x in vectors}) == 3 * 2_560
    labels = [y.sum(axis=0) for _, y in epochs]
    assert abs(labels[0] - labels[2]).max() <= 40, "other images are warped"


def test_each_group_of_64_has_a_warp_of_its_own(names, monkeypatch):
    warps, random_warp = [], names["random_warp"]

    def note(rng, **strength):
        warps.append(random_warp(rng, **strength))
        return warps[-1]

    monkeypatch.setitem(names, "random_warp", note)
    images = names["train_images"][:512]
    for _ in names["warped_batches"](1, images, 2, clean=0, warps=names["MILD"]):
        pass
    assert len(warps) == 2 * 512 // 64
    assert len({np.array(warp).tobytes() for warp in warps}) == len(warps)


def optimizer_of(names, **changes):
    """Return the optimizer of a training of a thousand steps with these changes."""
    how = SimpleNamespace(**names["DEFAULTS"] | changes)
    return names["optimizer_for"](how, steps=1000)


def test_rate_rises_for_a_tenth_and_falls_to_0(names):
    optimizer, rates = optimizer_of(names), []
    for step in 0, 50, 100, 550, 1000:
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([3e-4, 3.15e-3, 6e-3, 3e-3, 0], abs=1e-7)
    constant = optimizer_of(names, rate=1e-3, falling=False)
    assert float(constant.learning_rate) == pytest.approx(1e-3)


def test_muon_moves_the_weights_of_the_hidden_layers_alone(names):
    network = names["untrained"](1, (128, 32))
    before = network.get_weights()
    muon = optimizer_of(names, **names["MUON"], falling=False, decay=0.22)
    muon.build(network.trainable_variables)
    slopes = [np.full(part.shape, 1e-3, dtype="float32") for part in before]
    muon.apply_gradients(zip(slopes, network.trainable_variables, strict=True))
    moved = [b - a for a, b in zip(before, network.get_weights(), strict=True)]
    for part in moved[1::2] + moved[4:5]:  # Adam's first step is as long as its rate
        assert part == pytest.approx(np.full(part.shape, -6e-3), rel=1e-2)
    for old, part in zip(before[:4:2], moved[:4:2], strict=True):
        step = part + 9e-3 * 0.22 * old  # without what decay takes away
        sizes = np.linalg.svd(step, compute_uv=False)
        longest = 9e-3 * 0.2 * np.sqrt(max(step.shape))  # as Keras scales a step
        assert 0.5 < sizes[0] / longest < 1.5, "not evened out"
        assert sizes[1] < 0.01 * sizes[0], "equal slopes are a single pattern"


def test_one_seed_gives_the_same_weights_bit_for_bit(names, plain):
    again = weights(names["learn"](1, warps=names["MILD"], **SMALL))
    assert np.array_equal(plain, again)
    start = weights(names["untrained"](1, (128, 32)))
    assert not np.array_equal(plain, start), "it has learned nothing"
    assert not np.array_equal(start, weights(names["untrained"](2, (128, 32))))


def test_average_of_a_long_past_stays_near_the_start(names, plain):
    how = SMALL | {"warps": names["MILD"], "average": 0.9999}
    start = weights(names["untrained"](1, (128, 32)))
    averaged = weights(names["learn"](1, **how))
    assert 0 < abs(averaged - start).mean() < 0.2 * abs(plain - start).mean()


def test_smoothing_spreads_a_share_of_each_label(names, trainings):
    network = names["learn"](1, smoothing=0.05, **SMALL)
    x, y = vectors_of(names["train_images"][:256]), names["one_hot"][:256]
    network.set_weights([3 * part for part in network.get_weights()])
    logarithms = np.log(network.predict(x, verbose=0))
    wanted = np.where(y == 1, 0.955, 0.005)
    loss = network.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(-(wanted * logarithms).sum(axis=1).mean(), rel=1e-4)
    assert loss != pytest.approx(-(y * logarithms).sum(axis=1).mean(), rel=1e-2)


def test_teachers_learn_first_and_their_mean_gives_the_labels(
    names, trainings, monkeypatch
):
    expert = names["EXPERT"] | {"hidden": (16,)}
    monkeypatch.setitem(names, "EXPERT", expert)
    recipe = names["RECIPES"]["two teachers"] | SMALL
    student = names["learn"](1, **recipe)
    *teachers, (pupil, batches, settings) = trainings
    assert (pupil is student, settings["epochs"]) == (True, 2)
    true = names["one_hot"][:2_560].sum(axis=0)
    for teacher, taught, settings in teachers:
        assert teacher.count_params() == 785 * 16 + 17 * 10
        assert settings["epochs"] == 10
        assert sum(y for _, y in list(taught)[:10]).sum(axis=0) == pytest.approx(true)
    first, second = (network for network, _, _ in teachers)
    assert not np.array_equal(weights(first), weights(second)), "one teacher, twice"
    vectors, labels = next(batches)
    mean = (first.predict(vectors) + second.predict(vectors)) / 2
    assert labels.sum(axis=1) == pytest.approx(np.ones(256), rel=1e-5)
    ratios, roots = labels / labels[:, :1], np.sqrt(mean / mean[:, :1])
    assert np.allclose(ratios, roots, rtol=1e-3), "not softened at a temperature of 2"


def test_batches_last_for_all_steps_and_the_rate_falls_over_all(names, trainings):
    optimizer, rates = names["learn"](1, **SMALL).optimizer, []
    for step in 10, 20:
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates[0] > 0.3 * names["DEFAULTS"]["rate"], "half-way"
    assert rates[1] == pytest.approx(0, abs=1e-7)
    ((_, batches, settings),) = trainings
    assert (settings["epochs"], settings["steps_per_epoch"]) == (2, 10)
    assert len(list(batches)) == 20
    assert settings["shuffle"] is False


def test_networks_have_the_layers_of_their_recipes(names):
    sizes = 784, 300, 200, 10
    expected = sum((a + 1) * b for a, b in pairwise(sizes))
    assert names["untrained"](1, sizes[1:3]).count_params() == expected
    convolutional = names["untrained"](1, "convolutional")
    expected = (9 + 1) * 16 + (9 * 16 + 1) * 32 + (5 * 5 * 32 + 1) * 64 + 65 * 10
    assert convolutional.count_params() == expected


def test_accuracy_is_measured_on_images_not_learned_from(names, monkeypatch):
    network = mock.Mock()
    network.predict.return_value = np.eye(10)[[3] * 12_000]
    monkeypatch.setitem(names, "learn", lambda seed, **_: network)
    assert names["train"](1)["accuracy"] == (names["y_train"][48_000:] == 3).mean()
    read = network.predict.call_args.args[0]
    unseen = vectors_of(names["train_images"][48_000:])
    assert np.array_equal(read, unseen), "not the validation images"
    network.predict.return_value = np.eye(10)[[3] * 10_000]
    result = names["train"](1, images=60_000)
    assert result["accuracy"] == (names["y_test"] == 3).mean()
    read = network.predict.call_args.args[0]
    assert np.array_equal(read, names["x_test"]), "not the test images"
    for recipe, how in names["RECIPES"].items():
        count = (names["DEFAULTS"] | how)["images"]
        assert count in (48_000, 60_000), f"{recipe} learns from validation images"
