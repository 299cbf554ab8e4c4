"""Measure what check_machine.py expects of one epoch of training, over twenty seeds.

    python -m tools.measuring.one_epoch         # a minute or two

Writes measured/one-epoch.csv: the hand-out takes seed 1's number and the band from it.
"""

import csv
import os

from tools.course import MEASURED, NOTEBOOKS, write_table
from tools.measuring.bands import SEEDS, band
from tools.shared_cells import source_of

TABLE = MEASURED / "one-epoch.csv"
PREPARATION = "setup", "recap-data", "recap-vectors", "recap-model"


def measure(seeds):
    """Yield (seed, validation accuracy after one epoch), trained in this process."""
    os.chdir(NOTEBOOKS)
    names = {"EPOCHS": 1}
    for tag in PREPARATION:
        exec(source_of(tag), names)
    for names["SEED"] in seeds:
        exec(source_of("recap-train"), names)
        yield names["SEED"], names["history"]["val_accuracy"][-1]


def expected():
    """Return (seed 1's accuracy, the lowest and the highest of the band)."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        values = [float(row["accuracy"]) for row in csv.DictReader(file)]
    return values[0], *band(values)


def main():
    """Measure, and write the table."""
    rows = [("seed", "accuracy")]
    for seed, accuracy in measure(SEEDS):
        print(f"seed {seed}: {accuracy:.4f}", flush=True)
        rows.append((seed, f"{accuracy:.4f}"))
    write_table(TABLE, rows)


if __name__ == "__main__":
    main()
