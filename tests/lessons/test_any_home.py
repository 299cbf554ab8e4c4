"""What a reader's machine is set to changes no number, no figure and no word.

Each home below holds many settings at once, of several values each, as files and as
variables; a lesson's beginning and a short training run in all of them.
"""

import functools
import json
import os
import tempfile
from pathlib import Path

import nbformat
import pytest

from isolation import FOLDERS
from pictures import pictures
from tools.course import NOTEBOOKS
from tools.execution import CellFailed, Execution
from tools.measuring.numerics import REPORT
from tools.shared_cells import source_of

KERAS = ".keras/keras.json"
STYLE = ".matplotlib/matplotlibrc"
IPYTHON = ".ipython/profile_default/ipython_config.py"
STARTUP = ".ipython/profile_default/startup/00-mine.py"

# {name: (variables, {file: content})}
HOMES = {
    "new": ({}, {}),
    "half-precision": (
        {"KERAS_BACKEND": "jax", "MPLBACKEND": "Agg", "COLUMNS": "60"},
        {
            KERAS: {
                "floatx": "float16",
                "epsilon": 1e-3,
                "image_data_format": "channels_first",
                "backend": "jax",
            },
            STYLE: "axes.facecolor: black\nfigure.facecolor: black\nfont.size: 20\n"
            "text.color: white\nfigure.dpi: 30\nno.such.setting: 1\n",
            IPYTHON: "c = get_config()\nc.InlineBackend.figure_formats = {'svg'}\n"
            "c.InlineBackend.close_figures = False\n",
        },
    ),
    "double-precision": (
        {
            "MPLBACKEND": "module://gone.backend",
            "TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit",
            "TF_ENABLE_ONEDNN_OPTS": "1",
            "KERAS_MAX_EPOCHS": "1",
            "KERAS_MAX_STEPS_PER_EPOCH": "100",
            "COLUMNS": "200",
            "PYTHONOPTIMIZE": "1",
        },
        {
            KERAS: {"floatx": "float64", "epsilon": 1e-2, "backend": "torch"},
            IPYTHON: "c = get_config()\n"
            "c.InlineBackend.rc = {'figure.facecolor': 'blue', 'font.size': 3}\n"
            "c.InlineBackend.print_figure_kwargs = {'facecolor': 'red'}\n",
        },
    ),
    "start-up files": (
        {"MPLBACKEND": "svg"},
        {
            STYLE: "backend: pdf\nfont.family: monospace\naxes.grid: True\n",
            STARTUP: "import matplotlib.pyplot as plt, numpy as np\n"
            "plt.style.use('dark_background')\nplt.switch_backend('agg')\n"
            "np.set_printoptions(precision=2, suppress=True, threshold=5)\n",
        },
    ),
}
LOOK = """
for title in "first", "second":
    fig, ax = plt.subplots(figsize=(3, 2))
    ax.plot([1, 3, 2], label=title)
    ax.set(title=title, xlabel="x")
    ax.legend()
    plt.show()
print(np.array([1 / 3, 2e-8, 12345.678]), np.linspace(0, 1, 20), np.zeros(1001))
build_model(1).summary()
"""


def run_at_home(variables, files, sources):
    """Run cells in a kernel with a home of its own; return their outputs."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    with tempfile.TemporaryDirectory() as home:
        folders = {name: str(Path(home, folder)) for name, folder in FOLDERS.items()}
        for file, content in files.items():
            path = Path(home, file)
            path.parent.mkdir(parents=True)
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_text(text)
        execution = Execution(nb, "lesson", NOTEBOOKS)
        with execution.kernel(env=os.environ | folders | variables):
            execution.run(progress=False)
    return [output for cell in nb.cells for output in cell.outputs]


@functools.cache
def found_at(home):
    """Return the outputs of a lesson's beginning and a training at one of HOMES."""
    preparation = "setup", "recap-data", "recap-vectors", "recap-model"
    cells = [source_of(tag) for tag in preparation]
    training = "SEED, EPOCHS = 1, 2\n" + source_of("recap-train")
    return run_at_home(*HOMES[home], [*cells, LOOK, training, REPORT])


def test_new_home_shows_two_sharp_figures_and_no_warning():
    outputs = found_at("new")
    names = [output.get("name", "image/png") for output in outputs]
    assert names[:2] == ["image/png", "image/png"]
    assert "stderr" not in names
    assert [set(output.data) for output in outputs[:2]] == [
        {"image/png", "text/plain"}
    ] * 2
    assert outputs[0].data["text/plain"] == "<Figure size 300x200 with 1 Axes>"
    width = outputs[0].metadata["image/png"]["width"]
    assert 270 <= width <= 330, "as wide on the page as it is in inches, times 100"
    (picture, _) = pictures(outputs[:2])
    assert picture.shape[1] >= 2 * width


@pytest.mark.parametrize("home", [home for home in HOMES if home != "new"])
def test_settings_of_a_machine_change_nothing(home):
    expected, found = found_at("new"), found_at(home)
    for one, other in zip(expected, found, strict=True):
        assert other.get("text") == one.get("text")
        assert other.get("data") == one.get("data")


@pytest.mark.parametrize("start", ["import tensorflow", "import keras"])
def test_tensorflow_from_a_start_up_file_is_refused_in_a_sentence(start, tmp_path):
    stub = tmp_path / f"{start.split()[1]}.py"  # too early, whatever it does
    stub.write_text("")
    with pytest.raises(CellFailed, match="TensorFlow was imported before this cell"):
        run_at_home(
            {"PYTHONPATH": str(tmp_path)}, {STARTUP: start}, [source_of("setup")]
        )
