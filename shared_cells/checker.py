# @title The checker, the same in every lesson: call an answer, catch what goes wrong
from contextlib import redirect_stdout
from copy import deepcopy
from inspect import getsource
from io import StringIO
from time import perf_counter
from warnings import catch_warnings

NOT_STARTED = "Not started yet: replace None by your answer, then run both cells again."
PATIENCE = 15  # seconds that a check may take without a word
UNDER_CHECK = set()  # answers that a check cell is about, and nobody else


def is_untouched(answer):
    """Return whether an answer is None or a function that does what the stubs do."""

    def untouched():
        """Return None."""
        return None

    code, steps = getattr(answer, "__code__", None), untouched.__code__.co_code
    if code is None or code.co_code != steps or code.co_consts[-1] is not None:
        return answer is None
    try:
        return "return None" in getsource(answer)  # `pass` takes the same steps
    except OSError:  # it was not written in a cell
        return True


def results_of(answer, cases, effort=None):
    """Call `answer` with each case, a tuple; return (results, what went wrong).

    effort: how many times as long as the first case the others take, if not as long.
    """
    if not callable(answer):
        return None, "Not right: a function is asked for. Keep the line with `def`."
    printed, results, start = StringIO(), [], perf_counter()
    for case in cases:
        try:
            with redirect_stdout(printed), catch_warnings(action="ignore"):
                results.append(answer(*deepcopy(case)))
        except Exception as error:
            return None, f"Not right: it stops with {type(error).__name__}: {error}"
        wait = (perf_counter() - start) * (effort or len(cases) - 1)
        if UNDER_CHECK and len(results) == 1 and wait > PATIENCE:
            print(f"With your answer, this check takes some {wait:.0f} seconds.")
    if is_untouched(answer):
        return None, NOT_STARTED
    if any(result is not None for result in results):
        return results, None
    if text := printed.getvalue().strip():
        said = f"Not right: it prints {text.splitlines()[0]:.40} and returns None. Did "
        return None, said + "you mean `return` where it says `print`?"
    return None, "Not right: it returns None. Does it get to a `return` of your answer?"
