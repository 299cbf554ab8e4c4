"""README and figures say and show what the notebooks do."""

import csv
import json
import re
import statistics

import pytest

from notebooks import LESSONS, printed, read
from tools.course import FIGURES, ROOT, lesson_paths
from tools.measuring import mutants, numerics, sweep
from tools.measuring.bands import SEEDS, read_table
from tools.refresh import pictures

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE_ROWS = [line for line in README.splitlines() if line.startswith("|")]
TABLE = read_table()

# GiB that a lesson may take if it needs more than the 1.2 of the others: 1.5e9 bytes.
MEMORY = {"09-reach-99-percent": 1.39}

# row of the README's result table: (lesson, quantity of its bands)
RESULTS = {
    "training as in 02, one pass, raw pixels, validation": ("02", "with_raw"),
    "the same, scaled pixels, validation": ("02", "with_scaled"),
    "constant learning rate, validation": ("04", "constant_accuracy"),
    "falling learning rate, validation": ("04", "validation_accuracy"),
    "**falling learning rate, test**": ("05", "test_accuracy"),
    "the same, answers above 99 % confidence, test": ("06", "accuracy_when_sure"),
}


@pytest.mark.parametrize("row", RESULTS)
def test_result_table_says_what_was_measured(row):
    number, quantity = RESULTS[row]
    (path,) = lesson_paths([number])
    values = [100 * value for value in TABLE[path.stem, quantity]]
    mean, spread = statistics.mean(values), statistics.stdev(values)
    extremes = f"{min(values):.2f} to {max(values):.2f}"
    numbers = f"{values[0]:.1f} | {mean:.2f} | {spread:.2f} | {extremes}"
    assert f"| {row} | {numbers} |" in README, f"README says something else of {row}"
    assert f"{values[0] / 100:.3f}" in printed(read(path).cells), (
        "the lesson says otherwise"
    )


def test_result_table_has_no_other_rows():
    section = README.split("## Results")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| \d", section, re.M)
    assert rows == list(RESULTS)
    assert f"over {len(SEEDS)} seeds" in section


@pytest.mark.parametrize("recipe", ["short", "long"])
def test_readme_says_what_lesson_09_reaches(recipe):
    (path,) = lesson_paths(["09"])
    rows = sweep.stored_rows(path)
    values = [100 * float(r["accuracy"]) for r in rows if r["recipe"] == recipe]
    said = f"{statistics.mean(values):.2f} %"
    assert said in " ".join(README.split()), f"the mean of {recipe} is {said}"


def test_figures_are_the_notebooks_pictures():
    drawn = dict(pair for path in LESSONS for pair in pictures(read(path)))
    stored = {path.name: path.read_bytes() for path in FIGURES.glob("*.png")}
    assert stored.keys() == drawn.keys()
    for name, png in drawn.items():
        assert stored[name] == png, f"{name} is stale: run make refresh"


def test_readme_describes_its_pictures_as_the_notebooks_do():
    alts = {
        cell.metadata["figure"]: cell.metadata["alt"]
        for path in LESSONS
        for cell in read(path).cells
        if "figure" in cell.metadata
    }
    shown = re.findall(r"!\[([^]]*)\]\(figures/(.+?)\)", README)
    assert {"training-curves.png", "confusion-matrix.png"} <= {
        file for _, file in shown
    }
    for alt, file in shown:
        assert " ".join(alt.split()) == alts[file], file


def test_lesson_table_names_every_lesson():
    for path in LESSONS:
        title = read(path).cells[0].source.splitlines()[0].removeprefix("# ")
        assert f"[{title}](notebooks/{path.name})" in README
        minutes, seconds = re.search(
            r"About (\d+) minutes to read, about (\d+) seconds",
            read(path).cells[0].source,
        ).groups()
        row = next(line for line in TABLE_ROWS if path.name in line)
        assert f"| {minutes} | {seconds} |" in row


def test_stated_minutes_seconds_and_memory_were_measured():
    for row in json.loads((ROOT / "measured/lessons.json").read_text()):
        line = next(line for line in TABLE_ROWS if row["lesson"] in line)
        stated = [float(cell) for cell in line.split("|")[3:6]]
        measured = row["minutes"], row["seconds"], row["memory"] / 1024
        units = "minutes to read", "seconds to run", "GiB of memory"
        for said, is_, unit in zip(stated, measured, units, strict=True):
            assert abs(said - is_) <= is_ / 2, (
                f"README says {said:g} {unit} of {row['lesson']}, measured: {is_:.1f}"
            )
        limit = MEMORY.get(row["lesson"], 1.2)
        assert row["memory"] / 1024 <= limit, f"{row['lesson']} takes too much memory"


def test_every_lesson_was_measured():
    rows = json.loads((ROOT / "measured/lessons.json").read_text())
    assert [row["lesson"] for row in rows] == [path.stem for path in LESSONS]


def test_numerics_table_says_what_was_measured():
    fingerprints = {}
    with numerics.TABLE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["how"], row["fingerprint"], float(row["accuracy"])
            fingerprints.setdefault(key, {})[row["condition"]] = None
    section = README.split("| numerics |")[1].split("\n\n")[0]
    assert len(section.splitlines()) == 2 + len(fingerprints)
    for (how, fingerprint, accuracy), conditions in fingerprints.items():
        row = f"| {how} | {', '.join(conditions)} | `{fingerprint}` | {accuracy:.2%} |"
        assert row.replace("%", "") in section, f"README lacks the row {row}"


def test_number_of_planted_faults():
    assert f"plants {len(mutants.FAULTS)} faults" in README
    assert len(mutants.FAULTS) >= 40


def test_the_weekly_run_on_three_systems_does_what_is_said_of_windows():
    said = re.findall(r"^\.venv\\Scripts\\(python -m .+)$", README, re.MULTILINE)
    weekly = (ROOT / ".github/workflows/weekly.yml").read_text(encoding="utf-8")
    systems = weekly.split("\n  systems:")[1].split("\n\n")[0]
    assert "windows-latest" in systems
    assert "macos-latest" in systems
    assert re.findall(r"- run: (python .+)", systems) == said
    assert "--nbval-lax" in said[-1], "the strict tests are promised on Linux only"
