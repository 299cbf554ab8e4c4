# @title Set up: the same numbers and the same look on every machine
import logging
import os
import re
import sys
from pathlib import Path

from IPython import get_ipython
from IPython.core.pylabtools import select_figure_formats

COLAB = "open the lesson in Colab, where nothing has to be installed."

# Set before TensorFlow is imported, so that your numbers are the ones printed here.
pins = dict(
    COLUMNS="80",  # the width of a network's summary
    CUDA_VISIBLE_DEVICES="-1",
    KERAS_BACKEND="tensorflow",
    TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL="false",
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",
    TF_NUM_INTRAOP_THREADS="1",
)
if {"keras", "tensorflow"} & {*sys.modules} and not pins.items() <= os.environ.items():
    raise SystemExit(
        "TensorFlow was imported before this cell, too early for what is set here: "
        "restart the kernel, then run all cells from the top."
    )
for wish in [n for n in os.environ if n.startswith(("TF_", "XLA_", "KERAS_MAX_"))]:
    del os.environ[wish]
os.environ.update(pins)
logging.getLogger("matplotlib").setLevel(logging.ERROR)  # no word about its fonts
if hasattr(shell := get_ipython(), "kernel"):
    os.environ.pop("MPLBACKEND", None)  # a notebook shows its figures, see below


def advice(error):
    """Return a sentence or two: why an import failed, and what to do."""
    python = "{}.{}".format(*sys.version_info)
    if python not in ("3.11", "3.12", "3.13"):
        remedy = f"choose a kernel with Python 3.11, 3.12 or 3.13, or {COLAB}"
        return f"The course does not run on Python {python}: {remedy}"
    if getattr(error, "name", "") in ("Keras 3", "keras", "matplotlib", "tensorflow"):
        remedy = "run `%pip install tensorflow==2.20.0 matplotlib` in a cell of its own"
        return f"{error.name} is missing here: {remedy}, then restart the kernel."
    remedy = f"Install the packages in a new environment, or {COLAB}"
    return f"A package is broken. It says: {type(error).__name__}: {error}\n{remedy}"


cpu = Path("/proc/cpuinfo")  # Linux alone has it; an ARM processor lists no "flags"
if cpu.exists() and re.search(r"^flags\b(?!.* avx\b)", cpu.read_text("utf-8"), re.M):
    raise SystemExit(f"This processor has no AVX, which TensorFlow needs: {COLAB}")
try:
    import keras
    import matplotlib.pyplot as plt
    import numpy as np

    if keras.__version__ < "3":
        raise ModuleNotFoundError(name="Keras 3")
except Exception as error:
    raise SystemExit(advice(error)) from None
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # the import sets its own

keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_image_data_format("channels_last")
np.set_printoptions(8, 1000, 3, 75, False, sign="-", floatmode="maxprec", legacy=False)
if hasattr(shell, "kernel"):
    shell.enable_matplotlib("inline")
    shell.run_line_magic("config", "InlineBackend.close_figures = True")
    select_figure_formats(shell, {"retina"}, bbox_inches="tight")
plt.style.use(["default", "petroff10"])
