"""Train the recipes of lessons 07 to 09 with many seeds: measured/sweeps/NN-*.csv.

    python -m tools.measuring.sweep                     # every lesson: hours
    python -m tools.measuring.sweep 07                  # one lesson
    python -m tools.measuring.sweep 07 --seeds 3        # a first look
    python -m tools.measuring.sweep 09 --recipes short  # these recipes only

A lesson that is swept has cells tagged `sweep`. Together with its set-up and recap
cells they define RECIPES, which maps a recipe's name to settings (in one or more
cells of their own, which need no others), and `train(seed, **settings)`, which trains
once and returns numbers by name. So the table holds what the reader's own run of the
lesson gives.

The runs are done by Dask: on this machine, as many at a time as cores and memory allow,
or on any cluster, whose scheduler's address `--scheduler` gives (CONTRIBUTING.md).

Each finished run is written at once: stopped and started again, the program goes on
where it was. Runs that other versions of the packages measured are measured anew; if
you change what a recipe does, delete its rows. At the end the numbers go into the
lesson's cell tagged `table`, too, for a lesson stands alone: `make refresh` afterwards.
"""

import argparse
import csv
import sys
from importlib.metadata import version

import nbformat

from tools.course import (
    MEASURED,
    cells_tagged,
    lesson_paths,
    write_notebook,
    write_table,
)
from tools.measuring import jobs
from tools.measuring.jobs import PACKAGES
from tools.measuring.training import (
    add_scheduler,
    in_a_sentence,
    recipe_cells,
    recipe_names,
    unpin,
)

SWEEPS = MEASURED / "sweeps"
# Lessons about the clock: their runs take turns on this machine, each without the
# set-up cell's pins unless its recipe is "pinned", and note the peak of memory.
TIMED = {"08-train-faster"}


def with_pins(path, name):
    """Say whether the set-up cell's pins count when a recipe is trained."""
    return path.stem not in TIMED or name.endswith("pinned")


def table(path):
    """Return where the runs of a lesson are stored."""
    return SWEEPS / f"{path.stem}.csv"


def stored_rows(path):
    """Return all rows of a lesson's table, whatever versions measured them.

    Exits with a sentence if it is no such table.
    """
    with table(path).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = {"recipe", "seed", *PACKAGES}
    for row in rows:
        if not wanted <= row.keys() or None in row or None in row.values():
            sys.exit(
                f"{table(path).name}: each row has the columns recipe and seed, then "
                f"the numbers, then {', '.join(PACKAGES)}; one has not."
            )
    return rows


def read_rows(path):
    """Return the rows of a lesson that these versions of the packages measured."""
    rows = stored_rows(path) if table(path).exists() else []
    return [row for row in rows if all(row[p] == version(p) for p in PACKAGES)]


def write_rows(path, rows):
    """Sort the runs, recipe by recipe in the lesson's order, and write its table.

    Exits with a sentence if not all of a recipe's runs have the same numbers.
    """
    filled = {}
    for row in rows:
        names = {name for name in row if row[name] != ""}  # the rest is for others
        if filled.setdefault(row["recipe"], names) != names:
            sys.exit(
                f"{path.name}: train() returns other numbers now. Delete {table(path)}."
            )
    order = recipe_names(path)
    rows.sort(key=lambda row: (order.index(row["recipe"]), int(row["seed"])))
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [[row.get(column, "") for column in columns] for row in rows]
    write_table(table(path), [columns, *lines])


def summary(rows):
    """Return a table's numbers as the text that lessons store, by seed.

    `read_runs` in shared_cells/stored_runs.py says what it looks like, and reads it.
    """
    lines = {}
    for row in rows:
        for quantity in row:
            if quantity not in ("recipe", "seed", *PACKAGES) and row[quantity]:
                lines.setdefault((row["recipe"], quantity), []).append(row[quantity])
    return "\n".join(f"{r} | {q} | {' '.join(lines[r, q])}" for r, q in lines)


def write_cell(path, text, tag="table"):
    """Put the numbers into the lesson's cell with this tag, between its quotes.

    Exits with a sentence if that cell is not made for it.
    """
    nb = nbformat.read(path, as_version=4)
    for cell in cells_tagged(nb, tag):
        parts = cell.source.split('"""')
        if len(parts) != 3:
            sys.exit(f'{path.name}, cell {cell.id}: it needs one """ and one """.')
        cell.source = f'{parts[0]}"""\n{text}\n"""{parts[2]}'
    write_notebook(path, nb)


def program(path, name):
    """Return the program that defines a lesson's recipes, as this one is trained."""
    source = recipe_cells(path)
    return source if with_pins(path, name) else unpin(source)


def trained(path, runs, scheduler=None, most=None):
    """Yield the row of each run (recipe, seed) of a lesson as soon as it is done.

    They are done on the cluster of this scheduler, or on this machine, at most `most`
    at a time; those of a timed lesson on this machine one by one.
    """
    from tools.measuring import cluster  # Dask takes a second

    timed = path.stem in TIMED
    if timed:
        scheduler, most = None, 1
    work = {
        f'{path.stem}: recipe "{name}", seed {seed}': (
            *(path.name, program(path, name), name, seed, timed),
        )
        for name, seed in runs
    }
    for _, row in cluster.finished(jobs.train, work, path.stem, scheduler, most):
        yield row


def sweep(path, seeds, recipes=None, scheduler=None, most=None):
    """Measure what a lesson's table lacks, of all its recipes or of these.

    Exits with a sentence if the lesson has no such recipe, or a run failed twice.
    """
    if unknown := [name for name in recipes or [] if name not in recipe_names(path)]:
        known = ", ".join(f'"{name}"' for name in recipe_names(path))
        sys.exit(f'{path.name} has no recipe "{unknown[0]}". It has {known}.')
    rows = [row for row in read_rows(path) if row["recipe"] in recipe_names(path)]
    done = {(row["recipe"], int(row["seed"])) for row in rows}
    missing = [
        (name, s)
        for s in seeds
        for name in recipes or recipe_names(path)
        if (name, s) not in done
    ]
    for row in trained(path, missing, scheduler, most):
        rows.append(row)
        write_rows(path, rows)
    write_cell(path, summary(rows))


def seeds_up_to(text):
    """Return the seeds from 1 to the number in `text`."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 up, not {text}")
    return range(1, int(text) + 1)


def main():
    """Sweep the named lessons, or all that have recipes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON")
    parser.add_argument(
        "--seeds", type=seeds_up_to, default="20", help="runs of each recipe (20)"
    )
    parser.add_argument(
        "--recipes", nargs="+", metavar="RECIPE", help="these only (all of a lesson's)"
    )
    add_scheduler(parser)
    parser.add_argument(
        "--processes", type=int, metavar="N", help="at most so many at a time"
    )
    options = parser.parse_args()
    paths = lesson_paths(options.names)
    if options.recipes and len(options.names) != 1:
        sys.exit("--recipes belong to one lesson: name it, as in `sweep 09 --recipes`.")
    for path in paths:
        if options.names and not recipe_names(path):
            sys.exit(f"{path.name} has no cell tagged `sweep` that sets RECIPES.")
    with in_a_sentence():
        for path in filter(recipe_names, paths):
            asked = options.seeds, options.recipes, options.scheduler, options.processes
            sweep(path, *asked)


if __name__ == "__main__":
    main()
