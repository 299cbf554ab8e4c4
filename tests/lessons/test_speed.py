"""Lesson 08 times what it says, and trains as it says, whatever the library."""

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from tools.course import lesson_paths
from tools.measuring import libraries

(LESSON,) = lesson_paths(["08"])


@pytest.fixture
def fitted(names, monkeypatch):
    """A function that calls `with_keras`, learns nothing; returns network and data."""
    calls = []
    monkeypatch.setattr(
        names["keras"].Sequential,
        "fit",
        lambda network, **options: calls.append((network, options)),
    )

    def run(seed=1, **settings):
        names["with_keras"](seed, **settings)
        return calls.pop()

    return run


def test_accuracy_is_that_of_keras(names):
    network = names["build_model"](1)
    answers = network.predict(names["x_val"], batch_size=1000, verbose=0).argmax(axis=1)
    expected = (answers == names["y_val"]).mean()
    assert names["validation_accuracy"](network.get_weights()) == expected
    rng = np.random.default_rng(0)
    biased = [  # in all layers they change answers
        part + rng.normal(scale=0.3, size=part.shape) * (part.ndim == 1)
        for part in network.get_weights()
    ]
    network.set_weights(biased)
    answers = network.predict(names["x_val"], batch_size=1000, verbose=0).argmax(axis=1)
    expected = (answers == names["y_val"]).mean()
    assert names["validation_accuracy"](biased) == expected


def test_what_it_takes_to_look_does_not_count(names, monkeypatch):
    clock = SimpleNamespace(now=50)

    def accuracy(weights):
        clock.now += 100
        return weights

    monkeypatch.setitem(names, "time", mock.Mock(perf_counter=lambda: clock.now))
    monkeypatch.setitem(names, "validation_accuracy", accuracy)
    watch = names["Watch"]()
    for seconds, share in (2, 0.5), (3, 0.7):
        clock.now += seconds
        watch.look(share)
    assert watch.seconds == [2, 5]
    assert watch.accuracies == [0.5, 0.7]


@pytest.mark.parametrize(
    ("falling", "rates"), [(True, [8e-3, 4e-3, 0]), (False, [8e-3] * 3)]
)
def test_rate_falls_to_0_over_all_epochs_or_stays(falling, rates, fitted):
    network, _ = fitted(batch=480, rate=8e-3, falling=falling, epochs=2)
    found = []
    for step in 0, 100, 200:
        network.optimizer.iterations.assign(step)
        found.append(float(network.optimizer.learning_rate))
    assert found == pytest.approx(rates, abs=1e-9)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_every_kind_of_pixels_goes_through_the_same_network(dtype, names, fitted):
    network, data = fitted(dtype=dtype)
    assert data["x"].dtype == dtype
    assert np.array_equal(data["y"], names["y_train"][:48_000])
    expected = names["build_model"](1)(names["pixels"]("float32")[:100])
    assert np.allclose(network(data["x"][:100]), expected, atol=1e-6)


def test_pipeline_shuffles_every_epoch_and_leaves_no_image_out(names, fitted):
    _, data = fitted(by_image=True, dtype="uint8", batch=480)
    assert data["shuffle"] is False, "that would shuffle twice"
    epochs = []
    for _ in range(2):
        batches = [(x.numpy().sum(axis=1), y.numpy()) for x, y in data["x"]]
        assert {len(labels) for _, labels in batches} == {480}
        epochs.append([np.concatenate(part) for part in zip(*batches, strict=True)])
    stored = names["pixels"]("uint8").sum(axis=1), names["y_train"][:48_000]
    for sums, labels in epochs:
        pairs = np.stack([sums, labels]), np.stack(stored)
        found, expected = (np.sort(1000 * p[0].astype(int) + p[1]) for p in pairs)
        assert np.array_equal(found, expected), "each image once, with its label"
    assert not np.array_equal(epochs[0][1], epochs[1][1]), "two epochs have one order"
    assert not np.array_equal(epochs[0][1], stored[1]), "it is not shuffled"


def test_sklearn_trains_the_same_layers_as_fast(names, monkeypatch):
    made, kind = [], names["MLPClassifier"]

    def note(*arguments, **settings):
        made.append(kind(*arguments, **settings))
        return made[-1]

    few = names["pixels"]("float32")[:960]
    monkeypatch.setitem(names, "MLPClassifier", note)
    monkeypatch.setitem(names, "pixels", lambda dtype: few)
    monkeypatch.setitem(names, "labels", names["y_train"][:960])
    watch = names["with_sklearn"](3, batch=96, rate=2e-3, epochs=2)
    (network,) = made
    assert [part.shape for part in network.coefs_] == [(784, 128), (128, 32), (32, 10)]
    assert (network.batch_size, network.learning_rate_init) == (96, 2e-3)
    assert network.random_state == 3
    assert network.t_ == 2 * 960, "images that it has learned from"
    score = network.score(names["x_val"], names["y_val"])
    assert watch.accuracies[-1] == pytest.approx(score, abs=1e-3)
    assert len(watch.seconds) == 2


def test_result_is_made_of_the_first_ten_epochs(names, monkeypatch):
    seconds = np.cumsum([10, 3, 2, 4, 4, 4, 4, 4, 4, 4, 1, 1])
    accuracies = [0.9, 0.95, 0.97, 0.974, 0.975, 0.974, *[0.976] * 3, 0.98, 0.99, 0.5]
    watch = SimpleNamespace(seconds=seconds, accuracies=accuracies)
    ways = {"keras": lambda seed, **settings: watch}
    monkeypatch.setitem(names, "LIBRARIES", ways)
    result = names["train"](1)
    assert result == {
        "images_per_second": 48_000 / 2,
        "first_epoch": 10,
        "accuracy": 0.98,
        "to_target": 23,
    }
    curve = names["train"](1, curve=True)
    assert (curve["seconds_12"], curve["accuracy_12"]) == (seconds[-1], 0.5)
    assert len(curve) == len(result) + 24
    watch.seconds, watch.accuracies = seconds[:5], [*accuracies[:4], 0.9749]
    assert names["train"](1)["to_target"] == float("inf")
    assert names["train"](1)["accuracy"] == 0.9749, "five epochs have no tenth"


def test_limit_is_that_of_the_fastest_round(names, monkeypatch):
    ticks = iter([0, 0, 5, 5, 7, 7, 11, 11])  # rounds of 5, 2 and 4 seconds
    monkeypatch.setitem(names, "time", mock.Mock(perf_counter=lambda: next(ticks)))
    assert names["with_numpy"](batch=8, seconds=10) == 8 / 2


def test_operations_of_the_limit_are_those_of_its_products(names, monkeypatch):
    count, matmul = 0, np.matmul

    def counted(first, second):
        nonlocal count
        product = matmul(first, second)
        count += 2 * product.size * first.shape[1]  # a multiplication, an addition
        return product

    ticks = iter([0, 0, 1, 9])  # one round
    monkeypatch.setitem(names, "time", mock.Mock(perf_counter=lambda: next(ticks)))
    monkeypatch.setattr(np, "matmul", counted)
    names["with_numpy"](batch=8)
    assert count == 8 * 427_904, "the lesson's checkpoint has this number for an image"


def test_parts_of_the_vector_share_its_memory(names):
    vector = np.zeros(104_938, dtype="float32")
    parts = names["layers_in"](vector)
    shapes = [(784, 128), (128,), (128, 32), (32,), (32, 10), (10,)]
    assert [part.shape for part in parts] == shapes
    for part in parts:
        part += 1
    assert (vector == 1).all(), "a part is a copy, or two of them overlap"


def test_slopes_by_hand_are_those_of_the_forty_lines(names):
    rng = np.random.default_rng(0)
    parameters = names["layers_in"](rng.normal(size=104_938) / 9)
    x, y = rng.random((7, 784)), rng.integers(0, 10, 7)
    values = [np.empty((7, size)) for size in (784, 128, 32, 10)]
    values[0][:] = x
    found = [np.empty_like(part) for part in parameters]
    names["fill_slopes"](found, parameters, values, y)
    expected = libraries.slopes(parameters, x, y)
    for part, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(part, right, rtol=1e-9, atol=1e-12)


def test_steps_are_nesterovs(names):
    weights, velocity = np.array([1.0, 2.0]), np.array([10.0, 0.0])
    slopes, spare = np.array([1.0, -2.0]), np.empty(2)
    names["momentum_step"](weights, slopes, velocity, spare, 0.1)
    assert velocity == pytest.approx([10, -2])  # 0.9 of it, and the slopes
    assert weights == pytest.approx([1 - 0.1 * (9 + 1), 2 - 0.1 * (-1.8 - 2)])


def test_rate_by_hand_rises_and_falls(names):
    rates = [names["rate_at"](part) for part in (0, 0.1, 0.2, 0.6, 1)]
    assert rates == pytest.approx([0, 0.15, 0.3, 0.15, 0])
