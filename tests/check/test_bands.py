"""The checkpoints' bands follow from twenty measured runs, by the written rule."""

import re
import statistics

import numpy as np
import pytest

from notebooks import LESSONS, name, read
from tools.course import prose
from tools.measuring.bands import SEEDS, band, bands_in, stored_values

TABLE = stored_values()


def test_rule():
    # mean 2, standard deviation 1: five of them either way, two digits, not below 0
    assert band([1, 2, 3]) == ("0.0", "7.0")
    assert band([-1, 0, 1]) == ("-5.0", "5.0")
    assert band([0.2, 0.5, 0.8]) == ("0.0", "1.0")
    # half width 0.0005: rounded outwards at the fifth decimal
    assert band([0.9801, 0.9802, 0.9803]) == ("0.97970", "0.98070")


def test_every_quantity_was_measured_with_every_seed():
    assert {len(values) for values in TABLE.values()} == {len(SEEDS)}
    assert len(SEEDS) >= 20


def test_table_and_lessons_name_the_same_quantities():
    in_lessons = {(path.stem, q) for path in LESSONS for q in bands_in(read(path))}
    assert in_lessons == TABLE.keys()


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_bands_follow_from_the_table(path):
    for quantity, bounds in bands_in(read(path)).items():
        expected = band(TABLE[path.stem, quantity])
        assert tuple(map(float, bounds)) == tuple(map(float, expected)), (
            f"{bounds} is not the band that follows from the table for {quantity}"
        )


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_that_trains_has_a_band(path):
    nb = read(path)
    if any(".fit(" in cell.source for cell in nb.cells if cell.cell_type == "code"):
        assert bands_in(nb), "trained numbers need a measured band"


def test_reference_recipe_reaches_its_bar():
    accuracies = TABLE["05-judge-the-network", "test_accuracy"]
    assert statistics.mean(accuracies) >= 0.978
    assert min(accuracies) > 0.974


def sentence(number, pattern):
    """Return the numbers that a lesson's text gives where it fits the pattern."""
    (path,) = (path for path in LESSONS if path.name.startswith(number))
    (found,) = re.findall(pattern, " ".join(prose(read(path)).split()))
    return [int(number) for number in found]


def test_what_lessons_say_of_the_twenty_runs_is_in_the_table():
    fours = TABLE["05-judge-the-network", "fours_as_nines"]
    commonest = TABLE["05-judge-the-network", "commonest_count"]
    others = sum(n < most for n, most in zip(fours, commonest, strict=True))
    pattern = r"between (\d+) and (\d+) times, and in (\d+) of the twenty"
    expected = [min(fours), max(fours), others]
    assert sentence("05", pattern) == expected, f"the twenty runs say {expected}"
    points = [
        round(100 * share) for share in TABLE["06-look-at-predictions", "too_sure"]
    ]
    expected = [min(points), max(points)]
    pattern = r"too sure there by (\d+) to (\d+) points"
    assert sentence("06", pattern) == expected, f"the twenty runs say {expected}"


def test_small_first_weights_close_as_much_of_the_gap_as_lesson_02_says():
    raw, small, scaled, closed = (
        TABLE["02-pixels-to-vectors", quantity]
        for quantity in ("with_raw", "with_small", "with_scaled", "closed")
    )
    assert all(a < b < c for a, b, c in zip(raw, small, scaled, strict=True))
    assert 0.7 <= min(closed) <= max(closed) < 1, "seven tenths, and not all"


def test_what_lesson_13_says_of_the_twenty_runs_is_in_the_table():
    before, after, at_ease, others, noise, letters = (
        np.array(TABLE["13-trust-the-confidence", quantity])
        for quantity in (
            "error_before",
            "error_after",
            "of_0_and_1",
            "of_others",
            "noise_sure",
            "letters_sure",
        )
    )
    assert (after < before).all(), "the temperature lowers the error every time"
    assert (at_ease > 0.99).all(), "the 0 and the 1 got more in each of twenty runs"
    assert (others < 0.99).all(), "some other digit got less in each of twenty runs"
    assert (noise > 0.99).sum() > 1, "some runs are all but certain of noise"
    assert np.ptp(letters) < 0.05, "all are about as sure of letters"


def test_network_from_scratch_stays_inside_the_limits_of_lesson_04():
    low, high = map(float, band(TABLE["04-train-the-network", "validation_accuracy"]))
    values = TABLE["11-network-from-scratch", "scratch_accuracy"]
    assert low < min(values) <= max(values) < high, "lesson 11 says so"
