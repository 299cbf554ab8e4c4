"""Mark what learners hand in: run their answers in fresh lessons, each apart.

    python -m tools.marking.mark SUBMISSIONS

SUBMISSIONS is a folder with a folder for each learner, in which their notebooks lie.
Of a notebook, only the answers are taken: the cells of the hand-out in which they were
to be written, or else the last ones that define their names. They are put into fresh
lessons and run there; what the checks say is written to build/marks/:

    marks.csv      a row for each answer: learner, lesson, exercise, mark (1 if it is
                   right), points, remark
    nbgrader.csv   the sums of points, in the form of nbgrader's export
    NAME.html      a page for each learner

An answer that does not come back is left out, and the lesson is run again without it,
so it costs its own mark and no other. See INSTRUCTORS.md for what protects you.
"""

import argparse
import ast
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import jinja2
import nbformat
from tqdm import tqdm

from tools.course import (
    BUILD,
    cells_tagged,
    exercises,
    lesson_paths,
    title_of,
    write,
    write_table,
)
from tools.execution import CELL_TIMEOUT
from tools.marking.apart import can_protect, run_apart
from tools.measuring.jobs import workers
from tools.publishing.handout import handout

MARKS = BUILD / "marks"
PAGE = Path(__file__).with_name("page.html")
SIZE_LIMIT = 20 * 2**20  # bytes of a notebook that is read
MEMORY = 3.0  # GiB
SECONDS = 120
POINTS = 1, 3, 4  # of a warm-up, a core and a stretch exercise; INSTRUCTORS.md says so
UNPROTECTED = (
    "The answers are programs by other people, and nothing here keeps them from your "
    "files and the network: install bubblewrap (Linux), or use a computer that holds "
    "nothing of yours and add --unprotected."
)


class Exercise(NamedTuple):
    """An exercise of a lesson: what its answer is called, and the ids of its cells."""

    number: int
    name: str
    cell: str
    check: str


class Mark(NamedTuple):
    """What is said of one answer."""

    learner: str
    file: str
    lesson: str
    exercise: int
    mark: int
    points: int
    remark: str


class NotReadable(Exception):
    """A file that is no lesson; the message says so to the learner."""


# ---- What was handed in.


def exercises_of(nb):
    """Return the exercises of a lesson."""
    return [
        Exercise(number, name, cell.id, check.id)
        for number, (name, cell, check) in enumerate(exercises(nb), start=1)
    ]


def names_set(source):
    """Return the names that code sets for all cells; none if it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    shared = (node.names for node in ast.walk(tree) if isinstance(node, ast.Global))
    return set().union(*shared, *map(names_in, tree.body))


def names_in(node):
    """Return the names that a piece of code sets outside of functions and classes."""
    if isinstance(node, ast.Lambda):
        return set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(name.asname or name.name).split(".")[0] for name in node.names}
    is_set = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    own = {node.id} if is_set else set()
    return own.union(*map(names_in, ast.iter_child_nodes(node)))


def read_submission(path):
    """Return the notebook of a file. Raises NotReadable with a sentence."""
    if path is None:
        raise NotReadable(
            "No notebook was handed in, a file whose name ends in .ipynb."
        )
    if path.stat().st_size == 0:
        raise NotReadable(
            "This file is empty: save the notebook, and hand it in again."
        )
    if path.stat().st_size > SIZE_LIMIT:
        raise NotReadable("This notebook has more than 20 MB: clear its outputs first.")
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # nbformat stops in many ways, as a file may hold anything
        raise NotReadable("This file is no notebook that can be read.") from None


def lesson_of(nb, lessons):
    """Return the name of the lesson that a notebook is of, by the exercises in it.

    lessons: {name: notebook}. Raises NotReadable if it has no exercise of any.
    """
    ids = {cell.get("id") for cell in nb.cells}
    names = set().union(*(names_set(text_of(cell)) for cell in nb.cells))

    def shared(lesson):
        found = exercises_of(lessons[lesson])
        return sum(e.cell in ids for e in found), sum(e.name in names for e in found)

    lesson = max(lessons, key=shared)
    if shared(lesson) == (0, 0):
        raise NotReadable("No exercise of any lesson is in this notebook.")
    return lesson


def text_of(cell):
    """Return a code cell's source, nothing of any other cell."""
    source = cell.get("source", "") if cell.get("cell_type") == "code" else ""
    return source if isinstance(source, str) else ""


def answer_of(nb, exercise, stub):
    """Return the source of a learner's answer: that of its cell, or of another one.

    nb: the learner's notebook; stub: what the hand-out has there, if nothing is found.
    """
    by_id = [text_of(cell) for cell in nb.cells if cell.get("id") == exercise.cell]
    others = [text_of(c) for c in nb.cells if exercise.name in names_set(text_of(c))]
    for source in *by_id, *reversed(others):
        if source.strip() and source != stub:
            return source
    return stub


# ---- Running and judging.


def with_answers(nb, lesson):
    """Put a learner's answers into a fresh copy of the lesson.

    Returns (the copy, {exercise: why its answer is not in there}).
    """
    fresh, refused = handout(deepcopy(lesson)), {}
    cells = {cell.id: cell for cell in fresh.cells}
    checks = cells_tagged(fresh, "checker", "checker-compare", "checker-tell", "check")
    guarded = set().union(*(names_set(cell.source) for cell in checks))
    for exercise in exercises_of(lesson):
        answer = answer_of(nb, exercise, cells[exercise.cell].source)
        if taken := sorted(guarded & names_set(answer)):
            refused[exercise] = f"it redefines {taken[0]}, which the check uses"
        else:
            cells[exercise.cell].source = answer
    return fresh, refused


def mark_notebook(nb, lesson, settings):
    """Run a learner's answers in a fresh lesson.

    Returns {exercise: what its check says of the answer, or why nobody can say it}.
    """
    fresh, refused = with_answers(nb, lesson)
    said = {e: f"Not right: {reason}." for e, reason in refused.items()}
    stubs = {cell.id: cell.source for cell in lesson.cells}
    while left := [e for e in exercises_of(lesson) if e not in said]:
        found, stopped, reason = run_once(fresh, settings)
        if not reason:
            return said | {e: found[e.check] for e in left}
        guilty = [e for e in left if stopped in (e.cell, e.check)]
        if not guilty:
            return said | {e: f"Not marked: {reason}." for e in left}
        said[guilty[0]] = f"Not right: {reason}."
        (cell,) = (cell for cell in fresh.cells if cell.id == guilty[0].cell)
        cell.source = stubs[cell.id]
    return said


def points_for(exercise):
    """Return the points that a right answer to an exercise gets."""
    return POINTS[exercise.number - 1]


def mark_of(exercise, text):
    """Return (1 if an answer is right, its points, what its check says in one line).

    The tally comes last, after all that the answer itself may print.
    """
    said, _, tally = text.rpartition("\nExercises: ")
    right = f"{exercise.number} ✓" in tally
    return int(right), right * points_for(exercise), " ".join((said or text).split())


def run_once(nb, settings):
    """Run a notebook apart; return (what its checks say, the cell that stopped, why).

    If it comes to its end, there is no why.
    """
    with tempfile.TemporaryDirectory(prefix="mark-") as name:
        folder = Path(name).resolve()
        nbformat.write(nb, folder / "lesson.ipynb")
        number = len(cells_tagged(nb, "exercise", "check"))
        reason = run_apart(
            "tools.marking.run_answers",
            folder,
            settings.seconds,
            MEMORY,
            seconds=CELL_TIMEOUT + number * settings.seconds,
            memory=MEMORY + 1,
            hidden=None if settings.unprotected else [settings.submissions],
        )
        now, said = folder / "now", folder / "said.json"
        if reason:
            return {}, now.read_text() if now.exists() else "", reason
        return json.loads(said.read_text()), "", ""


def mark_file(learner, path, lessons, settings):
    """Return the marks of a file that a learner handed in, or what is wrong with it."""
    file = path.relative_to(settings.submissions).as_posix() if path else ""
    try:
        nb = read_submission(path)
        lesson = lesson_of(nb, lessons)
    except NotReadable as problem:
        return [Mark(learner, file, "", 0, 0, 0, str(problem))]
    said = mark_notebook(nb, lessons[lesson], settings)
    return [
        Mark(learner, file, lesson, e.number, *mark_of(e, text))
        for e, text in sorted(said.items())
    ]


# ---- Writing.


def write_marks(marks, folder, lessons):
    """Write the table of marks, nbgrader's, and a page for each learner."""
    marks = sorted(marks)
    write_table(folder / "marks.csv", [Mark._fields, *marks])
    best = {}
    for mark in marks:
        if mark.lesson:
            files = best.setdefault((mark.lesson, mark.learner), {})
            files[mark.file] = files.get(mark.file, 0) + mark.points
    most = {
        lesson: sum(map(points_for, exercises_of(nb))) for lesson, nb in lessons.items()
    }
    sums = [
        (lesson, learner, max(files.values()), most[lesson])
        for (lesson, learner), files in sorted(best.items())
    ]
    columns = "assignment", "student_id", "raw_score", "max_score"
    write_table(folder / "nbgrader.csv", [columns, *sums])
    page = jinja2.Environment(autoescape=True).from_string(PAGE.read_text("utf-8"))
    titles = {lesson: title_of(nb) for lesson, nb in lessons.items()}
    names = {
        (lesson, exercise.number): exercise.name
        for lesson, nb in lessons.items()
        for exercise in exercises_of(nb)
    }
    for learner in {mark.learner for mark in marks}:
        own = [mark for mark in marks if mark.learner == learner]
        text = page.render(
            learner=learner, marks=own, titles=titles, names=names, most=most
        )
        write(folder / f"{learner}.html", text.encode())


def handed_in(folder):
    """Return (learner, notebook, or None) for all that lies in the learners' folders.

    Raises SystemExit with a sentence if there is no such folder.
    """
    learners = [path for path in folder.iterdir() if path.is_dir()]
    if not learners:
        raise SystemExit(f"{folder} holds no folder: it needs one for each learner.")
    found = []
    for learner in sorted(learners):
        files = [
            path
            for path in sorted(learner.rglob("*.ipynb"))
            if path.is_file() and not path.is_symlink()
            if ".ipynb_checkpoints" not in path.parts
        ]
        found += [(learner.name, path) for path in files or [None]]
    return found


def mark(settings, paths):
    """Mark all that was handed in for these lessons; store what is known each time."""
    lessons = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    files = handed_in(settings.submissions)
    settings.marks.mkdir(parents=True, exist_ok=True)
    marks = []
    with ThreadPoolExecutor(workers()) as pool:
        runs = [pool.submit(mark_file, *file, lessons, settings) for file in files]
        for run in tqdm(as_completed(runs), "marking", len(runs), unit="notebook"):
            marks += run.result()
            write_marks(marks, settings.marks, lessons)
    right = sum(mark.mark for mark in marks)
    print(f"{len(files)} notebooks, {right} right answers: see {settings.marks}")


def main():
    """Mark what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("submissions", type=Path, metavar="SUBMISSIONS")
    parser.add_argument("--marks", type=Path, default=MARKS, help="where to write")
    parser.add_argument(
        "--seconds", type=int, default=SECONDS, help="that an answer may take"
    )
    parser.add_argument("--unprotected", action="store_true", help="without bubblewrap")
    settings = parser.parse_args()
    settings.submissions = settings.submissions.resolve()
    if not settings.submissions.is_dir():
        sys.exit(f"There is no folder {settings.submissions}.")
    if not settings.unprotected and not can_protect():
        sys.exit(UNPROTECTED)
    mark(settings, lesson_paths())


if __name__ == "__main__":
    main()
