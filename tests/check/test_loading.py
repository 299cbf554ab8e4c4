"""What keeps MNIST from being loaded is named, and only damaged bytes are to go.

The loading cell runs here with a stand-in for Keras. Files with other bytes than
MNIST's stand in test_data.py, Keras' real download in test_bad_days.py.
"""

import sys
from http.client import IncompleteRead
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from tools.make_data import TARGET
from tools.shared_cells import source_of

# As with python -OO, which takes out every assert.
CODE = compile(source_of("recap-data"), "<loader>", "exec", optimize=2)
MEMORY = (
    "There is not enough memory to load MNIST: shut down other notebooks, then run "
    "this cell again."
)
READABLE = "make it readable, or move it away, then run this cell again."


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the loader runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(folder, monkeypatch):
    """A function that runs the loader; Keras' download fails or gives arrays."""

    def load(*, fails=None, gives=()):
        download = mock.Mock(side_effect=fails, return_value=gives)
        mnist = SimpleNamespace(load_data=download)
        keras = SimpleNamespace(datasets=SimpleNamespace(mnist=mnist))
        monkeypatch.setitem(sys.modules, "keras", keras)
        names = {"download": download}
        exec(CODE, names)
        return names

    return load


def sentence(load, **options):
    """Return what the loader says when it stops."""
    with pytest.raises(SystemExit) as stop:
        load(**options)
    return str(stop.value)


def stored_arrays():
    """Return MNIST as Keras does: two pairs."""
    with np.load(TARGET) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])


@pytest.mark.parametrize("place", ["data", "notebooks/data"])
def test_file_is_found_and_nothing_downloaded(folder, load, place):
    (folder / place).mkdir(parents=True)
    (folder / place / "mnist.npz").symlink_to(TARGET)
    names = load()
    assert names["train_images"].shape == (60_000, 28, 28)
    assert names["y_test"].dtype == "uint8"
    names["download"].assert_not_called()


def nothing(folder):
    """No file and no folder."""


def a_file_for_the_folder(folder):
    (folder / "data").write_text("notes")


def a_link_to_nothing(folder):
    (folder / "data").mkdir()
    (folder / "data/mnist.npz").symlink_to(folder / "gone.npz")


@pytest.mark.parametrize("make", [nothing, a_file_for_the_folder, a_link_to_nothing])
def test_without_a_file_keras_downloads(folder, load, make):
    make(folder)
    assert load(gives=stored_arrays())["test_images"].shape == (10_000, 28, 28)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            Exception("URL fetch failure on U: None -- [Errno -2] Name not known"),
            "Name",
        ),
        (Exception("URL fetch failure on U: 503 -- Service Unavailable"), "503"),
        (TimeoutError("The read operation timed out"), "timed out"),
        (ConnectionResetError(104, "Connection reset by peer"), "reset by peer"),
        (IncompleteRead(b"half"), "IncompleteRead"),
    ],
)
def test_network_that_fails_is_named_with_the_folder(folder, load, error, says):
    said = sentence(load, fails=error)
    assert said == (
        f"No data/mnist.npz in {folder}, and the download failed: are you online? It "
        f"says: {error}"
    )
    assert says in said


def test_untrusted_certificate_is_named(folder, load):
    error = (
        "URL fetch failure on U: None -- [SSL: CERTIFICATE_VERIFY_FAILED] self-signed"
    )
    said = sentence(load, fails=Exception(error))
    assert said == (
        f"No data/mnist.npz in {folder}, and the download failed: this computer does "
        "not trust the server's certificate. On a Mac, run `Install Certificates."
        "command` in Python's folder; elsewhere, copy the course's folder `data` "
        "beside this notebook."
    )


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied", "/home/me/.keras/datasets/mnist.npz"),
        ValueError("Incomplete or corrupted file detected."),
    ],
)
def test_other_trouble_speaks_for_itself(folder, load, error):
    said = sentence(load, fails=error)
    start = f"No data/mnist.npz in {folder}, and the download failed: it says: "
    assert said == f"{start}{type(error).__name__}: {error}"
    assert "online" not in said


def test_download_of_something_else_is_refused(load):
    (images, labels), test = stored_arrays()
    said = sentence(load, gives=((images, labels[::-1]), test))
    assert said.endswith("it says: ValueError: it is not MNIST")


def in_its_place_a_folder(path):
    path.mkdir()
    return "Is a directory"


def a_link_in_a_circle(path):
    path.symlink_to(path)
    return "Too many levels of symbolic links"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems, other words")
@pytest.mark.parametrize("make", [in_its_place_a_folder, a_link_in_a_circle])
def test_what_cannot_be_read_is_not_called_damaged(folder, load, make):
    (folder / "data").mkdir()
    cause = make(folder / "data/mnist.npz")
    assert sentence(load) == (
        f"data/mnist.npz is there, but cannot be read ({cause}): {READABLE}"
    )


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),  # as root, permissions count for none
        OSError(5, "Input/output error"),
        OSError(116, "Stale file handle"),
    ],
)
def test_what_the_system_refuses_is_not_called_damaged(
    folder, load, error, monkeypatch
):
    monkeypatch.setattr(Path, "read_bytes", mock.Mock(side_effect=error))
    assert sentence(load) == (
        f"data/mnist.npz is there, but cannot be read ({error.strerror}): {READABLE}"
    )


@pytest.mark.parametrize("where", ["pathlib.Path.read_bytes", "numpy.load"])
def test_too_little_memory_is_named_when_reading(folder, load, where, monkeypatch):
    (folder / "data").mkdir()
    (folder / "data/mnist.npz").write_bytes(b"good bytes")
    monkeypatch.setattr(where, mock.Mock(side_effect=MemoryError("32 MiB")))
    assert sentence(load) == MEMORY


def test_too_little_memory_is_named_when_downloading(load):
    assert sentence(load, fails=MemoryError()) == MEMORY


def test_damaged_bytes_are_to_be_deleted(folder, load):
    (folder / "data").mkdir()
    (folder / "data/mnist.npz").write_bytes(TARGET.read_bytes()[:-1000])
    assert sentence(load) == (
        "data/mnist.npz is damaged: delete it, then run this cell again."
    )
    assert (folder / "data/mnist.npz").exists()
