"""Where the course's files are, and how they are written: for all other programs."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
FIGURES = ROOT / "figures"
MEASURED = ROOT / "measured"
BUILD = ROOT / "build"

EXERCISE_TAGS = {"exercise", "check", "solution"}
# What a cell can be; CONTRIBUTING.md explains the words.
TAGS = EXERCISE_TAGS | {
    "setup",
    "names",
    "imports",
    "parameters",
    "recap-data",
    "recap-vectors",
    "recap-model",
    "recap-train",
    "taught",
    "checkpoint",
    "checker",
    "checker-compare",
    "checker-tell",
    "drawing",
    "figure",
    "sweep",
    "table",
    "pad",
    "nbval-ignore-output",
}


def lesson_paths(names=()):
    """Return the paths of all lessons in order, or of those whose names start so.

    Raises SystemExit with a sentence if a name fits no lesson.
    """
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in paths):
            raise SystemExit(f"No lesson starts with {name!r}: try {paths[0].stem}.")
    return [p for p in paths if not names or p.name.startswith(tuple(names))]


def write(path, data):
    """Replace a file's bytes at one stroke, so that a crash leaves the old file."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)
