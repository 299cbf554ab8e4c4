"""`make lessons` takes parameters, names the cell that fails, and refuses nonsense."""

import re
import subprocess
import sys

import nbformat
import pytest

from notebooks import linux
from tools import run_lessons
from tools.course import ROOT
from tools.execution import CellFailed, Execution
from tools.refresh import NOTEBOOK_METADATA

PROGRAM = run_lessons.__name__


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A notebook with a parameter, a headline and a cell that fails if EPOCHS is 13."""
    monkeypatch.setattr(run_lessons, "EXECUTED", tmp_path / "build")
    cells = [
        nbformat.v4.new_code_cell("EPOCHS = 10", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "print('working')\nprint('epochs', EPOCHS)", metadata={"headline": True}
        ),
        nbformat.v4.new_code_cell("assert EPOCHS != 13, 'unlucky'", id="the-assert"),
    ]
    path = tmp_path / "tiny.ipynb"
    nb = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    nbformat.write(nb, path)
    return path


@pytest.mark.parametrize(("parameters", "said"), [({}, 10), ({"EPOCHS": 20}, 20)])
def test_row_has_the_headline_and_memory(notebook, parameters, said):
    row = run_lessons.run(notebook, {**parameters, "SEED": 1})
    assert row["result"] == f"epochs {said}"
    assert 20 < row["memory"] < 1000, "MiB of a kernel that imports nothing"
    assert (run_lessons.EXECUTED / notebook.name).exists()


def test_failing_cell_is_named(notebook):
    with pytest.raises(CellFailed) as failure:
        run_lessons.run(notebook, {"EPOCHS": 13})
    message = str(failure.value)
    assert message == "tiny.ipynb, cell 3 (id the-assert): AssertionError: unlucky"
    assert (run_lessons.EXECUTED / notebook.name).exists(), "what ran is kept"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import os; os._exit(9)", "exit code 9"),
        ("import os; os._exit(0)", "exit code 0"),
        pytest.param(
            "import os; os.kill(os.getpid(), 9)",
            "signal SIGKILL, as when memory runs out",
            marks=linux,
        ),
        pytest.param(
            "import os; os.kill(os.getpid(), 11)", "signal SIGSEGV", marks=linux
        ),
    ],
)
def test_kernel_that_dies_is_named_with_its_memory(notebook, source, cause):
    nb = nbformat.read(notebook, as_version=4)
    nb.cells[1].source = "x = b'x' * 300_000_000"
    nb.cells[2].source = source
    nbformat.write(nb, notebook)
    with pytest.raises(CellFailed) as failure:
        run_lessons.run(notebook, {})
    said = re.fullmatch(
        r"tiny\.ipynb, cell 3 \(id the-assert\): the kernel died: (.+)\. Before this "
        r"cell it had (\d+) MiB of the computer's (\d+)\.",
        str(failure.value),
    )
    assert said, str(failure.value)
    assert said[1] == cause
    assert 300 < int(said[2]) < int(said[3])
    assert (run_lessons.EXECUTED / notebook.name).exists(), "what ran is kept"


def test_cell_that_hangs_is_given_up_and_named(tmp_path):
    source = "print('before')\nimport time\ntime.sleep(10_000)"
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_code_cell(source, id="sleepy")]
    execution = Execution(nb, "tiny.ipynb", tmp_path, timeout=3)
    with execution.kernel(), pytest.raises(CellFailed) as failure:
        execution.run(progress=False)
    assert str(failure.value) == (
        "tiny.ipynb, cell 1 (id sleepy): it still runs after 3 seconds: given up."
    )


@pytest.mark.parametrize(("epochs", "seconds"), [(1, 600), (10, 600), (45, 2700)])
def test_more_epochs_may_take_longer(notebook, monkeypatch, epochs, seconds):
    asked = []

    class Unable(Exception):
        """Ends the run before a kernel starts."""

    def execution(nb, name, timeout):
        asked.append(timeout)
        raise Unable

    monkeypatch.setattr(run_lessons, "Execution", execution)
    with pytest.raises(Unable):
        run_lessons.run(notebook, {"EPOCHS": epochs})
    assert asked == [seconds]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["EPOCHS=ten"], "EPOCHS is a whole number, as in EPOCHS=20; 'ten' is none."),
        (["EPOCHS=0"], "EPOCHS is a whole number, as in EPOCHS=20; '0' is none."),
        (["99"], "No lesson starts with '99': try 01-meet-the-digits."),
        (["EPOCH=5"], "No lesson has EPOCH; there are EPOCHS, SEED."),
    ],
)
def test_nonsense_is_refused_in_one_sentence(words, sentence):
    result = subprocess.run(
        [sys.executable, "-m", PROGRAM, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.splitlines() == [sentence]


def test_memory_is_the_kernels_own_peak(tmp_path):
    ours = b"x" * 1_000_000_000
    source = "x = b'x' * 300_000_000\ndel x"
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    execution = Execution(nb, "peak", tmp_path)
    with execution.kernel():
        execution.run(progress=False)
        assert 300_000_000 < execution.peak_memory() * 2**20 < len(ours)
