"""The exercises of a lesson, and the wrong answers that its checks have to know.

tests/lessons/wrong_answers/NN.toml holds, for each exercise of lesson NN, the wrong
answers that a learner is likely to give, one table each:

    [[larger_count]]                  # the name of the exercise's answer
    answer = "104_938"                # a Python expression, or ...
    says = "this lesson's network"    # words of the remark that it deserves

    [[answer_of_network]]
    old = "return softmax("           # ... a change to the solution: this text of it
    new = "return ("                  # becomes that
    says = "softmax is missing"

An `answer` may use the names of the lesson and of the solutions.
"""

import tomllib
from pathlib import Path

from notebooks import tagged
from tools import course

WRONG_ANSWERS = Path(__file__).parent / "lessons" / "wrong_answers"


def exercises(nb):
    """Yield (name of the answer, check cell, solution cell) for each exercise."""
    pairs = zip(course.exercises(nb), tagged(nb, "solution"), strict=True)
    for (answer, _, check), solution in pairs:
        yield answer, check, solution


def is_function(nb, answer):
    """Say whether an exercise asks for a function."""
    return any(f"def {answer}(" in cell.source for cell in tagged(nb, "exercise"))


def wrong_answers(path):
    """Return {name of an answer: [wrong answer, a dictionary as above]} of a lesson."""
    with (WRONG_ANSWERS / f"{path.name[:2]}.toml").open("rb") as file:
        return tomllib.load(file)


def source_of(solution):
    """Return the source of a solution cell without what tests it."""
    return solution.source.partition("\n\n\nassert ")[0]


def code_of(wrong, answer, solution):
    """Return Python code that defines a wrong answer as `wrong`.

    The solution keeps its name and its code: other wrong answers call it.
    """
    if "answer" in wrong:
        return f"wrong = {wrong['answer']}"
    source = source_of(solution).replace(wrong["old"], wrong["new"])
    return source.replace(f"solution_{answer}", "wrong")
