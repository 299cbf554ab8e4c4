"""The set-up cell names the cause of what goes wrong.

It runs here with other packages in the place of Keras. What it fixes of a machine's
own settings, and in a real kernel, stands in tests/lessons/test_any_home.py.
"""

import ast
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import IPython
import pytest

from tools.course import ROOT
from tools.shared_cells import FOLDER, source_of

KERAS_3 = "from unittest.mock import Mock\n__version__, config = '3.13.2', Mock()"
CPU = "processor\t: 0\nmodel name\t: with avx in its name\nflags\t\t: fpu{} aes\n"
COLAB = "open the lesson in Colab, where nothing has to be installed."


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs the set-up cell with a package in Keras' place."""
    monkeypatch.syspath_prepend(tmp_path)
    environment = {"TF_XLA_FLAGS": "--tf_xla_auto_jit=2", "PATH": ""}
    monkeypatch.setattr("os.environ", environment)
    monkeypatch.setattr("matplotlib.pyplot.style", mock.Mock())
    monkeypatch.setattr("numpy.set_printoptions", mock.Mock())
    shell = SimpleNamespace(user_ns={"In": [""]}, set_custom_exc=mock.Mock())
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)

    def run(keras=KERAS_3, optimize=-1):
        for package in "keras", "tensorflow":
            monkeypatch.delitem(sys.modules, package, raising=False)
        (tmp_path / "keras.py").write_text(keras)
        names = {"environment": environment}
        code = compile(source_of("setup"), "<set-up>", "exec", optimize=optimize)
        exec(code, names)
        return names

    yield run
    sys.modules.pop("keras", None)


def sentence(run, *arguments, **options):
    """Return what the set-up cell says when it stops."""
    with pytest.raises(SystemExit) as stop:
        run(*arguments, **options)
    return str(stop.value)


def test_all_is_well(run):
    keras = run()["keras"]
    keras.config.set_floatx.assert_called_with("float32")
    keras.config.set_epsilon.assert_called_with(1e-7)
    keras.config.set_image_data_format.assert_called_with("channels_last")


@pytest.mark.parametrize("optimize", [0, 1, 2])
@pytest.mark.parametrize(
    ("package", "keras"),
    [
        ("tensorflow", "raise ModuleNotFoundError('No module', name='tensorflow')"),
        ("keras", "raise ModuleNotFoundError('No module', name='keras')"),
        ("matplotlib", "raise ModuleNotFoundError('No module', name='matplotlib')"),
        ("Keras 3", "__version__ = '2.15.0'"),
    ],
)
def test_missing_package_is_named_with_the_version_to_install(
    run, package, keras, optimize, monkeypatch
):
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    assert sentence(run, keras, optimize=optimize) == (
        f"{package} is missing here: run `%pip install tensorflow==2.20.0 matplotlib` "
        "in a cell of its own, then restart the kernel."
    )


def test_the_version_to_install_is_the_one_that_learners_install():
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"tensorflow==[\d.]+", source_of("setup"))
    assert version in required.split()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("ImportError('DLL load failed while importing _pywrap')", "DLL load failed"),
        ("ImportError('/lib/libstdc++.so.6: version `GLIBCXX_3.4.29')", "GLIBCXX"),
        ("AttributeError('_ARRAY_API not found')", "AttributeError: _ARRAY_API"),
        ("TypeError('Descriptors cannot be created directly.')", "Descriptors cannot"),
        (
            "RuntimeError('NumPy was built with X86_V2')",
            "RuntimeError: NumPy was built",
        ),
        ("ModuleNotFoundError('No module named six', name='six')", "named six"),
        ("OSError('libm.so: cannot open shared object file')", "libm.so: cannot open"),
    ],
)
def test_broken_package_speaks_for_itself(run, error, says, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    said = sentence(run, f"raise {error}")
    assert said.startswith("A package is broken. It says: ")
    assert says in said
    assert said.endswith(f"Install the packages in a new environment, or {COLAB}")
    assert "pip install" not in said


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 10, 13), (3, 14, 0), (3, 15, 0)])
def test_python_without_tensorflow_is_named(run, version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    said = sentence(run, "raise ModuleNotFoundError('No', name='tensorflow')")
    assert said == (
        f"The course does not run on Python {version[0]}.{version[1]}: choose a kernel "
        f"with Python 3.11, 3.12 or 3.13, or {COLAB}"
    )
    run()  # where the imports work, no version is refused


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (CPU.format(""), True),
        (CPU.format(" noavx"), True),
        (CPU.format(" avx"), False),
        (CPU.format(" avx avx2"), False),
        ("processor\t: 0\nFeatures\t: fp asimd\n", False),  # ARM
    ],
)
def test_processor_without_avx_is_named_before_anything_is_imported(
    run, text, refused, monkeypatch
):
    monkeypatch.setattr(Path, "exists", lambda path: True)
    monkeypatch.setattr(Path, "read_text", read_but_processor(text, Path.read_text))
    if refused:
        said = sentence(run, "raise OSError('an illegal instruction')")
        assert said == f"This processor has no AVX, which TensorFlow needs: {COLAB}"
    else:
        run()


def read_but_processor(text, read_text):
    """Return a Path.read_text that gives `text` for the list of processors."""

    def read(path, *arguments, **options):
        if path == Path("/proc/cpuinfo"):
            return text
        return read_text(path, *arguments, **options)

    return read


@pytest.mark.parametrize("package", ["tensorflow", "keras"])
def test_tensorflow_imported_too_early_is_refused(run, package, monkeypatch):
    names = run()
    monkeypatch.setitem(sys.modules, package, sys.modules["keras"])
    exec(source_of("setup"), {})  # the set-up run again: its settings were there
    if package == "tensorflow":
        sys.modules.pop("keras")
    names["environment"]["TF_ENABLE_ONEDNN_OPTS"] = "1"
    with pytest.raises(SystemExit, match="was imported before this cell") as stop:
        exec(source_of("setup"), {})
    assert str(stop.value).endswith(
        "restart the kernel, then run all cells from the top."
    )


def test_wishes_of_the_machine_are_forgotten(run):
    environment = run()["environment"]
    assert "TF_XLA_FLAGS" not in environment
    assert environment["TF_NUM_INTRAOP_THREADS"] == "1"
    assert "PATH" in environment


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem
)
def test_no_guard_of_a_shared_cell_is_an_assert(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
