"""Measure lesson 08's ladder on this machine, and say whether it meets its bars.

    python -m tools.measuring.bench              # three rounds: 10 minutes, two cores
    python -m tools.measuring.bench --rounds 10
    python -m tools.measuring.bench --stored     # print the stored table only

Every recipe of the lesson is trained once in each round, in turns, each time in a fresh
process. Exits with 1 if a bar is missed.
"""

import argparse
import statistics
import sys

import numpy as np

from shared_cells.stored_runs import read_runs
from tools.course import lesson_paths
from tools.measuring.sweep import stored_rows, summary, trained
from tools.measuring.training import recipe_names

RUNGS = 9  # the recipes that come first; the others are there to compare
SPEED = 9  # images per second of the fastest rung, in those of the defaults
SPRINT = 8  # seconds to the target with the defaults, in those of the sprint


def median(measured, recipe, quantity):
    """Return the median of a quantity over the rounds."""
    return statistics.median(measured[recipe][quantity])


def ladder(measured):
    """Return the ladder as text: a line a recipe."""
    defaults = median(measured, "defaults", "images_per_second")
    lines = [
        f"{'':<22}{'images/s':>10}{'times':>7}{'accuracy':>10}"
        f"{'to 97.5 %':>11}{'first epoch':>13}{'memory':>10}"
    ]
    for recipe in measured:
        speeds = measured[recipe]["images_per_second"]
        # NumPy's is a limit, and limits are fastest.
        speed = max(speeds) if recipe == "NumPy" else statistics.median(speeds)
        line = f"{recipe:<22}{speed:10,.0f}{speed / defaults:7.1f}"
        if "accuracy" in measured[recipe]:
            seconds = median(measured, recipe, "to_target")
            line += f"{measured[recipe]['accuracy'].mean():10.2%}"
            line += f"{seconds:9.1f} s" if seconds < float("inf") else f"{'never':>11}"
            line += f"{median(measured, recipe, 'first_epoch'):11.1f} s"
            line += f"{median(measured, recipe, 'memory'):6.0f} MiB"
        lines.append(line)
    return "\n".join(lines)


def bars(measured):
    """Return [(a sentence, whether that bar is met)] for the three bars."""
    rungs = list(measured)[:RUNGS]
    speeds = {rung: median(measured, rung, "images_per_second") for rung in rungs}
    best = max(rungs, key=speeds.get)
    faster = speeds[best] / speeds["defaults"]
    # A run of the defaults that never got there would have taken longer than it did.
    curves = measured["defaults"]
    last = max(int(name[8:]) for name in curves if name.startswith("seconds_"))
    waits = np.minimum(curves["to_target"], curves[f"seconds_{last}"])
    sooner = statistics.median(waits) / median(measured, "sprint", "to_target")
    means = {rung: measured[rung]["accuracy"].mean() for rung in rungs}
    worst = min(rungs, key=means.get)
    lowest = f"{worst}, {means[worst]:.2%}; the defaults: {means['defaults']:.2%}"
    return [
        (f"{best}: {faster:.1f} times as fast, bar {SPEED}", faster >= SPEED),
        (f"97.5 % {sooner:.1f} times as soon, bar {SPRINT}", sooner >= SPRINT),
        (f"lowest mean accuracy: {lowest}", means[worst] >= means["defaults"]),
    ]


def main():
    """Print the ladder and its bars; exit with 1 if one is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of each recipe")
    parser.add_argument("--stored", action="store_true", help="measure nothing")
    options = parser.parse_args()
    (path,) = lesson_paths(["08"])
    if options.stored:
        rows = stored_rows(path)
    else:
        seeds = range(1, options.rounds + 1)
        jobs = [(name, seed) for seed in seeds for name in recipe_names(path)]
        rows = list(trained(path, jobs))
    measured = read_runs(summary(rows))
    print(f"\n{ladder(measured)}\n")
    results = bars(measured)
    for sentence, met in results:
        print(f"{'met   ' if met else 'MISSED'}  {sentence}")
    sys.exit(not all(met for _, met in results))


if __name__ == "__main__":
    main()
