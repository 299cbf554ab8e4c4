"""`make check` is quick: it executes no lesson, and nothing imports TensorFlow."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools.course import ROOT
from tools.execution import Execution

HERE = Path(__file__).parent
IMPORT_ALL = """
import importlib, sys
sys.path[:0] = {folders!r}
sys.modules |= dict.fromkeys(["tensorflow", "keras"])
for name in {names!r}:
    importlib.import_module(name)
"""


def test_no_test_imports_tensorflow_at_its_head():
    folders = [str(folder) for folder in (ROOT, HERE.parent, HERE)]
    names = [path.stem for path in HERE.glob("*.py")]
    program = IMPORT_ALL.format(folders=folders, names=names)
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("package", ["tensorflow", "keras"])
def test_a_test_cannot_import_tensorflow(package):
    with pytest.raises(ModuleNotFoundError):
        __import__(package)


def test_a_test_cannot_execute_a_lesson():
    execution = Execution(nbformat.v4.new_notebook(), "tiny")
    with pytest.raises(pytest.fail.Exception, match="tiny is executed"):
        execution.kernel()


def test_no_two_files_of_tests_have_one_name():
    names = [path.name for path in HERE.parent.rglob("test_*.py")]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"pytest refuses to collect both of {twice}"
