"""A kernel that dies, and a cell that hangs, are named; neither holds up the tests."""

import re

import nbformat
import pytest

from notebooks import linux, strict_nbval, verdicts

STUBBORN = """while True:
    try:
        time.sleep(1)
    except KeyboardInterrupt:
        pass"""
# {notebook: (what its second cell does, what is said of it)}
BROKEN = {
    "ends-itself": ("os._exit(9)", "The kernel died: exit code 9."),
    "is-killed": ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL, as when memory"),
    "aborts": ("os.abort()", "The kernel died: signal SIGABRT."),
    "reads-nowhere": ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
    "hangs": ("time.sleep(1000)", "Timeout of 10 seconds exceeded"),
    "ignores-interrupts": (STUBBORN, "Timeout of 10 seconds exceeded"),
}


def notebook(*sources):
    """Return a notebook of such cells, none of which has any output."""
    cells = [
        nbformat.v4.new_code_cell(source, execution_count=number)
        for number, source in enumerate(sources, start=1)
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The result of strict nbval on all the broken notebooks, with a short timeout."""
    folder = tmp_path_factory.mktemp("broken")
    for name, (source, _) in BROKEN.items():
        cells = "import os, signal, time", source, "pass"
        nbformat.write(notebook(*cells), folder / f"{name}.ipynb")
    # nbval's own patience with each of them is 2,000 seconds. The cells that do not
    # hang have to come to their ends, on a busy machine, too.
    return strict_nbval(folder, "--nbval-cell-timeout=10", timeout=500)


@linux
@pytest.mark.parametrize("name", BROKEN)
def test_cell_is_named_with_the_reason(name, result):
    found = verdicts(result.stdout)
    cells = [cell for notebook, cell in found if notebook == f"{name}.ipynb"]
    assert cells == [1], result.stdout
    assert BROKEN[name][1] in found[f"{name}.ipynb", 1]
    assert re.search(rf"(?m)^FAILED \S*{name}\.ipynb::Cell 1", result.stdout)
