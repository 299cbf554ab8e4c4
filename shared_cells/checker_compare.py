# @title The checker, the same in every lesson: compare results with what is right
import numpy as np


def holds_truth(value):
    """Return whether a value is True or False, or holds one of them."""
    if isinstance(value, list | tuple):
        return any(map(holds_truth, value))
    return str(getattr(value, "dtype", type(value).__name__)) == "bool"


def same(results, expected):
    """Return whether two lists agree in shape and, but for rounding, in value."""
    rounding = {"rtol": 1e-7, "atol": 1e-4, "equal_nan": True}
    try:
        return all(
            np.shape(a) == np.shape(b)
            and (holds_truth(b) or not holds_truth(a))  # for Python, True equals 1
            and (np.array_equal(a, b) or np.allclose(a, b, **rounding))
            for a, b in zip(results, expected, strict=True)
        )
    except (TypeError, ValueError):  # text, None, or a ragged list
        return False


def kind_of(value):
    """Return in words what a value is: "one number", "an array of shape (6, 10)"."""
    try:
        array = np.asarray(value)
    except ValueError:
        return "a list of parts of different lengths"
    if array.dtype.kind == "O":
        name = "function" if callable(value) else type(value).__name__
        return "None" if value is None else f"a {name}"
    if array.ndim > 1:
        return f"an array of shape {array.shape}"
    alone = {"U": "text", "b": "True or False"}.get(array.dtype.kind, "one number")
    return f"a list of {array.size}" if array.ndim else alone


def misfit(results, expected):
    """Say which result is of another kind or shape than expected; None if none is."""
    for result, wanted in zip(results, expected, strict=True):
        given, asked = kind_of(result), kind_of(wanted)
        if given != asked:
            hint = ""
            if asked == "one number" and given.startswith(("text", "a list")):
                hint = " Is there a quote, a bracket or a comma too many?"
            if given == "None":
                hint = " Does each way through it end in `return`?"
            return f"Not right: yours is {given}, and should be {asked}.{hint}"
        if holds_truth(result) and not holds_truth(wanted):
            return "Not right: yours holds True or False, and should hold numbers."
    return None


def verdict(results, remarks, otherwise):
    """Return the sentence of the first (expected results, sentence) that fits.

    The first remark has the right results. If none fits, a result of another kind or
    shape is named, then one that never changes; `otherwise` comes last.
    """
    for expected, sentence in remarks:
        if same(results, expected):
            return sentence
    never_changes = len(results) > 1 and same(results[1:], results[:-1])
    said = "Not right: it always gives the same. Does it use what it is given?"
    return misfit(results, remarks[0][0]) or (said if never_changes else otherwise)


def short(value):
    """Return a value as text, numbers with up to four decimals."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        inside = ", ".join(map(short, value))
        comma = "," if len(value) == 1 else ""
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{comma})"
    return repr(value)


def as_argument(value):
    """Return a value as text, what is long in words: "a list of 30"."""
    text = short(value)
    return text if len(text) <= 100 else kind_of(value)


def example(name, cases, expected, results):
    """Return a sentence on the shortest case that went wrong, "" if none did."""
    tries = zip(cases, expected, results, strict=True)
    wrong = [
        (c, right, given) for c, right, given in tries if not same([given], [right])
    ]
    if not wrong:
        return ""
    case, right, given = min(wrong, key=lambda found: len(short(found[0])))
    call, right, given = ", ".join(map(as_argument, case)), short(right), short(given)
    return f"{name}({call}) should give {right:.80}, and yours gives {given:.80}."
