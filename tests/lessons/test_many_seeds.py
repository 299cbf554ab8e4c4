"""Lesson 07's trainings take the seeds, the data and the weights that they should."""

from types import SimpleNamespace

import numpy as np
import pytest

from tools.course import lesson_paths

(LESSON,) = lesson_paths(["07"])
SIZES = (128, 32)
ACCURACIES = 0.5, 0.9, 0.7


@pytest.fixture
def training(names, monkeypatch):
    """A function that trains three epochs, learns nothing, and returns what it took.

    That is: the result, the seeds in their order, and network and arguments of `fit`.
    """
    utils, kind = names["keras"].utils, names["keras"].Sequential

    def run(seed, **settings):
        taken = SimpleNamespace(seeds=[], accuracies=iter(ACCURACIES))

        def fit(network, x, y, **options):
            taken.network, taken.data, taken.options = network, (x, y), options
            return SimpleNamespace(history={"val_accuracy": [next(taken.accuracies)]})

        with monkeypatch.context() as patching:
            patching.setattr(utils, "set_random_seed", taken.seeds.append)
            patching.setattr(kind, "fit", fit)
            taken.result = names["train"](seed, SIZES, epochs=3, **settings)
        return taken

    return run


@pytest.mark.parametrize(
    ("settings", "seeds"),
    [
        ({}, [5, 5, 1005, 2005]),
        ({"held": "weights"}, [1, 5, 1005, 2005]),
        ({"held": "order"}, [5, 1, 1001, 2001]),
        ({"held": "both"}, [1, 1, 1001, 2001]),
        ({"reshuffle": False}, [5, 5, 5, 5]),
    ],
)
def test_weights_and_each_order_have_their_own_seed(settings, seeds, training):
    assert training(5, **settings).seeds == seeds


def test_result_is_the_last_accuracy_and_the_best(training):
    assert training(5).result == {"last": 0.7, "best": 0.9}


@pytest.mark.parametrize(("split", "count"), [(0, 60_000), (0.2, 48_000)])
@pytest.mark.parametrize("one_hot", [True, False])
def test_it_learns_from_the_first_images_and_checks_with_the_test_set(
    split, count, one_hot, names, training
):
    taken = training(5, split=split, one_hot=one_hot)
    (x, y), (x_check, y_check) = taken.data, taken.options["validation_data"]
    assert np.array_equal(x, names["x_train"][:count])
    assert np.array_equal(x_check, names["x_test"])
    for found, labels in (y, names["y_train"][:count]), (y_check, names["y_test"]):
        form = np.eye(10)[labels] if one_hot else labels
        assert np.array_equal(found, form)
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    assert taken.network.loss == loss


def test_raw_pixels_are_the_bytes_that_others_divide(names, training):
    taken = training(5, raw=True, one_hot=True)
    bytes_of = names["train_images"].reshape(-1, 784), names["test_images"]
    assert np.array_equal(taken.data[0], bytes_of[0])
    checked = taken.options["validation_data"][0]
    assert np.array_equal(checked, bytes_of[1].reshape(-1, 784))


def test_one_weight_is_larger_by_one_bit(names):
    plain, nudged = (
        names["untrained"](1, SIZES, nudged=neuron).get_weights() for neuron in (0, 3)
    )
    assert [part.shape for part in plain[::2]] == [(784, 128), (128, 32), (32, 10)]
    (place,) = np.argwhere(plain[0] != nudged[0])
    assert place.tolist() == [406, 3]
    assert abs(np.spacing(plain[0][406, 3])) == abs(nudged[0] - plain[0]).max()
    assert all(map(np.array_equal, plain[1:], nudged[1:]))


def test_only_where_all_chance_is_held_a_weight_is_nudged(names, monkeypatch, training):
    nudged, untrained = [], names["untrained"]

    def note(seed, hidden, nudged_neuron=0, **more):
        nudged.append(more.get("nudged", nudged_neuron))
        return untrained(seed, hidden)

    monkeypatch.setitem(names, "untrained", note)
    for held in None, "weights", "order", "both":
        training(5, held=held)
    assert nudged == [0, 0, 0, 5]
