"""The checker of the exercises: what it says of answers of every kind.

Its cells run in an IPython of their own, as in a lesson but without a kernel.
"""

import re
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tools.shared_cells import source_of

CELLS = ["checker", "checker-compare", "checker-tell"]

# Two exercises: a number, 80, and a function, the share of pairs that the first wins.
CHECK_RUNS = """
def check_runs_needed(answer):
    remarks = [([80], "Right. Eighty."), ([40], "Not right: did you halve it?")]
    return verdict([answer], remarks, "Not right: which number is it?")
judge(check_runs_needed, "1 of 3", "This takes a while.")
"""
CHECK_WINS = """
def check_wins(answer):
    cases = [([0.5, 0.9, 0.7], [0.5, 0.6]), ([0.5, 0.9], [0.5]), ([1.0], [2.0])]
    results, problem = results_of(answer, cases)
    if problem:
        return problem
    right = [0.75, 0.75, 0.0]
    remarks = [
        (right, "Right"),
        (np.subtract(1, right), "Not right: did you count the second's?"),
        ([[0.5], 0.5, 0.0], "Not right: did you forget the ties?"),
    ]
    return verdict(
        results, remarks, "Not right: " + example("wins", cases, right, results)
    )
judge(check_wins, "2 of 3", "This takes a while.")
"""
STUBS = '''
runs_needed = None  # replace None by your answer
def wins(first, second):
    """Return how often a run in `first` beats one in `second`."""
    return None  # replace None by your answer
'''
SOLUTION = "np.mean([(a > b) + (a == b) / 2 for a in first for b in second])"

# {answer: words of the remark}
NUMBERS = {
    "40": "did you halve it?",
    "80.5": "which number is it?",
    "'80'": "yours is text, and should be one number. Is there a quote",
    "30,000": "yours is a list of 2, and should be one number. Is there a quote",
    "[80]": "yours is a list of 1, and should be one number. Is there a quote",
    "np.ones((2, 3))": "yours is an array of shape (2, 3), and should be one number.",
    "[[80], [80, 80]]": "yours is a list of parts of different lengths, and should be",
    "np.mean": "yours is a function, and should be one number.",
    "True": "yours is True or False, and should be one number.",
    "{80}": "yours is a set, and should be one number.",
    "print(80)": "it is None. Is it what `print` returns",
    "80; runs_needed == 80; runs_needed = np.nan": "which number is it?",
}
# {the function's last line: words of the remark}
FUNCTIONS = {
    f"return 1 - {SOLUTION}": "did you count the second's?",
    f"print({SOLUTION})": "it prints 0.75 and returns None. Did you mean `return`",
    "print('a\\n' * 10**6)": "it prints a and returns None.",
    f"share = {SOLUTION}": "it returns None. Does it get to a `return` of your answer?",
    "if len(first) == 2: return 0.75": "yours is None, and should be one number. Does",
    "return '0.75'": "yours is text, and should be one number. Is there a quote",
    f"return [{SOLUTION}]": "yours is a list of 1, and should be one number.",
    "return [[1], [2, 3]]": "yours is a list of parts of different lengths",
    "return (a > b for a in first for b in second)": "yours is a generator, and should",
    "return np.mean": "yours is a function, and should be one number.",
    "return first > second": "yours is True or False, and should be one number.",
    "pass": "it returns None. Does it get to a `return` of your answer?",
    "0.75": "it returns None. Does it get to a `return` of your answer?",
    "return": "it returns None. Does it get to a `return` of your answer?",
    "return 0.5": "it always gives the same. Does it use what it is given?",
    "return 0.5  # not return None": "it always gives the same. Does it use what it is",
    "return first[1]": "it stops with IndexError: list index out of range",
    "raise KeyError": "it stops with KeyError",
    "return len(first) - 1": "wins([0.5, 0.9], [0.5]) should give 0.75, and",
    "first.clear(); return len(second)": "wins([1], [2]) should give 0, and yours",
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """An IPython that keeps no history; it takes the place of `__main__` meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "__main__", sys.modules["__main__"])
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        settings = Config({"HistoryManager": {"enabled": False}})
        yield InteractiveShell.instance(config=settings)
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell, capsys):
    """A function that runs a cell after the checker's, and returns what it prints."""
    shell.user_ns.clear()
    shell.init_user_ns()

    def run(source):
        shell.run_cell(source, store_history=True)
        return " ".join(capsys.readouterr().out.split())

    run("import numpy as np\nfrom IPython import get_ipython")
    for tag in CELLS:
        run(source_of(tag))
    return run


def function(last_line, name="wins"):
    """Return the source of a function that ends with this line."""
    return f'def {name}(first, second):\n    """Return a share."""\n    {last_line}'


def test_untouched_stubs_are_not_started(run):
    wanted = "Not started yet: replace None by your answer, then run both cells again. "
    assert run(CHECK_RUNS).startswith(wanted), "not even the stub has run"
    run(STUBS)
    assert run(CHECK_RUNS).startswith(wanted)
    assert run(CHECK_WINS).startswith(wanted)


def test_right_answers_are_right(run):
    run("runs_needed = np.int64(80)\n" + function(f"print(7); return {SOLUTION}"))
    assert run(CHECK_RUNS).startswith("This takes a while. Right. Eighty.")
    assert run(CHECK_WINS).startswith("This takes a while. Right ")


@pytest.mark.parametrize(("answer", "words"), NUMBERS.items())
def test_wrong_numbers(run, answer, words):
    run(STUBS)
    run(f"runs_needed = {answer}")
    said = run(CHECK_RUNS).removeprefix("This takes a while. ")
    assert said.startswith("Not right: ")
    assert words in said


@pytest.mark.parametrize(("last_line", "words"), FUNCTIONS.items())
def test_wrong_functions(run, last_line, words):
    run(STUBS)
    assert run(function(last_line)) == ""
    said = run(CHECK_WINS).removeprefix("This takes a while. ")
    assert said.startswith("Not right: ")
    assert words in said
    assert len(said) < 300, "the check floods the page"


def test_warnings_of_an_answer_stay_away(run, recwarn):
    run("def wins(first, second):\n    return np.mean([]) / np.float64(0)")
    assert run(CHECK_WINS).startswith("This takes a while. Not right: it always gives")
    assert not recwarn.list


def test_what_is_no_function_is_none(run):
    run("wins = 0.75")
    assert "a function is asked for. Keep the line with `def`." in run(CHECK_WINS)


@pytest.mark.parametrize(
    "cell",
    [
        "runs_needed = 8O 0",
        "runs_needed 80",
        "# a comment\nruns_needed = (80\n",
        "runs_needed = 80 / 0",
        "%%time\nruns_needed = 80 / 0",
        "print(runs_needed)\nruns_needed = unknown_name",
    ],
)
@pytest.mark.parametrize("before", ["None  # replace None", "80"])
def test_cell_that_fails_is_told_so_and_mended(run, before, cell):
    run(f"runs_needed = {before}")
    run(cell)
    error = "SyntaxError: |ZeroDivisionError: division by zero|NameError: name 'unkn"
    assert re.match(f"Not right: your cell stops with ({error})", run(CHECK_RUNS))
    run("runs_needed = 80")
    assert "Right. Eighty." in run(CHECK_RUNS)


@pytest.mark.parametrize(
    "cell", ["def wins(first, second)\n    return 1", "def wins first, second):", "def"]
)
def test_function_that_python_cannot_read_is_told_so(run, cell):
    run(STUBS)
    run(cell)
    said = run(CHECK_WINS)
    if cell == "def":  # not a word of the answer
        assert said.startswith("Not started yet")
    else:
        assert said.startswith("Not right: your cell stops with SyntaxError: ")
    run(function(f"return {SOLUTION}"))
    assert "Right " in run(CHECK_WINS)


def test_other_cells_that_fail_change_nothing(run):
    run("runs_needed = 80\n" + function(f"return {SOLUTION}"))
    run("wins([1], ")
    run("wins(3, 4)")
    run("    x = wins\n  y = 3")
    run("1 / 0")
    assert "Right. Eighty." in run(CHECK_RUNS)
    assert "Right " in run(CHECK_WINS)


def test_comparison_instead_of_assignment_is_told_so(run):
    run(STUBS)
    run("runs_needed == 80")
    assert "or one = too many?" in run(CHECK_RUNS)


def test_check_that_cannot_use_an_answer_says_so(run):
    run("length = 7\ndef check_length(answer):\n    return 'Right' * len(answer)")
    said = run("judge(check_length, '1 of 1')")
    assert said.startswith("Not right: the check stops with TypeError: object")
    assert said.endswith("1 ✗ 0 of 1 right")


def test_tally(run):
    run(STUBS)
    assert run(CHECK_RUNS).endswith(" Exercises: 1 - 2 - 3 - 0 of 3 right")
    run("runs_needed = 40")
    run(function(f"return {SOLUTION}"))
    assert run(CHECK_WINS).endswith(" Exercises: 1 - 2 ✓ 3 - 1 of 3 right")
    assert run(CHECK_RUNS).endswith(" Exercises: 1 ✗ 2 ✓ 3 - 1 of 3 right")
    run("runs_needed = 80")
    for _ in range(2):
        assert run(CHECK_RUNS).endswith(" Exercises: 1 ✓ 2 ✓ 3 - 2 of 3 right")
    run("runs_needed = 8O")
    assert run(CHECK_RUNS).endswith(" Exercises: 1 ✗ 2 ✓ 3 - 1 of 3 right")
    run(source_of("checker-tell"))
    assert run(CHECK_WINS).endswith(" Exercises: 1 - 2 ✓ 3 - 1 of 3 right")


def test_cells_run_twice_watch_once(run):
    # Others watch, too, and what they watch with need not have a name.
    run("import functools")
    run("get_ipython().events.register('post_run_cell', functools.partial(id))")
    for _ in range(3):
        assert run(source_of("checker-tell")) == ""
    watchers = "get_ipython().events.callbacks['post_run_cell']"
    names = f"[getattr(f, '__name__', '') for f in {watchers}]"
    assert run(f"print({names}.count('keep_run'))") == "1"


def test_cleared_notebook_stays_quiet(run):
    run("runs_needed = 8O")
    assert run("%reset -f") == ""
    assert run("print(1)") == "1"


def test_plain_program_needs_no_ipython_shell(capsys):
    lesson = {"get_ipython": lambda: None}
    cells = [source_of(tag) for tag in CELLS]
    for source in ["import numpy as np", *cells, STUBS, CHECK_RUNS, CHECK_WINS]:
        exec(source, lesson)
    exec("runs_needed = 80", lesson)
    exec(CHECK_RUNS, lesson)
    said = capsys.readouterr().out
    assert said.count("Not started yet") == 2
    assert said.endswith("Right. Eighty.\nExercises: 1 ✓  2 -  3 -   1 of 3 right\n")


@pytest.mark.parametrize(
    ("seconds", "effort", "wait"),
    [([20, 30], None, 40), ([20, 30], 3, 60), ([5, 30], None, 0), ([1, 9], 200, 200)],
)
def test_slow_answer_is_told_how_long_it_takes(run, seconds, effort, wait):
    # A clock of its own, so that nobody waits and no machine is too slow.
    run(
        "clock = [0.0]\n"
        "def perf_counter():\n"
        "    return clock[0]\n"
        "def slow(n):\n"
        f"    clock[0] += {seconds}[n > 0]\n"
        "    return n + 1\n"
        "def check_slow(answer):\n"
        f"    results, _ = results_of(answer, [(0,), (1,), (2,)], effort={effort})\n"
        "    return f'Right: {results}'"
    )
    line = f"With your answer, this check takes some {wait} seconds. " if wait else ""
    said = run("judge(check_slow, '1 of 1')")
    assert said.startswith(f"{line}Right: [1, 2, 3]")
    # A solution is checked without a word about the clock, as its output is compared.
    assert run("print(check_slow(slow))") == "Right: [1, 2, 3]"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("np.float32(0.5)", "one number", "0.5"),
        ("1 / 3", "one number", "0.3333"),
        ("100_000", "one number", "100000"),
        ("np.bool_(True)", "True or False", "True"),
        ("1e5", "one number", "100000"),
        ("'ab'", "text", "'ab'"),
        ("(3, np.int64(9))", "a list of 2", "(3, 9)"),
        ("(np.int32(2),)", "a list of 1", "(2,)"),
        ("np.array([0.5, 1])", "a list of 2", "[0.5, 1]"),
        ("np.zeros((6, 10))", "an array of shape (6, 10)", None),
        ("[[1], [2, 3.0]]", "a list of parts of different lengths", "[[1], [2, 3]]"),
        ("None", "None", "None"),
        ("range(3)", "a list of 3", "range(0, 3)"),
    ],
)
def test_values_in_words(run, value, kind, text):
    assert run(f"print(kind_of({value}))") == kind
    if text:
        assert run(f"print(short({value}))") == text


@pytest.mark.parametrize(
    ("results", "expected", "alike"),
    [
        ("[0.1 + 0.2]", "[0.3]", True),
        ("[1]", "[1.1]", False),
        ("[1, 2]", "[1]", False),
        ("[[1, 2]]", "[(1, 2)]", True),
        ("[[1, 1]]", "[1]", False),
        ("[np.nan]", "[np.nan]", True),
        ("['a', 'b']", "['a', 'b']", True),
        ("['a', 'b']", "['a', 'c']", False),
        ("['1']", "[1]", False),
        ("[None]", "[0]", False),
        ("[[[1], [2, 3]]]", "[0]", False),
        ("[{1}]", "[1]", False),
        ("[True]", "[1]", False),
        ("[np.bool_(True)]", "[np.int64(1)]", False),
        ("[[3, True]]", "[(3, 1)]", False),
        ("[(1, [0, False])]", "[(1, [0, 0])]", False),
        ("[np.eye(2) > 0]", "[np.eye(2)]", False),
        ("[np.eye(2) > 0]", "[[[True, False], [False, True]]]", True),
        ("[True]", "[True]", True),
        ("[1]", "[True]", True),
    ],
)
def test_same(run, results, expected, alike):
    assert run(f"print(same({results}, {expected}))") == str(alike)


def test_truth_among_numbers_is_named(run):
    said = "Not right: yours holds True or False, and should hold numbers."
    assert run("print(misfit([[3, True]], [[3, 1]]))") == said
    assert run("print(misfit([np.eye(2) > 0], [np.eye(2)]))") == said
    assert run("print(misfit([[1, 2]], [[3, 1]]))") == "None"


def test_long_arguments_of_an_example_are_in_words(run):
    cases, line = "[([1.5] * 30, 2), (np.ones((28, 28)), 3)]", "print(example('f', {}))"
    said = run(line.format("[([1.5] * 30,), ([1, 2, 3, 4, 5],)], [7, 8], [9, 9]"))
    assert said == "f([1, 2, 3, 4, 5]) should give 8, and yours gives 9."
    said = run(line.format(f"{cases}, [7, 8], [7, 9]"))
    assert said == "f(an array of shape (28, 28), 3) should give 8, and yours gives 9."
    said = run(line.format(f"{cases}, [7, 8], [5, 9]"))
    assert said == "f(a list of 30, 2) should give 7, and yours gives 5."
