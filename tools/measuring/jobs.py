"""What is measured in a process of its own, on this machine or on another one.

`apart` starts `python -m tools.measuring.jobs`, hands it a function of this file with
all that it needs, and returns what comes back. A fresh process for each run: a longer
one would keep its gigabyte, and TensorFlow's arithmetic is pinned before its import.
Jupyter's packages take a second or two to import: only what runs a notebook does so.
"""

import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from importlib.metadata import version

import psutil

from tools.course import NOTEBOOKS, ROOT

PACKAGES = "tensorflow", "keras", "numpy"
RUNNING = set()  # the processes that `apart` waits for
KERNEL_MEMORY = 1.5 * 2**30  # bytes that one lesson takes at its peak, and some air


def workers(waiting=0):
    """Return how many runs to have at a time: one a core, as memory allows.

    waiting: how many more, as that many are likely to wait for something.
    """
    memory = psutil.virtual_memory().available // KERNEL_MEMORY
    return int(max(1, min(os.cpu_count() + waiting, memory)))


def as_text(value):
    """Return a number as the tables hold it: with decimals, if it is small."""
    return f"{value:.4f}" if value < 1000 else f"{value:.0f}"


def execute(source, name):
    """Execute a program in the notebooks' folder, where the data are.

    source: its text; name: for messages. Returns {name: value} of what it defines.
    """
    os.chdir(NOTEBOOKS)
    names = {}
    exec(compile(source, name, "exec"), names)
    return names


def peak_memory():
    """Return this process's peak resident memory in MiB, 0 where it is unknown."""
    from tools.execution import PEAK_MEMORY

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(PEAK_MEMORY)
    return int(printed.getvalue())


def train(name, source, recipe, seed, timed):
    """Train a recipe once; return a row {column: text}.

    name: the lesson's, for messages; source: the program that defines RECIPES and
    train(); timed: whether the row notes the peak of memory, too.
    """
    names = execute(source, name)
    start = time.perf_counter()
    result = names["train"](seed, **names["RECIPES"][recipe])
    seconds = time.perf_counter() - start
    if timed:
        result["memory"] = peak_memory()
    return (
        {"recipe": recipe, "seed": str(seed)}
        | {key: as_text(value) for key, value in result.items()}
        | {"seconds": f"{seconds:.1f}"}
        | {package: version(package) for package in PACKAGES}
    )


def learn(name, source, recipe, seed):
    """Train a recipe once; return the arrays of its network's weights, in order."""
    names = execute(source, name)
    return names["learn"](seed, **names["RECIPES"][recipe]).get_weights()


def run_lesson(name, text):
    """Run a lesson, given as a notebook's text; return all that its cells print.

    Raises CellFailed at the first cell that fails.
    """
    import nbformat

    from tools.execution import Execution

    nb = nbformat.reads(text, as_version=4)
    execution = Execution(nb, name)
    with execution.kernel():
        execution.run(progress=False)
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    return "".join(o.get("text", "") for cell in cells for o in cell.outputs)


def apart(function, *arguments):
    """Call a function of this file in a fresh process; return what it returns.

    The process ends with this one, however this one ends. Raises RuntimeError with a
    sentence if the function raises, or if the process ends before it is done.
    """
    command = [sys.executable, "-m", "tools.measuring.jobs"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        RUNNING.add(process)
        pickle.dump((function, arguments), process.stdin)
        process.stdin.flush()  # and stays open: see end_with_parent
        answer = process.stdout.read()
        process.wait()  # before the pipe is closed
        RUNNING.discard(process)
    if process.returncode:
        from tools.execution import end_of_kernel

        end = end_of_kernel(process.returncode)
        raise RuntimeError(f"its process ended too early: {end}")
    problem, result = pickle.loads(answer)
    if problem:
        raise RuntimeError(problem)
    return result


def stop():
    """End all that `apart` has started in this process and still waits for."""
    for process in [*RUNNING]:
        process.kill()


def end_with_parent():
    """End this process as soon as the one that started it has closed the pipe."""
    os.read(0, 1)
    os._exit(1)


def main():
    """Do the job that comes in, and write what comes out of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # what a lesson prints is no part of the answer
        function, arguments = pickle.load(sys.stdin.buffer)
        threading.Thread(target=end_with_parent, daemon=True).start()
        problem = result = None
        try:
            result = function(*arguments)
        except (Exception, SystemExit) as error:
            problem = f"{type(error).__name__}: {error}"
        pickle.dump((problem, result), answer)


if __name__ == "__main__":
    main()
