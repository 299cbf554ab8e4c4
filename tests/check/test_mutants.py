"""Every fault that `make mutants` plants has a place, and none was missed."""

from collections import Counter
from pathlib import Path

import pytest

from notebooks import read
from tools.course import ROOT
from tools.measuring import mutants
from tools.measuring.mutants import FAULTS, Fault
from tools.publishing.pad import PAGE

KINDS = {*mutants.CHANGES, "alt", "file", "pad", "pixel", "shared"}


def occurrences(fault):
    """Return how often the text is there that a fault replaces."""
    if fault.kind == "pixel":
        return 1
    if fault.kind == "pad":  # the page is what runs: its lines have no indentation
        return PAGE.read_text(encoding="utf-8").count(fault.old)
    if fault.kind in ("file", "shared"):
        files = mutants.files_of(fault, ROOT)
        return sum(file.read_text(encoding="utf-8").count(fault.old) for file in files)
    found, _ = mutants.change_cells(read(mutants.lesson_of(fault, ROOT)), fault)
    return found


def test_texts_that_faults_replace_are_there():
    gone = [
        f"faults/{f.place}: the fault '{f.name}' replaces a text that is gone: {f.old}"
        for f in FAULTS
        if not occurrences(f)
    ]
    assert not gone, "\n".join(gone)


def test_a_text_that_is_gone_is_noticed():
    fault = FAULTS[0]._replace(old="no lesson says this")
    assert occurrences(FAULTS[0])
    assert not occurrences(fault)


def test_faults_are_told_apart_and_change_something():
    names = Counter((fault.place, fault.name) for fault in FAULTS)
    assert names.most_common(1)[0][1] == 1, names.most_common(1)
    for fault in FAULTS:
        assert fault.kind in KINDS, f"{fault.name} is of no kind"
        assert fault.says, f"any failing test would do for {fault.name}"
        assert fault.kind == "pixel" or fault.old != fault.new, fault.name
        for word in fault.tests.split():
            assert "/" not in word or (ROOT / word).exists(), f"{word} is gone"
        assert fault.tests or fault.kind not in ("source", "shared", "pad"), fault.name


def test_every_fault_was_planted_and_caught():
    rows = mutants.stored_rows()
    new = [f"{f.place}: {f.name}" for f in FAULTS if (f.name, f.place) not in rows]
    assert not new, f"python -m tools.measuring.mutants --new: {'; '.join(new)}"
    missed = [row for row in rows.values() if row["result"] != "caught"]
    assert not missed


def test_faults_can_be_planted_while_their_rows_are_missing(tmp_path):
    demands_rows = test_every_fault_was_planted_and_caught.__name__
    file = tmp_path / "tests" / "check" / Path(__file__).name
    file.parent.mkdir(parents=True)
    lines = [f"def {name}(): assert False" for name in (demands_rows, "test_else")]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ((name, _),) = mutants.failures(tmp_path, "tests/check")
    assert name.endswith("test_else")


def test_what_holds_the_words_of_a_fault_is_run_first():
    words = "test_diagonal" + "_is_grey"  # here, they stand in no file of tests/check
    code = Fault("slip", "05", "stale", "a", "b", words)
    figures, check = mutants.runs_for(code)
    assert figures.startswith("tests/lessons/test_figures")
    assert check == mutants.QUICK_TESTS
    bands = code._replace(says="test_bands_follow_from_the_table")
    assert mutants.runs_for(bands) == [check, figures]


def test_rows_of_other_faults_stay_when_one_is_stored(tmp_path, monkeypatch):
    first, second = (
        Fault(name, "05", "code", "a", "b", "words") for name in ("first", "second")
    )
    monkeypatch.setattr(mutants, "TABLE", tmp_path / "mutants.csv")
    monkeypatch.setattr(mutants, "all_faults", lambda: [first, second])
    mutants.store(second, "caught", "a test")
    mutants.store(first, "MISSED", "nothing")
    results = [row["result"] for row in mutants.stored_rows().values()]
    assert results == ["MISSED", "caught"], "in the order of the faults"
    changed = second._replace(new="c")
    monkeypatch.setattr(mutants, "all_faults", lambda: [first, changed])
    assert [*mutants.stored_rows()] == [("first", "05")], "the other has changed"


def test_rows_of_faults_that_were_added_meanwhile_stay(tmp_path, monkeypatch):
    first, added = (
        Fault(name, "05", "code", "a", "b", "words") for name in ("first", "added")
    )
    monkeypatch.setattr(mutants, "TABLE", tmp_path / "mutants.csv")
    monkeypatch.setattr(mutants, "FAULTS", [first])
    monkeypatch.setattr(mutants, "all_faults", lambda: [added, first])
    mutants.store(added, "caught", "a test of the other program")
    mutants.store(first, "caught", "a test")
    assert len(mutants.stored_rows()) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("99", "No fault's place starts with 99."),
        ("--shard 5/4", "1/4 is the first of four; '5/4' is none."),
        ("--shard half", "'half' is none."),
    ],
)
def test_bad_input_is_answered_in_a_sentence(words, says, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["mutants", *words.split()])
    with pytest.raises(SystemExit) as end:
        mutants.chosen_faults()
    assert says in f"{end.value}{capsys.readouterr().err}"


def test_shards_hold_every_fault_once(monkeypatch):
    chosen = []
    for number in 1, 2, 3:
        monkeypatch.setattr("sys.argv", ["mutants", "--shard", f"{number}/3"])
        chosen += mutants.chosen_faults()
    assert sorted(chosen) == sorted(FAULTS)
