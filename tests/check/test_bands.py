"""The checkpoints' bands follow from twenty measured runs, by the written rule."""

import statistics

import pytest

from notebooks import LESSONS, name, read
from tools.measuring.bands import SEEDS, band, bands_in, read_table

TABLE = read_table()


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
