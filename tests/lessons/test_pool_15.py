"""The processes of lesson 15's pool end with the notebook that has started them."""

import contextlib
import subprocess
import sys
import time

import psutil
import pytest

from notebooks import code_cells, read
from tools.course import lesson_paths

(LESSON,) = lesson_paths(["15"])
# What a process of the pool needs, by how a cell begins, and work for many minutes.
CELLS = "# @title What else", "def slopes", "def train", "DATA =", "# @title A process"
WORK = """
if __name__ == "__main__":
    images, labels = np.zeros((6000, 28, 28), "uint8"), np.arange(6000) % 10
    in_a_pool(2, [{"seed": seed, "size": 1} for seed in range(5000)])
"""
WAIT = 120  # seconds after which a test gives up, on a machine however busy


@pytest.fixture
def notebook(tmp_path):
    """A process that has a pool do the lesson's jobs."""
    starts = *CELLS, "def in_a_pool"
    cells = [c.source for c in code_cells(read(LESSON)) if c.source.startswith(starts)]
    assert len(cells) == len(starts), "a cell begins otherwise"
    program = tmp_path / "notebook.py"
    program.write_text("\n\n".join([*cells, WORK]), encoding="utf-8")
    with psutil.Popen([sys.executable, program], stderr=subprocess.DEVNULL) as process:
        yield process
        process.kill()


def at_work(process):
    """Say whether a process has done more than to start: seconds on the processor."""
    return sum(process.cpu_times()[:2]) > 2


def ended(process):
    """Say whether a process has ended, be it that nobody has asked how."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(condition):
    """Return whether a condition comes true before a test gives up."""
    until = time.monotonic() + WAIT
    while not (met := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return met


def test_no_process_of_the_pool_outlives_a_killed_notebook(notebook):
    begun = wait_for(lambda: sum(map(at_work, notebook.children())) == 2)
    assert begun, "the pool does not begin"
    pool = notebook.children()
    notebook.kill()
    try:
        assert wait_for(lambda: all(map(ended, pool))), "some outlive the notebook"
    finally:
        for process in pool:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
