"""What learners hand in is marked rightly, and a bad answer costs its own mark only."""

import csv
from types import SimpleNamespace

import nbformat
import pytest

from tools.marking import mark
from tools.marking.apart import can_protect
from tools.shared_cells import source_of

SECONDS = 5
HALF = "half = None  # replace None by your answer"
DOUBLE = '''def double(number):
    """Return twice the number."""
    return None  # replace None by your answer'''
CHECKS = {
    "half": """def check_half(answer):
    remarks = [([5], "Right. Five."), ([20], "Not right: that is twice ten.")]
    return verdict([answer], remarks, "Not right: which number is it?")
judge(check_half, "1 of 2")""",
    "double": """def check_double(answer):
    results, problem = results_of(answer, [(1,), (4,)])
    if problem:
        return problem
    return verdict(results, [([2, 8], "Right.")], "Not right: twice 4 is 8.")
judge(check_double, "2 of 2", "It takes a while.")""",
}
GOOD = {"half": "half = 5", "double": "def double(number):\n    return 2 * number"}


def cell(source, name, *tags):
    """Return a code cell with this id and these tags."""
    return nbformat.v4.new_code_cell(source, id=name, metadata={"tags": list(tags)})


def lesson():
    """Return a lesson of two exercises, with the course's own checker."""
    cells = [nbformat.v4.new_markdown_cell("# Two numbers", id="title-1")]
    cells.append(cell("import numpy as np", "imports-1", "imports"))
    for tag in "checker", "checker-compare", "checker-tell":
        cells.append(cell(source_of(tag), f"{tag}-1", tag))
    for name, stub in ("half", HALF), ("double", DOUBLE):
        cells.append(cell(stub, f"{name}-1", "exercise"))
        cells.append(cell(CHECKS[name], f"{name}-2", "check"))
        cells.append(cell("1 / 0", f"{name}-3", "solution"))
    return nbformat.v4.new_notebook(cells=cells)


def answers(half=GOOD["half"], double=GOOD["double"]):
    """Return the lesson with a learner's answers."""
    nb = lesson()
    for one in nb.cells:
        one.source = {"half-1": half, "double-1": double}.get(one.id, one.source)
    return nb


def check_edited():
    nb = answers()
    for one in nb.cells:
        if one.id == "half-2":
            one.source = "print('Right.')"
    return nb


def cells_renamed():
    nb = answers()
    for number, one in enumerate(nb.cells):
        one.id = f"mine-{number}"
    return nb


def answer_elsewhere():
    nb = answers(HALF)
    nb.cells.append(cell("half = 5", "more-1"))
    return nb


def checks_removed():
    nb = answers()
    nb.cells = [one for one in nb.cells if one.id.endswith("-1")]
    return nb


NEVER = "import time\ntime.sleep(1000)"
# No endless one: on a busy machine it is noticed late.
BOMB = "import os, time\nfor _ in range(8):\n    os.fork()\ntime.sleep(1000)"
# {learner: (what is handed in, right answers, words of the first remark, and second)}
CASES = {
    "right": (answers(), [1, 1], "Right. Five.", "Right."),
    "wrong": (
        answers("half = 20", "def double(number): return = 2"),
        [0, 0],
        "that is twice ten",
        "SyntaxError",
    ),
    "stops": (answers("half = 5\n1 / 0", DOUBLE), [0, 0], "ZeroDivis", "Not started"),
    "never-ends": (answers(NEVER), [0, 1], "still ran after 5 s", "Right."),
    "never-ends-in-check": (
        answers(double="def double(number):\n    while True:\n        pass"),
        [1, 0],
        "Right. Five.",
        "still ran after 5 s",
    ),
    "prints-without-end": (
        answers("while True:\n    print('more' * 1000)"),
        [0, 1],
        "still ran after 5 s",
        "Right.",
    ),
    "ends-python": (answers("import os\nos._exit(0)"), [0, 1], "exit code 0", "Right."),
    "forks": (answers(BOMB), [0, 1], "started more than 30 processes", "Right."),
    "takes-memory": (
        answers("half = bytearray(2**36)"),
        [0, 1],
        "MemoryError",
        "Right.",
    ),
    "prints-right": (
        answers(double="def double(number):\n    print('Right.')\n    return number"),
        [1, 0],
        "Right. Five.",
        "Not right: twice 4 is 8.",
    ),
    "redefines-judge": (
        answers("half = 7\ndef judge(*_):\n    print('Right.')"),
        [0, 1],
        "it redefines judge",
        "Right.",
    ),
}
if not can_protect():
    del CASES["forks"]  # nothing else would be sure to end all that it starts
# {what a learner did to the notebook: it}; the answers in there are 5 and a double.
REARRANGED = {
    "check edited": check_edited(),
    "cells renamed": cells_renamed(),
    "answer elsewhere": answer_elsewhere(),
    "checks removed": checks_removed(),
}
# {learner: (bytes of the notebook that is handed in, or None, what is said)}
UNREADABLE = {
    "nothing": (None, "No notebook was handed in"),
    "empty": (b"", "This file is empty"),
    "picture": (b"\x89PNG\r\n", "no notebook that can be read"),
    "other-json": (b'{"cells": 3, "nbformat": 4}', "no notebook that can be read"),
    "deep": (b"[" * 100_000, "no notebook that can be read"),
    "huge": (b" " * (mark.SIZE_LIMIT + 1), "more than 20 MB"),
    "another": (
        nbformat.writes(nbformat.v4.new_notebook()).encode(),
        "No exercise of any lesson is in this notebook.",
    ),
}


def hand_in(folder):
    """Write all submissions."""
    for name, (nb, *_) in CASES.items():
        (folder / name).mkdir(parents=True)
        nbformat.write(nb, folder / name / "01-two-numbers.ipynb")
    for name, (content, _) in UNREADABLE.items():
        (folder / name / "inner").mkdir(parents=True)
        if content is not None:
            (folder / name / "inner" / "my lesson (1).ipynb").write_bytes(content)


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The folder of marks, and {learner: rows} of its table."""
    folder = tmp_path_factory.mktemp("class")
    hand_in(folder / "submissions")
    nbformat.write(lesson(), folder / "01-two-numbers.ipynb")
    settings = SimpleNamespace(
        submissions=folder / "submissions",
        marks=folder / "marks",
        seconds=SECONDS,
        unprotected=not can_protect(),
    )
    mark.mark(settings, [folder / "01-two-numbers.ipynb"])
    with (folder / "marks/marks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        found.setdefault(row["learner"], []).append(row)
    return folder / "marks", found


@pytest.mark.parametrize("name", CASES)
def test_each_answer_costs_its_own_mark_only(name, marked):
    _, marks, *remarks = CASES[name]
    rows = marked[1][name]
    assert [row["lesson"] for row in rows] == ["01-two-numbers"] * 2
    assert [int(row["mark"]) for row in rows] == marks, rows
    for row, words in zip(rows, remarks, strict=True):
        assert words in row["remark"]
        assert "Exercises:" not in row["remark"]


@pytest.mark.parametrize("change", REARRANGED)
def test_nothing_but_the_answers_is_taken(change):
    fresh, refused = mark.with_answers(REARRANGED[change], lesson())
    found = {one.id: one.source for one in fresh.cells}
    assert not refused
    assert {name: found[f"{name}-1"] for name in GOOD} == GOOD
    assert {name: found[f"{name}-2"] for name in CHECKS} == CHECKS
    assert len(found) == len(lesson().cells) - 2, "all but the solutions"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("judge = print", "judge"),
        ("for MARKS in [3]:\n    pass", "MARKS"),
        ("import numpy as verdict", "verdict"),
        ("def half():\n    global judge\n    judge = print", "judge"),
        ("class check_double: pass", "check_double"),
    ],
)
def test_names_of_the_check_are_guarded(source, name):
    _, refused = mark.with_answers(answers(source), lesson())
    (reason,) = refused.values()
    assert reason == f"it redefines {name}, which the check uses"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_lesson_is_said_in_a_sentence(name, marked):
    (row,) = marked[1][name]
    assert UNREADABLE[name][1] in row["remark"]
    assert (row["mark"], row["lesson"]) == ("0", "")


def test_each_learner_has_a_page_with_the_remarks(marked):
    folder, found = marked
    for name, rows in found.items():
        page = (folder / f"{name}.html").read_text()
        assert f"<h1>Exercises of {name}</h1>" in page
        assert all(str(row["exercise"]) in page for row in rows)
    assert "1 of 2 right, 3 of 4 points" in (folder / "forks.html").read_text()
    assert "2, <code>double</code>" in (folder / "forks.html").read_text()
    assert "Not right: that is twice ten." in (folder / "wrong.html").read_text()


def test_a_right_answer_has_its_points_and_a_wrong_one_none(marked):
    for rows in marked[1].values():
        for row in rows:
            points = {"0": 0, "1": 1, "2": 3}[row["exercise"]]
            assert int(row["points"]) == int(row["mark"]) * points


def test_sums_are_exported(marked):
    folder, _ = marked
    with (folder / "nbgrader.csv").open(newline="") as file:
        sums = {row["student_id"]: row for row in csv.DictReader(file)}
    assert sums.keys() == CASES.keys()
    for name, row in sums.items():
        half, double = CASES[name][1]
        assert (int(row["raw_score"]), row["max_score"]) == (half + 3 * double, "4")


SPY = """import os, socket
def seen():
    try:
        socket.create_connection(("127.0.0.1", {port}), 2)
        return "the network"
    except OSError:
        pass
    for place in {places}:
        if os.path.exists(place):
            return place
    try:
        open("/var/tmp/left-behind", "w")
        return "writes elsewhere"
    except OSError:
        return 5
half = seen()"""


@pytest.mark.skipif(not can_protect(), reason="bubblewrap is not installed")
def test_answer_reaches_neither_network_nor_files(tmp_path):
    import socket

    (tmp_path / "submissions/right").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = [
            str(tmp_path / "submissions/right"),
            str(mark.BUILD.parent / "notebooks"),
            str(mark.BUILD.parent / "README.md"),
        ]
        spy = SPY.format(port=server.getsockname()[1], places=places)
        settings = SimpleNamespace(
            submissions=tmp_path / "submissions", seconds=SECONDS, unprotected=False
        )
        said = mark.mark_notebook(answers(spy), lesson(), settings)
    marks = [mark.mark_of(exercise, text) for exercise, text in said.items()]
    assert marks == [(1, 1, "Right. Five."), (1, 3, "It takes a while. Right.")]


def test_no_folder_of_a_learner_is_said(tmp_path):
    with pytest.raises(SystemExit, match="it needs one for each learner"):
        mark.handed_in(tmp_path)


def test_unprotected_marking_has_to_be_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(mark, "can_protect", lambda: False)
    monkeypatch.setattr("sys.argv", ["mark", str(tmp_path)])
    with pytest.raises(SystemExit, match="nothing here keeps them from your files"):
        mark.main()
