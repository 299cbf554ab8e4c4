"""The tests of a lesson are one piece of work, in the order that its kernel needs."""

import random
from types import SimpleNamespace

import pytest

import lesson
from lesson import order, unit

PHOTOS = "tests/lessons/test_photos.py"


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("notebooks/03-build-the-network.ipynb::Cell 4", "03"),
        ("tests/lessons/test_alone.py::test_x[03-build-the-network]", "03"),
        ("tests/lessons/test_figures_03.py::test_relu[03 relu-keep-3]", "03"),
        ("tests/lessons/test_figures.py::test_titles[10 your-own-file-5]", "10"),
        (
            "tests/lessons/test_photos.py::test_sizes[size3]",
            "tests/lessons/test_photos.py",
        ),
        (
            "tests/lessons/test_photos.py::test_x[10_000 x 3]",
            "tests/lessons/test_photos.py",
        ),
        ("tests/check/test_claims.py::test_x[03-build]", "tests/check/test_claims.py"),
        ("tiny.ipynb::Cell 1", "tiny.ipynb"),
    ],
)
def test_a_lesson_and_what_asks_it_are_one_unit(nodeid, expected):
    assert unit(nodeid) == expected


def item(nodeid, *fixtures):
    """Return what `order` reads of a test."""
    return SimpleNamespace(nodeid=nodeid, fixturenames=fixtures)


def shuffled(items):
    """Yield the items in many other orders."""
    for seed in range(20):
        yield random.Random(seed).sample(items, len(items))


def test_long_units_come_first(monkeypatch):
    monkeypatch.setattr(lesson, "seconds_of_lessons", lambda: {"01": 5.0, "04": 50.0})
    wanted = [
        item("tests/lessons/test_numerics.py::test_bits[eight threads]"),
        item("tests/lessons/test_alone.py::test_files[16-not-yet-measured]", "again"),
        item("tests/lessons/test_alone.py::test_files[04-train]", "again"),
        item("tests/lessons/test_alone.py::test_files[01-meet]", "again"),
        item("tests/check/test_claims.py::test_numbers[04-train]"),
        item("tests/programs/test_refresh.py::test_second_time"),
    ]
    for given in shuffled(wanted):
        assert order(given) == wanted


def test_tests_of_a_lesson_go_from_stage_to_stage():
    wanted = [
        item("tests/lessons/test_figures_04.py::test_rate[04 a-3]", "drawn", "mnist"),
        item("tests/lessons/test_alone.py::test_files[04-train]", "path", "again"),
        item("tests/lessons/test_checkpoints.py::test_early[04-train]", "begun"),
    ]
    for given in shuffled(wanted):
        assert order(given) == wanted


def test_a_test_that_asks_a_lesson_says_which():
    with pytest.raises(pytest.UsageError, match="begin its id with"):
        order([item("tests/lessons/test_alone.py::test_x[first-03-build]", "again")])
