"""What `make check` runs executes no lesson: no kernel starts, no TensorFlow."""

import sys

import pytest

from tools.execution import Execution

TAKE_SECONDS = "tensorflow", "keras"


@pytest.fixture(autouse=True)
def executes_no_lesson(monkeypatch):
    """Make a test fail that starts a kernel or imports TensorFlow."""

    def refuse(execution):
        pytest.fail(f"{execution.name} is executed: that belongs to tests/lessons")

    monkeypatch.setattr(Execution, "kernel", refuse)
    for package in TAKE_SECONDS:
        monkeypatch.setitem(sys.modules, package, None)  # to import it fails
