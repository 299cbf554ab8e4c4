"""Exercises have their cells, wrong answers that fit, and hand-outs without solutions.

What the checks say of each answer is tested in tests/lessons/test_exercises.py.
"""

import re

import nbformat
import pytest

from exercises import WRONG_ANSWERS, code_of, exercises, source_of, wrong_answers
from notebooks import LESSONS, code_cells, name, read, tagged, tags
from tools.course import NOTEBOOKS, ROOT
from tools.publishing.handout import LOCK, handout, write_handouts

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


@every_lesson
def test_each_exercise_has_a_check_and_a_folded_solution(path):
    found = list(exercises(read(path)))
    assert len(found) == 3, "three exercises"
    for number, (answer, check, solution) in enumerate(found, start=1):
        assert tags(check) == ["check"], f"{answer}: the check comes next"
        judged = f'judge(check_{answer}, "{number} of {len(found)}"'
        assert check.source.splitlines()[-1].startswith(judged), "and ends so"
        assert tags(solution) == ["solution"], f"{answer}: then the solution"
        assert f"assert check_{answer}(solution_{answer}).startswith" in solution.source
        for cell in check, solution:
            assert cell.source.startswith("# @title "), "Colab folds cells with a title"
            assert cell.metadata.jupyter.source_hidden
            assert cell.metadata.cellView == "form"


@every_lesson
def test_every_exercise_has_three_likely_wrong_answers(path):
    wrong_ones = wrong_answers(path)
    assert wrong_ones.keys() == {answer for answer, *_ in exercises(read(path))}
    for answer, listed in wrong_ones.items():
        assert len(listed) >= 3, f"{answer}: three likely wrong answers"


@every_lesson
def test_wrong_answers_fit_their_exercises(path):
    for answer, _, solution in exercises(read(path)):
        for wrong in wrong_answers(path)[answer]:
            problem = f"{answer}, {wrong}: tests/exercises.py explains the format"
            kinds = {"answer", "says"}, {"old", "new", "says"}
            assert wrong.keys() in kinds, problem
            assert all(isinstance(text, str) for text in wrong.values()), problem
            if "old" in wrong:
                problem = f"{answer}: the solution does not hold {wrong['old']!r}"
                assert wrong["old"] in source_of(solution), problem
            compile(code_of(wrong, answer, solution), answer, "exec")


def test_every_file_of_wrong_answers_belongs_to_a_lesson():
    files = sorted(path.stem for path in WRONG_ANSWERS.iterdir())
    assert files == [path.name[:2] for path in LESSONS]


@every_lesson
def test_handout_holds_nothing_of_a_solution(path):
    nb = read(path)
    given = handout(nb)
    for cell in code_cells(given):
        assert "solution" not in tags(cell)
        assert not cell.outputs
        assert cell.execution_count is None
    # Everything in the file, sources, outputs and metadata.
    text = "\n".join(str(value) for cell in given.cells for value in cell.values())
    text = text.replace("\\n", "\n").replace("\\'", "'")
    lines = {line.strip() for line in text.splitlines()}
    for cell in tagged(nb, "solution"):
        for line in cell.source.splitlines():
            if "solution" in line or len(line.strip()) > 30:
                assert line.strip() not in lines, f"{cell.id}: {line}"
    assert "solution_" not in text


def test_folder_of_handouts_has_all_lessons_and_what_they_load(tmp_path):
    folder = tmp_path / "of-the-course"
    folder.mkdir()
    (folder / "old.ipynb").write_text("from last year")
    write_handouts(folder)
    found = sorted(folder.glob("*.ipynb"))
    assert [path.name for path in found] == [path.name for path in LESSONS]
    for given, path in zip(found, LESSONS, strict=True):
        assert nbformat.writes(read(given)) == nbformat.writes(handout(read(path)))
        sources = "\n".join(cell.source for cell in code_cells(read(path)))
        for file in (NOTEBOOKS / "data").iterdir():
            copied = folder / "data" / file.name
            if f"data/{file.name}" in sources:
                assert copied.read_bytes() == file.read_bytes(), f"{path.name}"
    page = (folder / "start.html").read_text(encoding="utf-8")
    for link in re.findall(
        r'href="(?!https:)(.+?)"|<code>(\w[\w.-]+\.\w+)</code>', page
    ):
        assert (folder / "".join(link)).is_file(), f"{link} is not in the hand-out"
    wanting = set()
    for path in LESSONS:
        assert page.count(f"<code>{path.name}</code>") >= 1
        for cell in code_cells(read(path)):
            if "weights" in cell.metadata.get("tags", []):
                wanting.add(path.name[:2])
    told = re.search(r"Lessons (.+?) compare", page)[1]
    assert set(re.findall(r"\d\d", told)) == wanting


def test_learners_install_what_is_tested():
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    given = LOCK.read_text(encoding="utf-8")
    pins = re.findall(r"^[\w.-]+==[\w.]+(?= )", given, re.MULTILINE)
    assert len(pins) > 100
    for pin in pins:
        assert f"\n{pin} " in locked, f"{pin} is not what the tests run with"
    for pin in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        assert pin.startswith("#") or pin in pins
    assert given.count("--hash=sha256:") > len(pins)
