"""Run the lessons in order and say what each one took and found.

    python -m tools.run_lessons                  # all lessons
    python -m tools.run_lessons 04 05            # these two
    python -m tools.run_lessons EPOCHS=20        # with another parameter

The executed copies go to build/lessons/. Stops at the first cell that fails.
"""

import argparse
import re
import sys
import time

import nbformat

from tools.course import (
    BUILD,
    lesson_paths,
    parameters_of,
    set_parameters,
    write_notebook,
)
from tools.execution import CELL_TIMEOUT, CellFailed, Execution

EXECUTED = BUILD / "lessons"
EPOCHS = 10  # what a lesson trains if nobody asks for more

# Prose is read silently at some 240 words a minute (M. Brysbaert, "How many words do we
# read per minute?", 2019), and more slowly where it explains. The others are guesses of
# ours, for code and pictures that are read, and for exercises; nobody was timed.
WORDS_A_MINUTE = 200
SECONDS_A_LINE = 5
SECONDS_A_PICTURE = 30
MINUTES_AN_EXERCISE = 5  # to think, to check, to mend
MINUTES_A_SOLUTIONS_LINE = 1


def headline_of(nb):
    """Return the last line printed by the cell whose metadata says `headline`."""
    for cell in nb.cells:
        if cell.metadata.get("headline"):
            return cell.outputs[0].text.strip().splitlines()[-1]
    return ""


def reading_minutes(nb):
    """Estimate the minutes to read a notebook up to its exercises.

    Folded code takes no time, the picture that it draws does.
    """
    seconds = 0
    for cell in nb.cells:
        if cell.source.startswith("## Exercises"):
            break
        if cell.cell_type == "markdown":
            seconds += 60 * len(cell.source.split()) / WORDS_A_MINUTE
        elif "jupyter" not in cell.metadata:  # not folded
            seconds += SECONDS_A_LINE * len(cell.source.splitlines())
        seconds += SECONDS_A_PICTURE * ("alt" in cell.metadata)
    return seconds / 60


def exercise_minutes(nb):
    """Estimate the minutes that a lesson's exercises take, hints included.

    They come from the words of the tasks and the lines of the solutions, without
    comments, docstrings, the line with `def`, and what tests the solution.
    """
    minutes, wanted = 0, False
    for cell in nb.cells:
        if cell.source.startswith("## "):
            wanted = cell.source.startswith("## Exercises")
        elif wanted and cell.cell_type == "markdown":
            minutes += len(cell.source.split()) / WORDS_A_MINUTE
        elif "solution" in cell.metadata.get("tags", []):
            code = re.sub(r'""".*?"""', "", cell.source, flags=re.DOTALL)
            lines = re.findall(r"^\s*(?!#|def |assert )\S", code, re.MULTILINE)
            minutes += MINUTES_AN_EXERCISE + MINUTES_A_SOLUTIONS_LINE * len(lines)
    return minutes


def parse(words):
    """Split ["04", "EPOCHS=20"] into lesson names and integer parameters."""
    names, parameters = [], {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            names.append(word)
        elif re.fullmatch(r"[0-9]+", value) and (key == "SEED" or int(value) > 0):
            parameters[key] = int(value)
        else:
            sys.exit(f"{key} is a whole number, as in {key}=20; {value!r} is none.")
    return names, parameters


def run(path, parameters):
    """Run one lesson; return its row of the closing table as a dictionary.

    `minutes` are for reading, `seconds` for running; `memory` is the kernel's peak in
    MiB.
    """
    nb = nbformat.read(path, as_version=4)
    set_parameters(nb, parameters)
    longer = max(1, parameters.get("EPOCHS", EPOCHS) / EPOCHS)
    execution = Execution(nb, path.name, timeout=int(longer * CELL_TIMEOUT))
    start = time.perf_counter()
    try:
        with execution.kernel():
            execution.run()
            seconds, memory = time.perf_counter() - start, execution.peak_memory()
    finally:
        EXECUTED.mkdir(parents=True, exist_ok=True)
        write_notebook(EXECUTED / path.name, nb)
    return {
        "lesson": path.stem,
        "minutes": round(reading_minutes(nb), 1),
        "seconds": round(seconds, 1),
        "memory": memory,
        "result": headline_of(nb),
    }


def main():
    """Run the chosen lessons and print the table, or exit naming the cell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="LESSON or NAME=VALUE")
    names, parameters = parse(parser.parse_args().words)
    paths = lesson_paths(names)
    known = set().union(*(parameters_of(nbformat.read(p, 4)) for p in paths))
    if unknown := parameters.keys() - known:
        names = ", ".join(sorted(known))
        sys.exit(f"No lesson has {', '.join(unknown)}; there are {names}.")
    try:
        rows = [run(path, parameters) for path in paths]
    except CellFailed as error:
        sys.exit(f"\n{error}\nThe notebook as far as it came is in {EXECUTED}.")
    print(f"\n{'lesson':<28}{'seconds':>8}{'MiB':>8}  result")
    for row in rows:
        numbers = f"{row['seconds']:8.0f}{row['memory']:8}"
        print(f"{row['lesson']:<28}{numbers}  {row['result']}")


if __name__ == "__main__":
    main()
