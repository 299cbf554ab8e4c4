"""Plant one fault at a time into a copy of the course and see whether a test notices.

    python -m tools.measuring.mutants           # all faults
    python -m tools.measuring.mutants 05 README # those whose place starts so

A fault in code is planted as a careless author would leave it: the lesson is executed
again and stored with its new outputs and pictures, so that the strict comparison has
nothing to compare and only checks that know better can notice. Other faults (a stale
output, a wrong number in the text) are planted into the stored files. A fault counts
as caught if a test fails with the words written beside the fault.

Prints a table, writes it to build/mutants.csv; exits with 1 if a fault was missed.
"""

import argparse
import csv
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from tqdm import tqdm

from tools.course import EXERCISE_TAGS, MEASURED, ROOT

TABLE = MEASURED / "mutants.csv"
WORKERS = 2
QUICK_TESTS = (
    "structure",
    "claims",
    "readme",
    "bands",
    "instructors",
    "badges",
    "sweep",
    "bench",
)
HANDOUT_TEST = "tests/test_exercises.py::test_handout_holds_nothing_of_a_solution"


class Fault(NamedTuple):
    """One slip, as the head of mutants.toml explains it."""

    name: str
    place: str
    kind: str
    old: str
    new: str
    says: str


with Path(__file__).with_suffix(".toml").open("rb") as file:
    FAULTS = [Fault(**values) for values in tomllib.load(file)["fault"]]


def copy_course(folder):
    """Copy what git knows of the course, and nothing else, into `folder`."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def lesson_of(fault, folder):
    """Return the path of the lesson that the fault is planted into."""
    (path,) = (folder / "notebooks").glob(f"{fault.place}-*.ipynb")
    return path


def describe(cell, alt):
    """Give a cell another alternative text, and its pictures the same, as refresh."""
    cell.metadata.alt = alt
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            output.metadata["image/png"]["alt"] = alt


def change_source(cell, fault):
    """Replace a text in the cell's source; say whether it was there."""
    fits = fault.old in cell.source
    cell.source = cell.source.replace(fault.old, fault.new)
    return fits


def change_text(cell, fault):
    """Replace a text in prose or in a description; say whether it was there."""
    if cell.cell_type == "markdown":
        return change_source(cell, fault)
    alt = cell.metadata.get("alt", "")
    if fault.old in alt:
        describe(cell, alt.replace(fault.old, fault.new))
    return fault.old in alt


def change_code(cell, fault):
    """Replace a text in a code cell; say whether it was there."""
    return cell.cell_type == "code" and change_source(cell, fault)


def change_output(cell, fault):
    """Replace a text in what a cell has printed; say whether it was there."""
    for output in cell.get("outputs", []):
        if fault.old in output.get("text", ""):
            output.text = output.text.replace(fault.old, fault.new)
            return True
    return False


def change_tag(cell, fault):
    """Add a tag to a cell; say whether it has the other."""
    tags = cell.metadata.get("tags", [])
    fits = fault.old in tags
    if fits:
        tags.append(fault.new)
    return fits


CHANGES = {
    "code": change_code,
    "stale": change_code,
    "text": change_text,
    "output": change_output,
    "tag": change_tag,
}


def change_lesson(path, fault):
    """Plant the fault into a notebook; say whether its text was there."""
    nb = nbformat.read(path, as_version=4)
    if fault.kind == "alt":
        cells = {cell.id: cell for cell in nb.cells}
        describe(cells[fault.old], cells[fault.new].metadata.alt)
        hits = 1
    else:
        hits = sum(CHANGES[fault.kind](cell, fault) for cell in nb.cells)
    path.write_bytes((nbformat.writes(nb) + "\n").encode())
    return hits


def plant(fault, folder):
    """Plant the fault into the copy. Raises ValueError if its text is not there."""
    if fault.kind == "file":
        path = folder / fault.place
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(fault.old, fault.new, 1), encoding="utf-8")
        hits = text.count(fault.old)
    elif fault.kind == "pixel":
        path = folder / "notebooks" / "data" / "mnist.npz"
        with np.load(path) as file:
            arrays = dict(file)
        arrays["x_train"][31_415, 14, 14] ^= 1
        np.savez_compressed(path, **arrays)
        hits = 1
    else:
        hits = change_lesson(lesson_of(fault, folder), fault)
        if fault.kind == "code":
            for other in (folder / "notebooks").glob("[0-9]*.ipynb"):
                if other != lesson_of(fault, folder):
                    change_recaps(other, fault)
    if not hits:
        raise ValueError(f"{fault.name}: {fault.old!r} is not in {fault.place}")


def change_recaps(path, fault):
    """Plant the fault into the recap cells of a notebook, as its author would."""
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if any(tag.startswith("recap-") for tag in cell.metadata.get("tags", [])):
            change_source(cell, fault)
    path.write_bytes((nbformat.writes(nb) + "\n").encode())


def run(folder, *arguments):
    """Run a Python program or module in the copy; return its result."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True
    )


def concerns_exercises(fault, folder):
    """Say whether the fault lies in an exercise, its check or its solution."""
    return any(
        EXERCISE_TAGS & set(cell.metadata.get("tags", [])) and fault.new in cell.source
        for cell in nbformat.read(lesson_of(fault, folder), as_version=4).cells
    )


def test_command(fault, folder):
    """Return the arguments that run the tests of `make test` that concern the fault.

    Without a fault these are all of its quick tests and those of all figures.
    """
    tests = [*(f"tests/test_{name}.py" for name in QUICK_TESTS), HANDOUT_TEST]
    if not fault:
        tests += ["tests/test_figures.py"]
    elif fault.kind == "pixel":
        tests = ["tests/test_data.py", "notebooks/01-meet-the-digits.ipynb"]
    elif fault.kind == "code" and concerns_exercises(fault, folder):
        tests += [
            "tests/test_exercises.py",
            "-k",
            f"not test_exercises or {fault.place}",
        ]
    elif fault.kind != "file":
        tests += ["tests/test_figures.py", "-k", f"not test_figures or {fault.place}"]
        if fault.kind != "code":  # code was executed again: nothing to compare
            tests += [str(lesson_of(fault, folder).relative_to(folder))]
    return ["-m", "pytest", "-n0", "-q", "--color=no", "-p", "no:cacheprovider", *tests]


def judge(fault):
    """Plant one fault; return (caught, by what) with what the test says."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_course(folder)
        if fault:
            plant(fault, folder)
        if fault and fault.kind == "code":
            result = run(folder, "-m", "tools.refresh", fault.place)
            stop = re.search(r"cell \d+ \(id (.+?)\): (.+)", result.stderr)
            if stop:
                caught = fault.says in stop[2]
                return caught, f"cell {stop[1]} of {fault.place}: {stop[2]}"
        result = run(folder, *test_command(fault, folder))
        failed = re.findall(r"^FAILED (\S+)", result.stdout, re.MULTILINE)
        caught = bool(failed) and (not fault or fault.says in result.stdout)
        return caught, failed[0] if failed else f"nothing (exit {result.returncode})"


def main():
    """Judge the chosen faults, two at a time; exit with 1 if one was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="*", metavar="PLACE")
    places = tuple(parser.parse_args().places)
    chosen = [f for f in FAULTS if not places or f.place.startswith(places)]
    caught, by = judge(None)
    if caught:
        sys.exit(f"Without any fault {by} fails: mend that first.")
    rows = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        runs = {pool.submit(judge, fault): fault for fault in chosen}
        for done in tqdm(as_completed(runs), "mutants", len(runs), unit="fault"):
            rows[runs[done]] = done.result()
    table = [
        (
            fault.name,
            fault.place,
            "caught" if rows[fault][0] else "MISSED",
            rows[fault][1],
        )
        for fault in chosen
    ]
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("fault", "place", "result", "by"), *table])
    for name, place, result, by in table:
        print(f"{name:<42}{place:<26}{result:<8}{by}")
    missed = sum(result == "MISSED" for _, _, result, _ in table)
    print(f"\n{len(table)} faults planted, {len(table) - missed} caught.")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
