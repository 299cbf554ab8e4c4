"""Train the recipes of lessons 07 to 09 with many seeds: notebooks/data/NN-*.csv.

    python tools/sweep.py                     # every lesson: hours on two cores
    python tools/sweep.py 07                  # one lesson
    python tools/sweep.py 07 --seeds 3        # a first look

A lesson that is swept has cells tagged `sweep`. Together with its set-up and recap
cells they define RECIPES, which maps a recipe's name to settings, and
`train(seed, **settings)`, which trains once and returns numbers by name. So the table
holds what the reader's own run of the lesson gives.

Each finished run is written at once: stopped and started again, the program goes on
where it was. Runs that other versions of the packages measured are measured anew. At
the end the numbers go into the lesson's cell tagged `table`, too, for a lesson stands
alone.
"""

import argparse
import contextlib
import csv
import io
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from multiprocessing import get_context

import nbformat
from execute import NOTEBOOKS, PEAK_MEMORY, lessons
from measure_bands import workers
from measure_numerics import unpin
from refresh import write
from tqdm import tqdm

PACKAGES = "tensorflow", "keras", "numpy"
# Lessons about the clock: their runs take turns, one process at a time, each without
# the set-up cell's pins unless its recipe is "pinned", and note the peak of memory.
TIMED = {"08-train-faster"}
TAGS = {"setup", "parameters", "recap-data", "recap-vectors", "recap-model", "sweep"}


def cells(path):
    """Return the source of the cells that define a lesson's recipes, as one text."""
    tagged = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if TAGS & set(cell.metadata.get("tags", []))
    ]
    return "\n\n".join(tagged)


def recipes(path):
    """Return a lesson's recipes, {name: settings}; none if it has no such cells."""
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if "sweep" in cell.metadata.get("tags", []) and "RECIPES = {" in cell.source:
            names = {}
            exec(cell.source, names)
            return names["RECIPES"]
    return {}


def table(path):
    """Return where the runs of a lesson are stored."""
    return NOTEBOOKS / "data" / f"{path.stem}.csv"


def settings(path, name):
    """Return (a recipe's settings for `train`, whether the lesson's pins count)."""
    chosen = dict(recipes(path)[name])
    pinned = chosen.pop("pinned", path.stem not in TIMED)
    return chosen, pinned


def train(path, name, seed):
    """Train one recipe of a lesson with one seed; return a row {column: text}."""
    os.chdir(NOTEBOOKS)
    (chosen, pinned), names, code = settings(path, name), {}, cells(path)
    code = code if pinned else unpin(code)
    exec(compile(code, path.name, "exec"), names)
    start = time.perf_counter()
    result = names["train"](seed, **chosen)
    seconds = time.perf_counter() - start
    if path.stem in TIMED:
        result["memory"] = peak_memory()
    return (
        {"recipe": name, "seed": str(seed)}
        | {key: as_text(value) for key, value in result.items()}
        | {"seconds": f"{seconds:.1f}"}
        | {package: version(package) for package in PACKAGES}
    )


def read_rows(path):
    """Return the rows of a lesson that these versions of the packages measured."""
    if not table(path).exists():
        return []
    with table(path).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[p] == version(p) for p in PACKAGES)]


def write_rows(path, rows):
    """Write the table of a lesson, recipe by recipe in the lesson's order."""
    order = list(recipes(path))
    rows.sort(key=lambda row: (order.index(row["recipe"]), int(row["seed"])))
    with table(path).open("w", newline="", encoding="utf-8") as file:
        columns = dict.fromkeys(key for row in rows for key in row)
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def summary(rows):
    """Return a table's numbers as text: a line a recipe and quantity, by seed."""
    lines = {}
    for row in rows:
        for quantity in row.keys() - {"recipe", "seed", *PACKAGES}:
            if row[quantity] == "":  # another recipe's
                continue
            lines.setdefault((row["recipe"], quantity), []).append(row[quantity])
    order = list(dict.fromkeys(key for row in rows for key in row))
    ordered = sorted(lines, key=lambda line: order.index(line[1]))
    recipes = list(dict.fromkeys(row["recipe"] for row in rows))
    ordered.sort(key=lambda line: recipes.index(line[0]))
    return "\n".join(f"{r} | {q} | {' '.join(lines[r, q])}" for r, q in ordered)


def write_cell(path, text):
    """Put the numbers into the lesson's cell tagged `table`, between its quotes."""
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        if "table" in cell.metadata.get("tags", []):
            before, _, after = cell.source.split('"""')
            cell.source = f'{before}"""\n{text}\n"""{after}'
    write(path, (nbformat.writes(nb) + "\n").encode())


def as_text(value):
    """Return a number as the table holds it: with decimals, if it is small."""
    return f"{value:.4f}" if value < 1000 else f"{value:.0f}"


def peak_memory():
    """Return this process's peak resident memory in MiB, 0 where it is unknown."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(PEAK_MEMORY)
    return int(printed.getvalue())


def trained(path, jobs):
    """Yield the row of each job (recipe, seed) of a lesson as soon as it is done.

    As many run at a time as memory allows, those of a timed lesson one by one.
    """
    processes = 1 if path.stem in TIMED else workers()
    # A fresh process for each run: a longer one would keep its gigabyte.
    with ProcessPoolExecutor(
        processes, get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        runs = [pool.submit(train, path, *job) for job in jobs]
        for run in tqdm(as_completed(runs), path.stem, len(runs), unit="run"):
            yield run.result()


def sweep(path, seeds):
    """Measure what a lesson's table lacks."""
    rows = [row for row in read_rows(path) if row["recipe"] in recipes(path)]
    done = {(row["recipe"], int(row["seed"])) for row in rows}
    jobs = [(name, s) for s in seeds for name in recipes(path) if (name, s) not in done]
    for row in trained(path, jobs):
        rows.append(row)
        write_rows(path, rows)
    write_cell(path, summary(rows))


def main():
    """Sweep the named lessons, or all that have recipes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON")
    parser.add_argument("--seeds", type=int, default=20, help="runs of each recipe")
    options = parser.parse_args()
    for path in filter(recipes, lessons(options.names)):
        sweep(path, range(1, options.seeds + 1))


if __name__ == "__main__":
    main()
