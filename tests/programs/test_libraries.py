"""The forty lines of NumPy train, and the program that times libraries answers."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from tools.measuring import libraries
from tools.measuring.libraries import forward, slopes

FEW = 480


@pytest.fixture
def stripes():
    """Images (480, 784) with a bright stripe that tells their digit, and labels."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, FEW).astype("uint8")
    x = rng.random((FEW, 784), dtype="float32") / 4
    for image, digit in zip(x, map(int, y), strict=True):
        image[70 * digit : 70 * digit + 70] += 0.5
    return x, y


def test_slopes_are_those_of_the_loss():
    rng = np.random.default_rng(0)
    sizes = (5, 4, 3)
    parameters = []
    for inputs, outputs in pairwise(sizes):
        parameters += [rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)]
    x, y = rng.normal(size=(7, 5)), rng.integers(0, 3, 7)

    def loss():
        scores = forward(parameters, x)[-1]
        sums = np.log(np.exp(scores).sum(axis=1))
        return (sums - scores[np.arange(7), y]).mean()

    for part, found in zip(parameters, slopes(parameters, x, y), strict=True):
        for place in np.ndindex(part.shape):
            part[place] += 1e-6
            above = loss()
            part[place] -= 2e-6
            slope = (above - loss()) / 2e-6
            part[place] += 1e-6
            assert found[place] == pytest.approx(slope, abs=1e-7)


def test_rate_falls_to_0():
    assert libraries.rate_at(0, 1000) == libraries.RATE == 6e-3
    assert libraries.rate_at(500, 1000) == 3e-3
    assert libraries.rate_at(1000, 1000) == 0


@pytest.mark.parametrize("train", ["numpy", "scikit-learn"])
def test_it_learns_stripes_and_is_looked_at_after_each_epoch(train, stripes):
    watch = libraries.Watch(*stripes)
    libraries.TRAIN[train](*stripes, seed=1, epochs=20, look=watch.look)
    seconds, accuracies = zip(*watch.notes, strict=True)
    assert len(seconds) == 20
    assert list(seconds) == sorted(seconds)
    assert accuracies[-1] > 0.95 > accuracies[0]


def test_a_library_that_is_not_there_is_named(capsys, monkeypatch):
    monkeypatch.setitem(libraries.NEEDS, "pytorch", "no-such-package")
    assert libraries.installed(["pytorch", "numpy"]) == ["numpy"]
    assert "pytorch is left out: no-such-package is not" in capsys.readouterr().out


def test_report_has_the_soonest_first_by_the_median_of_its_last_epochs():
    rows = []
    for library, seconds in {"slow": (3, 9, 4), "fast": (2, 1, 5)}.items():
        for seed, last in enumerate(seconds, start=1):
            about = [library, str(seed), "1.0", "2"]
            rows.append([*about, "1", "0.5", "0.9000"])
            rows.append([*about, "2", str(last), "0.9750"])
    first, second = libraries.report(rows).splitlines()
    assert " ".join(first.split()) == "fast 1.0 2.00 s (1.00 to 5.00) 97.50%"
    assert second.split()[:3] == ["slow", "1.0", "4.00"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["caffe"], "There is no library 'caffe' here, but by-hand, numpy"),
        (["--stored"], "No libraries.csv yet: measure on an idle machine"),
        (["numpy", "--store"], "What is stored is all libraries, with 5 epochs"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(words, says, monkeypatch, tmp_path):
    monkeypatch.setattr(libraries, "TABLE", tmp_path / "libraries.csv")
    monkeypatch.setattr(sys, "argv", ["libraries.py", *words])
    with pytest.raises(SystemExit, match=says):
        libraries.main()
