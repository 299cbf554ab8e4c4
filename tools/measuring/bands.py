"""Measure the bands that the lessons' checkpoints assert, over twenty seeds.

    python -m tools.measuring.bands            # about 15 minutes on two cores
    python -m tools.measuring.bands 05 06      # these lessons only
    python -m tools.measuring.bands --scheduler tcp://...      # on a Dask cluster

Stopped and started again, it goes on where it was: each finished run is kept in
build/bands/ under the digest of the cells that it ran.

A checkpoint states a band as `assert LOW <= quantity <= HIGH, "..."`. This program
runs each lesson that has one with twenty different seeds, writes every value to
measured/bands.csv, and puts LOW and HIGH, as `band` derives them from the
values, back into the lesson. Asserts with `<` are not bands and stay as they are.
"""

import argparse
import ast
import csv
import hashlib
import json
import math
import re
import statistics
import sys

import nbformat

from tools.course import (
    BUILD,
    EXERCISE_TAGS,
    MEASURED,
    cells_tagged,
    lesson_paths,
    set_parameters,
    write,
    write_notebook,
    write_table,
)
from tools.measuring import jobs
from tools.measuring.training import add_scheduler, in_a_sentence

BANDS = MEASURED / "bands.csv"
COLUMNS = "lesson", "quantity", "seed", "value"
KEPT = BUILD / "bands"
SEEDS = range(1, 21)
MARK = "band-value:"


def band(values):
    """Return (low, high) that a new run should stay within, as strings.

    The rule: mean plus and minus five standard deviations (of the sample), rounded
    outwards to two digits of that half width; not below 0 if no value is, and not
    above 1 if all values are shares of 1.
    """
    mean, half = statistics.mean(values), 5 * statistics.stdev(values)
    places = 1 - math.floor(math.log10(half))
    low = math.floor((mean - half) * 10**places) / 10**places
    high = math.ceil((mean + half) * 10**places) / 10**places
    if min(values) >= 0:
        low = max(low, 0)
        high = min(high, 1) if max(values) <= 1 else high
    return f"{low:.{max(places, 0)}f}", f"{high:.{max(places, 0)}f}"


def is_band(node):
    """Say whether an AST node is `assert LOW <= quantity <= HIGH`."""
    return (
        isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and [type(op) for op in node.test.ops] == [ast.LtE, ast.LtE]
    )


def has_band(cell):
    """Say whether a cell is a checkpoint that asserts a band."""
    return "checkpoint" in cell.metadata.get("tags", []) and any(
        map(is_band, ast.walk(ast.parse(cell.source)))
    )


def bands_in(nb):
    """Return {quantity: (low, high)} of a notebook's checkpoints, all as source."""
    found = {}
    for cell in cells_tagged(nb, "checkpoint"):
        for node in filter(is_band, ast.walk(ast.parse(cell.source))):
            parts = node.test.left, *node.test.comparators
            low, quantity, high = (ast.unparse(part) for part in parts)
            found[quantity] = low, high
    return found


class Measure(ast.NodeTransformer):
    """Turn each band's assert into a print of its value; drop the other asserts."""

    def visit_Assert(self, node):
        if not is_band(node):
            return ast.Pass()
        quantity = ast.unparse(node.test.comparators[0])
        name = json.dumps(quantity)
        return ast.parse(f"print({MARK!r}, float({quantity}), {name})").body[0]


def prepare(path):
    """Return a lesson, made to print its bands' values, unexecuted.

    It ends with its last band: what stands below is not needed.
    """
    nb = nbformat.read(path, as_version=4)
    exercises = cells_tagged(nb, *EXERCISE_TAGS)
    nb.cells = [cell for cell in nb.cells if cell not in exercises]
    banded = [n for n, cell in enumerate(nb.cells) if has_band(cell)]
    nb.cells = nb.cells[: banded[-1] + 1]
    for cell in cells_tagged(nb, "checkpoint"):
        cell.source = ast.unparse(Measure().visit(ast.parse(cell.source)))
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return nb


def kept_values(nb, path):
    """Return the path at which a prepared lesson's values are kept, once it has run."""
    code = [cell.source for cell in nb.cells if cell.cell_type == "code"]
    digest = hashlib.sha256("\n".join(code).encode()).hexdigest()[:16]
    return KEPT / f"{path.stem}-{digest}.json"


def measure(paths, seeds=SEEDS, scheduler=None):
    """Run these lessons with these seeds, on the cluster of this scheduler or here.

    Returns rows [lesson, quantity, seed, value]. What was run before is not run again.
    """
    from tools.measuring import cluster  # Dask takes a second

    runs, work = {}, {}
    for path in paths:
        nb = prepare(path)
        for seed in seeds:
            set_parameters(nb, {"SEED": seed})
            name, kept = f"{path.stem}: seed {seed}", kept_values(nb, path)
            runs[name] = path, seed, kept
            if not kept.exists():
                work[name] = path.name, nbformat.writes(nb)
    KEPT.mkdir(parents=True, exist_ok=True)
    for name, printed in cluster.finished(jobs.run_lesson, work, "bands", scheduler):
        path, seed, kept = runs[name]
        values = re.findall(rf"^{MARK} (\S+) (.+)$", printed, re.MULTILINE)
        rows = [[path.stem, quantity, seed, value] for value, quantity in values]
        write(kept, json.dumps(rows).encode())
    return [
        row for *_, kept in runs.values() for row in json.loads(kept.read_text("utf-8"))
    ]


def stored_rows():
    """Return the stored rows [lesson, quantity, seed, value], without their head.

    Exits with a sentence if the table has other columns.
    """
    if not BANDS.exists():
        return []
    with BANDS.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    if tuple(head) != COLUMNS:
        sys.exit(f"measured/{BANDS.name} should have the columns {', '.join(COLUMNS)}.")
    return rows


def stored_values():
    """Return {(lesson, quantity): [value of each seed]} from the stored table."""
    values = {}
    for lesson, quantity, _, value in stored_rows():
        values.setdefault((lesson, quantity), []).append(float(value))
    return values


def write_bands(path, values):
    """Replace the numbers in a lesson's bands by those that follow from the values."""
    nb = nbformat.read(path, as_version=4)
    for quantity in bands_in(nb):
        low, high = band(values[path.stem, quantity])
        for cell in nb.cells:
            cell.source = re.sub(
                rf"assert \S+ <= {re.escape(quantity)} <= [^ ,]+,",
                lambda _, low=low, high=high, quantity=quantity: (
                    f"assert {low} <= {quantity} <= {high},"
                ),
                cell.source,
            )
        print(f"{path.stem:<26} {low:>8} to {high:<8} {quantity}")
    write_notebook(path, nb)


def main():
    """Measure the named lessons, or all, and write the table and the bands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON")
    add_scheduler(parser)
    options = parser.parse_args()
    names = options.names
    paths = [p for p in lesson_paths(names) if bands_in(nbformat.read(p, as_version=4))]
    swept = {path.stem for path in paths}
    rows = [row for row in stored_rows() if names and row[0] not in swept]
    with in_a_sentence():
        rows += measure(paths, scheduler=options.scheduler)
    rows.sort(key=lambda row: (row[0], row[1], int(row[2])))
    write_table(BANDS, [COLUMNS, *rows])
    for path in paths:
        write_bands(path, stored_values())


if __name__ == "__main__":
    main()
