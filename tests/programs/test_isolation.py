"""Nothing of the developer's own home or variables reaches what the tests start."""

import json
import os

import nbformat
import pytest

from notebooks import strict_nbval, verdicts
from tools.course import ROOT
from tools.refresh import NOTEBOOK_METADATA

KERNEL = {"argv": ["no-such-python"], "display_name": "mine", "language": "python"}
IPYTHON = ".ipython/profile_default"
# Files in a developer's home, and what each of them would change.
FILES = {
    f"{IPYTHON}/startup/00-mine.py": "started = 'by IPython'",
    f"{IPYTHON}/ipython_kernel_config.py": "c.IPKernelApp.exec_lines = ['ran = 1']",
    f"{IPYTHON}/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'",
    ".config/matplotlib/matplotlibrc": "figure.facecolor: black",
    ".matplotlib/matplotlibrc": "figure.facecolor: black",
    ".keras/keras.json": '{"floatx": "float64"}',
    ".local/share/jupyter/kernels/python3/kernel.json": json.dumps(KERNEL),
    "own/startup.py": "started = 'by Python'",
    "own/sitecustomize.py": "import builtins; builtins.customised = 1",
    "own/matplotlibrc": "axes.facecolor: black",
    "own/kernels/python3/kernel.json": json.dumps(KERNEL),
}
# The developer's variables; {} is the home.
VARIABLES = {
    "HOME": "{}",
    "USERPROFILE": "{}",
    "IPYTHONDIR": "{}/.ipython",
    "JUPYTER_PATH": "{}/own",
    "JUPYTER_DATA_DIR": "{}/.local/share/jupyter",
    "KERAS_BACKEND": "numpy",
    "KERAS_HOME": "{}/.keras",
    "MATPLOTLIBRC": "{}/own",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "{}/.config/matplotlib",
    "OMP_NUM_THREADS": "3",
    "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), "{}/own"]),
    "PYTHONSTARTUP": "{}/own/startup.py",
    "PYTHONWARNINGS": "error",
    "TF_CPP_MIN_LOG_LEVEL": "0",
    "XDG_CONFIG_HOME": "{}/.config",
    "XDG_DATA_HOME": "{}/.local/share",
}
PYTHON = """import subprocess, sys
code = "import sys; print(hasattr(__builtins__, 'customised'), sys.warnoptions)"
print(subprocess.check_output([sys.executable, "-c", code], text=True).strip())"""
# {what reaches a cell: (a cell, what it prints if that does not reach it)}
CELLS = {
    "startup files": ("print(globals().get('started'))", "None"),
    "lines of a kernel's settings": ("print(globals().get('ran'))", "None"),
    "a shell's settings": (
        "print(get_ipython().ast_node_interactivity)",
        "last_expr",
    ),
    "Matplotlib's settings": (
        "import matplotlib\nprint(*{matplotlib.rcParams[name + '.facecolor'] "
        "for name in ('axes', 'figure')})",
        "white",
    ),
    "a backend": ("print('inline' in matplotlib.get_backend())", "True"),
    "Keras' settings": (
        "import os\nfrom pathlib import Path\n"
        "print(*{(Path(home) / 'keras.json').exists() "
        "for home in (os.environ['KERAS_HOME'], Path.home() / '.keras')})",
        "False",
    ),
    "a path and warnings": (
        "import builtins, sys\nprint(hasattr(builtins, 'customised'), sys.warnoptions)",
        "False []",
    ),
    "a child's path and warnings": (PYTHON, "False []"),
    "variables": (
        "print([n for n, own in OWN.items() if os.environ.get(n) == own])",
        "[]",
    ),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What strict nbval says of each cell in such a home: {case: text}."""
    home = tmp_path_factory.mktemp("home")
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    own = {name: value.format(home) for name, value in VARIABLES.items()}
    cells = [
        nbformat.v4.new_code_cell(
            source.replace("OWN", repr(own)),
            execution_count=1,
            outputs=[nbformat.v4.new_output("stream", text=f"{text}\n")],
        )
        for source, text in CELLS.values()
    ]
    nb = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    folder = tmp_path_factory.mktemp("notebooks")
    nbformat.write(nb, folder / "tiny.ipynb")
    result = strict_nbval(folder, environment=own)
    assert f"collected {len(CELLS)} items" in result.stdout, result.stderr
    found = verdicts(result.stdout)
    return {case: found.get(("tiny.ipynb", i), "") for i, case in enumerate(CELLS)}


@pytest.mark.parametrize("case", CELLS)
def test_own_settings_do_not_reach_a_cell(case, said):
    assert not said[case]


def test_tests_refuse_to_run_without_asserts(tmp_path):
    result = strict_nbval(tmp_path, environment={"PYTHONOPTIMIZE": "1"})
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Without asserts no test can fail" in result.stderr
