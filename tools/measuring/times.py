"""Measure what each lesson takes on an idle machine: measured/times.csv.

    python -m tools.measuring.times            # all lessons: minutes
    python -m tools.measuring.times 04 05      # these two; the others' rows stay

The README and the lessons say how many seconds and how much memory, and tests compare.
"""

import argparse
import csv
import sys

import psutil

from tools.course import MEASURED, lesson_paths, write_table
from tools.execution import CellFailed
from tools.run_lessons import run

TIMES = MEASURED / "times.csv"
COLUMNS = "lesson", "seconds", "memory"  # seconds to run, MiB at the peak
IDLE = 20  # per cent of all cores that others may use


def stored_times():
    """Return {lesson: (seconds, MiB)} from the stored table."""
    with TIMES.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {r["lesson"]: (float(r["seconds"]), int(r["memory"])) for r in rows}


def main():
    """Run the named lessons, or all, and write what they took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON")
    paths = lesson_paths(parser.parse_args().names)
    if (busy := psutil.cpu_percent(interval=3)) > IDLE:
        sys.exit(f"Other programs use {busy:.0f} % of the cores: wait until they end.")
    times = stored_times() if TIMES.exists() else {}
    for path in paths:
        try:
            row = run(path, {})
        except CellFailed as error:
            sys.exit(str(error))
        times[path.stem] = row["seconds"], row["memory"]
        rows = [(p.stem, *times[p.stem]) for p in lesson_paths() if p.stem in times]
        write_table(TIMES, [COLUMNS, *rows])
        print(f"{path.stem:<28}{row['seconds']:6.1f} s{row['memory']:6} MiB")


if __name__ == "__main__":
    main()
