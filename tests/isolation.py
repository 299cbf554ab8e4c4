"""Keep the developer's own settings away from the tests, and from what they start."""

import os
import tempfile
from pathlib import Path

# A variable that begins so changes how Python, Jupyter or a lesson's library behaves.
FOREIGN = (
    *("PYTHON", "IPYTHON", "JUPYTER", "IPY", "PYDEVD", "XDG_"),
    *("MPL", "MATPLOTLIB", "KERAS", "TF_", "TENSORFLOW", "XLA_", "CUDA_", "ONEDNN_"),
    *("NPY_", "NUMPY_", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "SKLEARN_", "TQDM_"),
)
# Where the programs look for settings and keep what they have made, below a home.
FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",  # the home on Windows
    "IPYTHONDIR": ".ipython",
    "JUPYTER_CONFIG_DIR": ".jupyter",
    "JUPYTER_DATA_DIR": ".jupyter-data",
    "JUPYTER_RUNTIME_DIR": ".jupyter-data/runtime",
    "KERAS_HOME": ".keras",
    "MPLCONFIGDIR": ".matplotlib",
}


def isolate():
    """Give this process, and all that it starts, an empty home and no foreign setting.

    Returns the home, a TemporaryDirectory to clean up.
    """
    home = tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True)
    for name in [name for name in os.environ if name.upper().startswith(FOREIGN)]:
        del os.environ[name]
    for name, folder in FOLDERS.items():
        os.environ[name] = str(Path(home.name, folder))
        Path(os.environ[name]).mkdir(parents=True, exist_ok=True)
    # In a new home Matplotlib lists the fonts, which it may say in the first cell.
    import matplotlib.font_manager  # noqa: F401

    return home
