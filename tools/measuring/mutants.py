"""Plant one fault at a time into a copy of the course and see whether a test notices.

    python -m tools.measuring.mutants              # all faults
    python -m tools.measuring.mutants 05 README    # those whose place starts so
    python -m tools.measuring.mutants --shard 1/4  # every fourth, from the first on

The faults stand in faults/*.toml, those of a lesson in a file with its number:

    name   what was done wrong
    place  the lesson's number, unless it is the file's, or a file of the course
    kind   where the text `old` becomes `new`:
             code    in the lesson's code, and in the file of a shared cell; it is
                     executed again
             source  in code whose functions `tests` call; it is not executed again
             stale   in the lesson's code; it is not executed again
             text    in its prose, or in a picture's description
             alt     in a picture's description: the cell `old` gets that of `new`
             output  in what a cell has printed
             tag     in tags: cells with the tag `old` get the tag `new`, too
             file    in the file `place`
             shared  in the file `place` of a shared cell, and in all such cells
             pad     in the files of lesson 10's pad, and in the page made of them
             pixel   in one pixel of the data set
    says   words by which a test, or its name, says what is wrong
    tests  what pytest is to run; needed for `source`, `shared` and `pad` only

What stands at the head of a file holds for all faults in it.

A fault in code is planted as a careless author would leave it: the lesson is executed
again and stored with its new outputs and pictures, so that the strict comparison has
nothing to compare and only checks that know better can notice. Other faults (a stale
output, a wrong number in the text) are planted into the stored files. A fault counts
as caught if a test fails with its words.

Prints a table, keeps it in measured/mutants.csv (the rows of faults that were not
planted now, and have not changed, stay); exits with 1 if a fault was missed.
"""

import argparse
import csv
import hashlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import nbformat
import numpy as np
from tqdm import tqdm

from tools.course import EXERCISE_TAGS, MEASURED, ROOT, write
from tools.publishing import npm
from tools.shared_cells import FILES

TABLE = MEASURED / "mutants.csv"
COLUMNS = "fault", "place", "result", "caught by", "digest"
WORKERS = 2
QUICK_TESTS = "tests/check"
ROWS_TEST = "tests/check/test_mutants.py::test_every_fault_was_planted_and_caught"
PAD = "pad/*.js", "pad/*.html"


class Fault(NamedTuple):
    """One slip, as the head of this module explains it."""

    name: str
    place: str
    kind: str
    old: str
    new: str
    says: str
    tests: str = ""

    def digest(self):
        """Return the digest of all that decides whether it is caught."""
        return hashlib.sha256("\0".join(self).encode()).hexdigest()[:16]


def read_faults(path):
    """Return the faults that a file of faults/ lists."""
    with path.open("rb") as file:
        content = tomllib.load(file)
    usual = {"place": path.stem} | content
    return [Fault(**usual | values) for values in usual.pop("fault")]


def all_faults():
    """Return the faults that the files of faults/ list at this moment."""
    files = sorted((Path(__file__).parent / "faults").glob("*.toml"))
    return [fault for path in files for fault in read_faults(path)]


FAULTS = all_faults()


def copy_course(folder):
    """Copy what git knows of the course, and nothing else, into `folder`."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    if (ROOT / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")


def lesson_of(fault, folder):
    """Return the path of the lesson that the fault is planted into."""
    (path,) = (folder / "notebooks").glob(f"{fault.place}-*.ipynb")
    return path


# ---- Planting. Each function returns how often it found the text `old`.


def change_file(path, fault, count=-1):
    """Replace a text in a file, at most `count` times."""
    text = path.read_text(encoding="utf-8")
    changed = text.replace(fault.old, fault.new, count)
    path.write_text(changed, encoding="utf-8", newline="\n")
    return text.count(fault.old)


def describe(cell, alt):
    """Give a cell another alternative text, and its pictures the same, as refresh."""
    cell.metadata.alt = alt
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            output.metadata["image/png"]["alt"] = alt


def change_source(cell, fault):
    """Replace a text in the cell's source."""
    found = cell.source.count(fault.old)
    cell.source = cell.source.replace(fault.old, fault.new)
    return found


def change_text(cell, fault):
    """Replace a text in prose or in a description."""
    if cell.cell_type == "markdown":
        return change_source(cell, fault)
    alt = cell.metadata.get("alt", "")
    if fault.old in alt:
        describe(cell, alt.replace(fault.old, fault.new))
    return alt.count(fault.old)


def change_code(cell, fault):
    """Replace a text in a code cell."""
    return change_source(cell, fault) if cell.cell_type == "code" else 0


def change_output(cell, fault):
    """Replace a text in what a cell has printed."""
    for output in cell.get("outputs", []):
        if fault.old in output.get("text", ""):
            output.text = output.text.replace(fault.old, fault.new)
            return 1
    return 0


def change_tag(cell, fault):
    """Add a tag to a cell that has the other."""
    tags = cell.metadata.get("tags", [])
    if fault.old not in tags:
        return 0
    tags.append(fault.new)
    return 1


CHANGES = {
    "code": change_code,
    "source": change_code,
    "stale": change_code,
    "text": change_text,
    "output": change_output,
    "tag": change_tag,
}


def change_cells(nb, fault):
    """Plant the fault into a notebook's cells; return how often, and shared files."""
    if fault.kind == "alt":
        cells = {cell.id: cell for cell in nb.cells}
        if not {fault.old, fault.new} <= cells.keys():
            return 0, set()
        describe(cells[fault.old], cells[fault.new].metadata.alt)
        return 1, set()
    found, shared = 0, set()
    for cell in nb.cells:
        here = CHANGES[fault.kind](cell, fault)
        found += here
        if here and fault.kind in ("code", "source"):
            tags = FILES.keys() & set(cell.metadata.get("tags", []))
            shared |= {f"shared_cells/{FILES[tag]}" for tag in tags}
    return found, shared


def change_lesson(fault, folder):
    """Plant the fault into a lesson, and into the files of its shared cells."""
    path = lesson_of(fault, folder)
    nb = nbformat.read(path, as_version=4)
    found, shared = change_cells(nb, fault)
    path.write_bytes((nbformat.writes(nb) + "\n").encode())
    for name in shared:
        change_file(folder / name, fault)
    return found


def change_pixel(folder):
    """Change one pixel of the data set by one."""
    path = folder / "notebooks" / "data" / "mnist.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays["x_train"][31_415, 14, 14] ^= 1
    np.savez_compressed(path, **arrays)
    return 1


def files_of(fault, folder):
    """Return the text files that the fault is planted into as they are."""
    if fault.kind == "pad":
        return [path for pattern in PAD for path in folder.glob(pattern)]
    return [folder / fault.place]


def plant(fault, folder):
    """Plant the fault into the copy. Raises ValueError if its text is not there."""
    if fault.kind in ("file", "pad", "shared"):
        count = 1 if fault.kind == "file" else -1
        found = sum(change_file(file, fault, count) for file in files_of(fault, folder))
    elif fault.kind == "pixel":
        found = change_pixel(folder)
    else:
        found = change_lesson(fault, folder)
    if not found:
        raise ValueError(f"{fault.name}: {fault.old!r} is not in {fault.place}.")


# ---- Judging.


def run(folder, *arguments):
    """Run a Python program or module in the copy; return its result."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True
    )


def concerns_exercises(fault, folder):
    """Say whether the fault lies in an exercise, its check or its solution."""
    return any(
        EXERCISE_TAGS & set(cell.metadata.get("tags", [])) and fault.old in cell.source
        for cell in nbformat.read(lesson_of(fault, folder), as_version=4).cells
    )


def sources(tests, folder):
    """Return the sources of a run of pytest's test files, one after the other."""
    found = []
    for path in (folder / word for word in shlex.split(tests) if "/" in word):
        found += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return "\n".join(file.read_text(encoding="utf-8") for file in found)


def runs_for(fault, folder=ROOT):
    """Return the runs of pytest that may notice the fault.

    Together they are what `make test` has on it. Those whose tests hold its words come
    first, as these notice it; then the quick ones.
    """
    if fault.tests:
        named = [
            f"{fault.tests} -k {name}"
            for name in re.findall("test_[a-z]\\w+", fault.says)
        ]
        return [*named, fault.tests]
    of_lesson = f"'{fault.place}- or [{fault.place}'"  # `10` is in many a name
    runs = [] if fault.kind == "pixel" else [QUICK_TESTS]
    if fault.kind == "pixel":
        runs.append("tests/check/test_data.py notebooks/01-meet-the-digits.ipynb")
    elif fault.kind == "code" and concerns_exercises(fault, folder):
        runs.append(f"tests/lessons/test_exercises.py -k {of_lesson}")
    elif fault.kind != "file":
        figures = sorted(folder.glob("tests/lessons/test_figures*.py"))
        paths = [path.relative_to(folder).as_posix() for path in figures]
        if fault.kind != "code":  # code was executed again: nothing to compare
            paths.append(lesson_of(fault, folder).relative_to(folder).as_posix())
        runs.append(f"{' '.join(paths)} -k {of_lesson}")
    return sorted(runs, key=lambda tests: fault.says not in sources(tests, folder))


def failures(folder, tests):
    """Run tests in the copy; yield (name, all that it says) of each that fails.

    The one that demands a row of each fault is left out: this program writes the rows.
    """
    report = folder / "report.xml"
    switches = "--override-ini addopts=--nbval -q --color=no -p no:cacheprovider"
    switches += f" --deselect {ROWS_TEST}"
    arguments = shlex.split(f"-m pytest {switches} --junitxml {report} {tests}")
    result = run(folder, *arguments)
    if result.returncode not in (0, 1, 5):  # 5: none has that name
        raise RuntimeError(f"pytest {tests}:\n{result.stdout[-2000:]}{result.stderr}")
    for case in ElementTree.parse(report).iter("testcase"):
        for problem in (*case.iter("failure"), *case.iter("error")):
            name = f"{case.get('classname')}::{case.get('name')}"
            yield name, f"{name}\n{problem.get('message')}\n{problem.text}"


def judge(fault):
    """Plant one fault; return (is it caught, what says so)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_course(folder)
        runs = runs_for(fault, folder)
        plant(fault, folder)
        if fault.kind in ("code", "shared"):
            spread = run(folder, "-m", "tools.refresh", "--cells", "--overwrite")
            if spread.returncode:
                raise RuntimeError(f"{fault.name}: {spread.stderr}")
        if fault.kind == "code":
            result = run(folder, "-m", "tools.refresh", fault.place)
            stop = re.search(r"cell \d+ \(id (.+?)\): (.+)", result.stderr)
            if stop:
                said = f"cell {stop[1]}: {stop[2]}"
                return fault.says in said, said
            if result.returncode:
                raise RuntimeError(f"{fault.name}: {result.stderr}")
        failed = []
        for tests in runs:
            for test, text in failures(folder, tests):
                if fault.says in text:
                    return True, test
                failed.append(test)
    return False, f"{', '.join(failed) or 'nothing'}: none says {fault.says!r}"


def passes_without(faults):
    """Exit with a sentence if a test that is to notice a fault fails without any."""
    wanted = set()
    for fault in faults:
        runs = runs_for(fault)
        wanted.update(runs[-1:] if fault.tests else runs)
    with tempfile.TemporaryDirectory() as name:
        copy_course(Path(name))
        for tests in tqdm(sorted(wanted), "without a fault", unit="run"):
            for test, text in failures(Path(name), tests):
                sys.exit(f"{text}\nWithout any fault {test} fails: mend that first.")


# ---- The table.


def stored_rows():
    """Return {(fault, place): row} of the stored table, in the order of the faults.

    Rows of faults that have changed are left out. The faults are read anew: another
    program may have stored rows of some that were added since this one began.
    """
    digests = {(fault.name, fault.place): fault.digest() for fault in all_faults()}
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = {(row["fault"], row["place"]): row for row in csv.DictReader(file)}
    return {
        key: rows[key]
        for key, digest in digests.items()
        if key in rows and rows[key]["digest"] == digest
    }


def store(fault, result, by):
    """Put the row of a fault into the stored table; return it."""
    key = fault.name, fault.place
    row = dict(zip(COLUMNS, (*key, result, by, fault.digest()), strict=True))
    rows = stored_rows() | {key: row}
    faults = [(other.name, other.place) for other in all_faults()]
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows[other] for other in faults if other in rows)
    write(TABLE, text.getvalue().encode())
    return row


def share_of(text):
    """Return (number, count) of a shard, such as "1/4"."""
    number, _, count = text.partition("/")
    if not (
        number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)
    ):
        raise argparse.ArgumentTypeError(f"1/4 is the first of four; {text!r} is none.")
    return int(number), int(count)


def chosen_faults():
    """Return the faults that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="*", metavar="PLACE")
    parser.add_argument("--shard", type=share_of, default=(1, 1), metavar="1/4")
    parser.add_argument("--new", action="store_true", help="without a stored result")
    options = parser.parse_args()
    faults = [f for f in FAULTS if f.place.startswith(tuple(options.places or [""]))]
    if not faults:
        sys.exit(f"No fault's place starts with {' or '.join(options.places)}.")
    if options.new:
        stored = stored_rows()
        faults = [f for f in faults if (f.name, f.place) not in stored]
    number, count = options.shard
    return faults[number - 1 :: count]


def main():
    """Judge the chosen faults, two at a time; exit with 1 if one was missed."""
    faults = chosen_faults()
    if any(fault.kind == "pad" for fault in faults):
        npm.install()  # axe, for the pages' tests
    passes_without(faults)
    missed = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        runs = {pool.submit(judge, fault): fault for fault in faults}
        for done in tqdm(as_completed(runs), "mutants", len(runs), unit="fault"):
            caught, by = done.result()
            row = store(runs[done], "caught" if caught else "MISSED", by)
            missed += not caught
            tqdm.write(f"{row['fault']:<42}{row['place']:<26}{row['result']:<8}{by}")
    print(f"\n{len(faults)} faults planted, {len(faults) - missed} caught.")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
