"""A lesson and its one kernel: nbval runs and compares it, other tests ask it.

The tests of one lesson are one unit of work. They go through these stages in order, and
none leads back:

1. nbval runs every cell in a fresh kernel and compares it with the stored one;
2. `drawn`, `ran`: tests look at figures and names after the last cell;
3. `again`: the names are forgotten, and the hand-out runs in an empty folder; then its
   exercises are answered;
4. `begun`: the names are forgotten, and only the set-up has run.
"""

import re

import nbval.plugin as nbval
import pytest
from nbformat import NotebookNode

from kernel import CellFailed, Kernel, KernelDied
from tools.measuring.bands import bands_in
from tools.measuring.times import stored_times

nbval.RunningKernel = Kernel  # which IPyNbFile.setup starts
STAGES = "ran", "again", "begun"
RUNNING = {}  # {path: the Lesson whose kernel is alive}: one at a time


class Lesson(nbval.IPyNbFile):
    """A notebook whose kernel outlives nbval's last cell.

    `done` are the numbers of the cells that ran, `problems` what was wrong with them,
    `values` is {quantity: its value} where a checkpoint asserts a band, `stage` is one
    of STAGES, `broken` says what went wrong in the hand-out.
    """

    def collect(self):
        self.items, self.done, self.problems = list(super().collect()), set(), []
        self.values = {}
        return self.items

    def setup(self):
        stop_kernels()
        super().setup()
        self.kernel.cell_timeout = self.config.option.nbval_cell_timeout
        self.stage, self.broken = STAGES[0], None
        RUNNING[self.path] = self

    def teardown(self):
        """Leave the kernel to stop_kernels, after the lesson's other tests."""

    def note_bands(self, cell):
        """Note what the checkpoint that has just run found inside its bands."""
        for quantity in bands_in(NotebookNode(cells=[cell])):
            self.values[quantity] = float(self.kernel.ask(f"print(float({quantity}))"))

    def run_all(self):
        """Run every cell, comparing nothing, as far as the kernel lives."""
        self.collect()
        self.setup()
        for item in self.items:
            self.done.add(item.cell_num)
            try:
                self.kernel.run(item.cell.source)
                self.note_bands(item.cell)
            except (CellFailed, KernelDied) as error:
                self.problems.append(f"Cell {item.cell_num}: {error}")
            if not self.kernel.is_alive():
                break


def stop_kernels():
    """Stop the kernel that is alive, if there is one."""
    while RUNNING:
        nbval.IPyNbFile.teardown(RUNNING.popitem()[1])


def lesson_at(stage, path, session):
    """Return a lesson whose cells have all run, and that is not beyond a stage.

    If nbval has not run it (it was not asked to, or it stopped half-way), it runs here.
    """
    lesson = RUNNING.get(path)
    if (
        lesson is None
        or STAGES.index(lesson.stage) > STAGES.index(stage)
        or (lesson.stage == STAGES[0] and len(lesson.done) < len(lesson.items))
    ):
        lesson = Lesson.from_parent(session, path=path)
        lesson.run_all()
    if not lesson.kernel.is_alive():
        problem, *_ = *lesson.problems, "The kernel died after the last cell."
        pytest.fail(f"{path.name} broke off. {problem}", pytrace=False)
    return lesson


def unit(nodeid):
    """Return what one worker runs in one go: a lesson with its tests, or a file."""
    lesson = re.match(r"(?:notebooks/|tests/lessons/[^\[]*\[)(\d\d)[- ]", nodeid)
    return lesson[1] if lesson else nodeid.partition("::")[0]


def stage_of(item):
    """Return when a test of a unit comes: 0 for a cell, later ones as in STAGES.

    Raises UsageError for a test that asks a kernel but is in no lesson's unit: another
    worker would run the lesson once more for it.
    """
    if isinstance(item, nbval.IPyNbCell):
        return 0
    fixtures = getattr(item, "fixturenames", ())
    taken = [i for i, stage in enumerate(STAGES, start=1) if stage in fixtures]
    if "drawn" in fixtures:
        taken.append(1)
    if taken and not unit(item.nodeid).isdigit():
        raise pytest.UsageError(f"{item.nodeid} asks a lesson: begin its id with [NN-")
    return max(taken, default=len(STAGES) + 1)


def seconds_of_lessons():
    """Return {number of a lesson: how long it runs}, as `make times` measured it."""
    return {lesson[:2]: seconds for lesson, (seconds, _) in stored_times().items()}


def order(items):
    """Return tests in the order in which they run: the long units first.

    A unit is never torn apart. Files that train come first, then the lessons, the
    longest (and those not yet measured) before the others.
    """
    seconds = seconds_of_lessons()

    def key(item):
        name, stage = unit(item.nodeid), stage_of(item)
        if name.isdigit():
            return 1, -seconds.get(name, float("inf")), name, stage
        return 2 * (not name.startswith("tests/lessons")), 0, name, stage

    return sorted(items, key=key)
