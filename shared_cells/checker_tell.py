# @title The checker, the same in every lesson: tell what it finds, keep a tally
import re
from textwrap import fill

from IPython import get_ipython

from shared_cells.checker import NOT_STARTED, UNDER_CHECK, is_untouched

MARKS = {}  # by the exercise's number
LAST_RUNS = {}  # by a name at the beginning of a line: its cell's source and error


def say(sentence):
    """Print a sentence in lines that fit the page."""
    print(fill(sentence, 88))


def keep_run(result, runs=LAST_RUNS, find=re.findall):  # at hand after %reset, too
    """Keep source and error of the cell that ran for the names that it defines."""
    if info := getattr(result, "info", None):
        error = result.error_before_exec or result.error_in_exec
        # The first word of a line before `=` or another word, and what follows `def`.
        for name in find(r"(?m)^\w+(?= *=| +\w)|(?<=^def )\w+", info.raw_cell):
            runs[name] = info.raw_cell, error


def judge(check, place, notice=""):
    """Say what `check`, a function check_ANSWER, finds of ANSWER; print the tally.

    place: which exercise of how many, "2 of 3"; notice: printed before a long check.
    """
    name = check.__name__.removeprefix("check_")
    answer = check.__globals__.get(name)
    source, error = LAST_RUNS.get(name, (f"{name} = None", None))
    stub = re.search(f"^{name} *= *None", source, re.MULTILINE)
    if error is not None:
        reason = f"{type(error).__name__}: {getattr(error, 'msg', error)}"
        said = f"Not right: your cell stops with {reason}. Mend it and run it again."
    elif answer is None:
        printed = (
            "Not right: it is None. Is it what `print` returns, or one = too many?"
        )
        said = NOT_STARTED if stub else printed
    else:
        if notice and not is_untouched(answer):
            say(notice)
        UNDER_CHECK.add(name)
        try:
            said = check(answer)
        except Exception as trouble:
            reason = f"{type(trouble).__name__}: {trouble}"
            said = f"Not right: the check stops with {reason}. Is it the right type?"
        finally:
            UNDER_CHECK.clear()
    say(said)
    number, total = map(int, place.split(" of "))
    MARKS[number] = {"Right": "✓", "Not s": "-"}.get(said[:5], "✗")
    row = "  ".join(f"{n} {MARKS.get(n, '-')}" for n in range(1, total + 1))
    print(f"Exercises: {row}   {list(MARKS.values()).count('✓')} of {total} right")


if shell := get_ipython():
    watching = shell.events.callbacks["post_run_cell"]
    for earlier in [f for f in watching if getattr(f, "__name__", "") == "keep_run"]:
        shell.events.unregister("post_run_cell", earlier)
    shell.events.register("post_run_cell", keep_run)
