"""A name that is not known is explained: a slip, a deleted name, or a cell left out."""

from unittest import mock

import pytest

from tools.shared_cells import source_of

NAMES = {}
exec(source_of("names"), NAMES)


def explained(code, known=(), cells=("",)):
    """Return what a NameError in some code says, given what the kernel knows."""
    shell = mock.Mock(user_ns={"In": list(cells)})
    try:
        exec(code, dict.fromkeys(known, 0))
    except NameError as error:
        NAMES["explain_missing_name"](shell, NameError, error, error.__traceback__)
        ((_, shown, _),) = shell.showtraceback.call_args.args
        return str(shown)


KNOWN = ["x_train", "y_train", "x_val", "train_images", "history", "model", "counts"]
REMEDY = "un the cell above that makes it, or run all cells."


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("x_trian", "x_train"),
        ("X_train", "x_train"),
        ("trian_images", "train_images"),
        ("train_image", "train_images"),
        ("histroy", "history"),
        ("modle", "model"),
        ("nodel", "model"),
        ("pritn", "print"),
        ("count", "counts"),
        ("trian_image", "train_images"),
    ],
)
def test_slip_of_the_pen_is_recognised(slip, meant):
    assert explained(slip, KNOWN) == (
        f"name '{slip}' is not defined. Did you mean {meant}? If not, r{REMEDY}"
    )


@pytest.mark.parametrize("name", ["y_val", "x_test", "y_test", "test_images", "means"])
def test_name_of_a_cell_left_out_is_no_slip(name):
    assert explained(name, KNOWN) == f"name '{name}' is not defined. R{REMEDY}"


def test_name_in_a_function_is_compared_with_its_own_names():
    code = "def f(images):\n    return imags.sum()\nf(1)"
    assert "Did you mean images?" in explained(code)


def test_deleted_name_is_said_to_be_deleted():
    line = "del images, x_test  # the test set waits"
    cells = ["", "x_test = 1", f"# put it away\n{line}\nx = 1"]
    assert explained("x_test", KNOWN, cells) == (
        f"name 'x_test' is not defined. A cell above has deleted it: `{line}`."
    )


def test_del_in_a_comment_or_a_function_deletes_nothing():
    cells = ["", "# del x_test\ndef f(x_test):\n    del x_test"]
    assert explained("x_test", KNOWN, cells).endswith(f"R{REMEDY}")


def test_other_errors_are_left_alone():
    explain = NAMES["explain_missing_name"]
    shell = mock.Mock(user_ns={"In": [""]})
    unbound = UnboundLocalError("cannot access local variable 'total'", name="total")
    explain(shell, UnboundLocalError, unbound, None)
    nameless = NameError("a library's own words")
    explain(shell, NameError, nameless, None)
    shown = [str(call.args[0][1]) for call in shell.showtraceback.call_args_list]
    assert shown == [str(unbound), "a library's own words"]
