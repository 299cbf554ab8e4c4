"""Train outside a notebook: what the measuring programs share."""

import ast
import contextlib
import errno
import re
import sys

import nbformat

from tools.course import EXERCISE_TAGS, cells_tagged
from tools.measuring.jobs import execute
from tools.shared_cells import FOLDER, source_of

# The setup cell's lines that decide the order in which numbers are added up. The last
# two forget what the environment asks for.
PINS = (
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTRAOP_THREADS",
    "for wish in ",
    "del os.environ[wish]",
)
STORED = "Every run that finished before is stored: start again to go on."
# What comes before training in a lesson, without the training of its recaps.
PREPARATION = (
    "setup",
    "imports",
    "parameters",
    "recap-data",
    "recap-vectors",
    "recap-model",
)


def unpin(source):
    """Return the setup cell's source without the pins. Raises ValueError if one lacks.

    What the environment asks for then counts.
    """
    lines = source.splitlines()
    left = [line for line in lines if not line.strip().startswith(PINS)]
    if len(lines) - len(left) != len(PINS):
        raise ValueError(f"the setup cell does not pin {', '.join(PINS)}")
    return "\n".join(left)


def reference_program(pinned=True):
    """Return a program that trains the course's recipe, with NOTEBOOKS as its folder.

    It defines `model`, `x_test` and `y_test`, and has imported NumPy and hashlib.
    """
    recaps = "recap-data", "recap-vectors", "recap-model", "recap-train"
    setup = source_of("setup") if pinned else unpin(source_of("setup"))
    parameters = (FOLDER / "parameters.py").read_text(encoding="utf-8")
    return "\n".join([parameters, setup, *map(source_of, recaps)])


def recipe_cells(path):
    """Return the source of the cells that define a lesson's recipes, as one text."""
    nb = nbformat.read(path, as_version=4)
    cells = cells_tagged(nb, "sweep", *PREPARATION)
    return "\n\n".join(cell.source for cell in cells)


def recipe_names(path):
    """Return the names of a lesson's recipes in order; none if it has no such cells."""
    names = {"RECIPES": {}}
    for cell in cells_tagged(nbformat.read(path, as_version=4), "sweep"):
        if re.search(r"^RECIPES \|?= \{", cell.source, re.M):
            exec(cell.source, names)
    return list(names["RECIPES"])


def definitions(path):
    """Execute the cells that define a lesson's recipes; return what they define."""
    return execute(recipe_cells(path), path.name)


def only_defines(source):
    """Say whether code defines functions and constants, and does no more."""
    plain = ast.Constant | ast.Tuple | ast.Dict
    return all(
        isinstance(part, ast.FunctionDef)
        or (isinstance(part, ast.Assign) and isinstance(part.value, plain))
        for part in ast.parse(source).body
    )


def define(nb, names):
    """Execute a lesson's imports, and its cells that only define, but no exercise.

    nb: the lesson; names: a dictionary, in which the definitions then are.
    """
    exercises = cells_tagged(nb, *EXERCISE_TAGS)
    for cell in cells_tagged(nb, "imports"):
        exec(cell.source, names)
    for cell in nb.cells:
        is_own = cell.cell_type == "code" and cell not in exercises
        if is_own and only_defines(cell.source):
            exec(compile(cell.source, cell.id, "exec"), names)


def add_scheduler(parser):
    """Let a program's command line name a scheduler."""
    words = "a Dask scheduler's address, such as tcp://192.168.1.7:8786 (this machine)"
    parser.add_argument("--scheduler", metavar="ADDRESS", help=words)


@contextlib.contextmanager
def in_a_sentence():
    """Exit with a sentence, and no trace, on Ctrl-C and when a disk is full."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(f"\nStopped. {STORED}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit("The disk is full, the last run is not stored. Make room. " + STORED)
