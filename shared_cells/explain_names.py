# @title Explain a name that is not known: a slip, or a cell that was left out
import builtins
import re
import traceback
from difflib import get_close_matches

from IPython import get_ipython

REST = "un the cell above that makes it, or run all cells."


def remedy_for(name, trace, cells):
    """Return a sentence on a name that is not known where the trace of calls ends.

    `cells` holds the sources of all cells that have run.
    """
    if line := re.search(rf"^del .*\b{name}\b.*", "\n".join(cells), re.M):
        return f"A cell above has deleted it: `{line[0]}`."
    *_, (frame, _) = traceback.walk_tb(trace)
    known = {*frame.f_locals, *frame.f_globals, *dir(builtins)}
    # x_val is no slip for y_val.
    known = [n for n in known if n[1:2] != "_" or n[0].lower() == name[0].lower()]
    if close := get_close_matches(name, known, n=1, cutoff=0.75):
        return f"Did you mean {close[0]}? If not, r{REST}"
    return f"R{REST}"


def explain_missing_name(shell, kind, error, trace, tb_offset=None):
    """Show a NameError with what usually causes it."""
    if kind is NameError and error.name:
        remedy = remedy_for(error.name, trace, shell.user_ns["In"])
        error.args = (f"{error}. {remedy}",)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if shell := get_ipython():
    shell.set_custom_exc((NameError,), explain_missing_name)
