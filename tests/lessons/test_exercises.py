"""Every exercise answers back: to the stub, the solution and each wrong answer.

The checks are asked in the kernel that has run the lesson's hand-out. The wrong answers
lie in wrong_answers/; tests/exercises.py explains them.
"""

import ast

import pytest

from exercises import code_of, exercises, is_function, wrong_answers
from kernel import CellFailed
from notebooks import LESSONS, code_cells, name, printed

pytestmark = pytest.mark.parametrize("path", LESSONS, ids=name)


def remark(lesson, code):
    """Return what a check says; a check that raises an error says that."""
    try:
        return lesson.kernel.ask(code)
    except CellFailed as error:
        return str(error)


def test_untouched_stub_is_told_that_it_is_not_started(again):
    said = {cell.source: printed([cell]) for cell in code_cells(again.handout)}
    for answer, check, _ in exercises(again.nb):
        assert said[check.source].startswith("Not started yet:"), answer


def test_solution_is_told_that_it_is_right(again):
    for answer, _, solution in exercises(again.nb):
        code = f"{solution.source}\nprint(check_{answer}(solution_{answer}))"
        said = remark(again, code)
        assert said.startswith("Right"), f"{answer}: {said}"


def test_wrong_answers_are_told_what_is_wrong(again):
    wrong_ones = wrong_answers(again.path)
    for answer, check, solution in exercises(again.nb):
        again.kernel.run(solution.source)
        remarks = []
        for wrong in wrong_ones[answer]:
            code = code_of(wrong, answer, solution)
            said = remark(again, f"{code}\nprint(check_{answer}(wrong))")
            assert said.startswith("Not right: "), f"{answer}, {wrong}: {said}"
            assert wrong["says"] in said, f"{answer}, {wrong}: {said}"
            remarks.append(said)
        for node in ast.walk(ast.parse(check.source)):
            text = getattr(node, "value", None)
            if isinstance(text, str) and text.startswith("Not right: "):
                assert any(said.startswith(text) for said in remarks), (
                    f"{answer}: no wrong answer brings up {text!r}"
                )


def test_constant_does_not_pass_for_a_function_nor_does_one_that_fails(again):
    for answer, *_ in exercises(again.nb):
        if is_function(again.nb, answer):
            said = remark(again, f"print(check_{answer}(7))")
            assert said.startswith("Not right: a function is asked for"), answer
            said = remark(again, f"print(check_{answer}(lambda *_: 1 / 0))")
            assert said.startswith("Not right: it stops with ZeroDivisionError"), answer
