"""check_machine.py says of a computer what is missing and what to do, in a line each.

Here nothing is trained; tests/programs/test_ready_machine.py runs the hand-out's file.
"""

import builtins
import importlib.metadata
import platform
import re
import sys
from pathlib import Path
from unittest import mock

import pytest

from tools.measuring import one_epoch
from tools.measuring.bands import SEEDS, band
from tools.publishing import check_machine, handout


@pytest.fixture
def program(monkeypatch):
    """The program as in a hand-out, on a computer where all is well."""
    program = check_machine
    settings = {
        "REQUIREMENTS": "numpy==1.0.0\nmatplotlib==2.0.0\n",
        "CELLS": {
            "setup": "class keras:\n    __version__ = '3.13.2'",
            "recap-data": "y_train = 0",
            "recap-vectors": "",
            "recap-model": "",
            "recap-train": "history = {'val_accuracy': [0.9474]}",
        },
        "EXPECTED": 0.9474,
        "LOW": 0.93,
        "HIGH": 0.96,
    }
    for name, value in settings.items():
        monkeypatch.setattr(program, name, value)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1.0.0")
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.39"))
    monkeypatch.setattr(program, "free_memory", lambda: 7.9)
    return program


def lines(program, capsys):
    """Return ({thing: (ok or NO, what is said)}, the last line, exit code)."""
    code = program.main()
    *things, last = capsys.readouterr().out.splitlines()
    found = [re.fullmatch(r"(\w+) +(ok|NO) +(.+)", line).groups() for line in things]
    return {thing: (state, said) for thing, state, said in found}, last, code


def test_all_is_well(program, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said, last, code = lines(program, capsys)
    assert {state for state, _ in said.values()} == {"ok"}
    assert list(said) == [
        *("python", "system", "processor", "memory", "folder", "packages"),
        *("keras", "data", "training"),
    ]
    assert said["packages"][1] == (
        "numpy 1.0.0, matplotlib 1.0.0 (the course has 2.0.0)"
    )
    assert said["training"][1].startswith("validation accuracy 0.9474 after one epoch")
    assert said["training"][1].endswith("as expected, to the last digit")
    assert (last, code) == ("ready", 0)
    assert list(tmp_path.iterdir()) == []


def no_file(*arguments, **options):
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    ("thing", "place", "value", "says"),
    [
        ("python", "sys.version_info", (3, 14, 0), "install Python 3.11, 3.12 or 3.13"),
        ("python", "sys.version_info", (3, 10, 9), "install Python 3.11, 3.12 or 3.13"),
        ("python", "sys.maxsize", 2**31 - 1, "of 32 bits"),
        ("system", "platform.system", lambda: "Darwin", "a Mac with Intel"),
        ("system", "platform.libc_ver", lambda: ("glibc", "2.17"), "2.27 or newer"),
        ("system", "platform.libc_ver", lambda: ("", ""), "needs glibc"),
        ("processor", "pathlib.Path.read_text", lambda *a: "flags\t: fpu", "AVX"),
        ("memory", "free", lambda: 1.4, "1.4 GiB free of 2: close other programs"),
        ("folder", "tempfile.TemporaryFile", no_file, "Permission denied"),
        ("folder", "shutil.disk_usage", lambda p: mock.Mock(free=2**27), "0.1 GiB"),
    ],
)
def test_what_is_missing_is_said_and_nothing_heavy_begun(
    program, capsys, thing, place, value, says, monkeypatch
):
    if place == "free":
        monkeypatch.setattr(program, "free_memory", value)
    else:
        monkeypatch.setattr(place, value)
    monkeypatch.setattr(program, "CELLS", None)  # to look at it would fail
    said, last, code = lines(program, capsys)
    assert {name for name, (state, _) in said.items() if state == "NO"} == {thing}
    assert says in said[thing][1]
    assert last == "not ready: do what the lines with NO say, then run this again"
    assert code == 1


def test_windows_on_arm_has_no_tensorflow(program, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(platform, "machine", lambda: "ARM64")
    with pytest.raises(program.NotReady, match="no TensorFlow for it; use Colab"):
        program.system()


def test_missing_packages_are_listed_with_the_line_that_installs_them(
    program, monkeypatch
):
    def version(name):
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(program.NotReady) as missing:
        program.packages()
    assert str(missing.value) == (
        f"missing. Run: {sys.executable} -m pip install numpy==1.0.0 matplotlib==2.0.0"
    )


@pytest.mark.parametrize(
    ("cell", "source", "thing", "says"),
    [
        ("setup", "raise SystemExit('A package is broken.')", "keras", "is broken"),
        ("setup", "raise OSError('no such library')", "keras", "OSError: no such"),
        ("recap-data", "raise SystemExit('is damaged')", "data", "is damaged"),
        ("recap-train", "history = {'val_accuracy': [0.5]}", "training", "not 0.9474"),
    ],
)
def test_what_the_lessons_own_cells_say_is_passed_on(
    program, capsys, cell, source, thing, says
):
    program.CELLS[cell] = source
    said, _, code = lines(program, capsys)
    assert said[thing][0] == "NO"
    assert says in said[thing][1]
    assert list(said)[-1] == thing, "what comes later is not tried"
    assert code == 1


def test_other_rounding_is_near(program, capsys):
    program.CELLS["recap-train"] = "history = {'val_accuracy': [0.9481]}"
    said, last, _ = lines(program, capsys)
    assert said["training"][1].endswith("near 0.9474, as on some other machines")
    assert last == "ready"


def test_free_memory_is_that_of_this_computer(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    text = "MemTotal: 9 kB\nMemAvailable:    3145728 kB\n"
    monkeypatch.setattr(Path, "read_text", lambda path, encoding: text)
    assert check_machine.free_memory() == 3.0
    monkeypatch.setattr(Path, "read_text", no_file)  # macOS has no such file
    assert check_machine.free_memory() is None


def test_expected_number_was_measured_over_the_seeds_of_the_bands():
    rows = one_epoch.TABLE.read_text().splitlines()[1:]
    assert [int(row.split(",")[0]) for row in rows] == list(SEEDS)
    values = [float(row.split(",")[1]) for row in rows]
    assert one_epoch.expected() == (values[0], *band(values))
    assert float(band(values)[0]) < values[0] < float(band(values)[1])


def test_handed_out_program_holds_all_that_it_needs():
    names = {"__name__": "check_machine"}
    exec(handout.check_machine(), names)
    assert set(names["CELLS"]) == {*one_epoch.PREPARATION, "recap-train"}
    assert "tensorflow==" in names["REQUIREMENTS"]
    assert names["LOW"] < names["EXPECTED"] < names["HIGH"]
    text = handout.check_machine()
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.M))
    assert imported <= sys.stdlib_module_names, "it starts where nothing is installed"
    assert builtins.compile(text, "check_machine.py", "exec")
