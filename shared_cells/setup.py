# @title Set up: the packages, and arithmetic that gives the numbers printed here
import logging
import os

from IPython import get_ipython

# Set before TensorFlow is imported, so that your numbers are the ones printed here.
os.environ.update(
    CUDA_VISIBLE_DEVICES="-1",
    KERAS_BACKEND="tensorflow",
    TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL="false",
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",
    TF_NUM_INTRAOP_THREADS="1",
)
try:
    import keras

    assert int(keras.__version__.split(".")[0]) >= 3, "this is Keras 2"
except (ImportError, AssertionError):
    remedy = "`pip install -U tensorflow keras`, then restart the kernel."
    raise SystemExit(f"The course needs TensorFlow with Keras 3: {remedy}") from None
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # the import sets its own


def explain_missing_name(shell, kind, error, trace, tb_offset=None):
    """Add to a NameError what usually causes it: a cell above was left out."""
    if kind is NameError:
        error.args = (f"{error}. Run the cell above that makes it, or run all cells.",)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if shell := get_ipython():
    shell.set_custom_exc((NameError,), explain_missing_name)
