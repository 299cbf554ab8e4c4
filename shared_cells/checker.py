# @title The checker, the same in every lesson
from copy import deepcopy
from textwrap import fill

import numpy as np

NOT_STARTED = "Not started yet: replace None by your answer, then run both cells again."
NO_RESULT = (
    "Not started yet: the function returns None. Put your answer after `return`; "
)
NO_RESULT += "if you have, your code never gets there. Then run both cells again."


def results_of(answer, cases):
    """Call `answer` with each case, a tuple; return (results, what went wrong)."""
    if not callable(answer):
        return None, "Not right: a function is asked for. Keep the line with `def`."
    try:
        with np.errstate(all="ignore"):
            results = [answer(*deepcopy(case)) for case in cases]
    except Exception as error:
        return None, f"Not right: it stops with {type(error).__name__}: {error}"
    return results, NO_RESULT if all(r is None for r in results) else None


def same(results, expected):
    """Return whether two lists agree in shape and, but for rounding, in value."""
    try:
        return all(
            np.shape(a) == np.shape(b)
            and np.allclose(a, b, rtol=1e-7, atol=1e-4, equal_nan=True)
            for a, b in zip(results, expected, strict=True)
        )
    except (TypeError, ValueError):  # text, None, or a ragged list
        return False


def verdict(results, remarks, otherwise):
    """Return the sentence of the first (expected results, sentence) that fits."""
    fitting = [sentence for expected, sentence in remarks if same(results, expected)]
    return [*fitting, otherwise][0]


def say(sentence):
    """Print a sentence in lines that fit the page."""
    print(fill(sentence, 88))
