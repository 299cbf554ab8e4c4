"""MNIST is MNIST, the weights are the weights, and bad files end in one sentence."""

import hashlib
import shutil
import sys
from unittest import mock

import numpy as np
import pytest

from notebooks import LESSONS, read, tagged
from tools import make_data
from tools.shared_cells import source_of

STORED = make_data.TARGET
LOADER = tagged(read(LESSONS[0]), "recap-data")[0].source
WEIGHTS_LOADER = source_of("weights")
WEIGHTS = pytest.mark.parametrize(
    ("file", "constant"),
    [("99-percent.npz", None), ("straightened.npz", "STRAIGHTENED_DIGEST")],
    ids=["by default", "straightened"],
)


@pytest.fixture(scope="module")
def arrays():
    with np.load(STORED) as file:
        return dict(file)


def load(folder, monkeypatch):
    """Run the lessons' own loading cell in `folder`; return its names."""
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "keras", mock.Mock())  # it would download
    names = {}
    exec(LOADER, names)
    return names


def test_stored_arrays_have_the_published_digests(arrays):
    assert arrays.keys() == make_data.ARRAYS.keys()
    for name, (_, shape, digest) in make_data.ARRAYS.items():
        assert arrays[name].shape == shape
        assert arrays[name].dtype == np.uint8
        assert hashlib.sha256(arrays[name].tobytes()).hexdigest() == digest


def test_lesson_01_prints_the_published_digests():
    sources = "\n".join(cell.source for cell in read(LESSONS[0]).cells)
    for _, _, digest in make_data.ARRAYS.values():
        assert digest in sources


@pytest.mark.parametrize("folder", STORED.parents[1:3], ids=["lessons", "repository"])
def test_loader_accepts_the_stored_file(folder, monkeypatch, arrays):
    names = load(folder, monkeypatch)
    assert np.array_equal(names["train_images"], arrays["x_train"])
    assert np.array_equal(names["y_test"], arrays["y_test"])


def truncated(target, arrays):
    data = STORED.read_bytes()
    target.write_bytes(data[: len(data) // 2])


def one_byte_altered(target, arrays):
    data = bytearray(STORED.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)


def empty(target, arrays):
    target.write_bytes(b"")


def not_an_archive(target, arrays):
    target.write_text("<html>503 Service Unavailable</html>")


def one_label_changed(target, arrays):
    labels = arrays["y_test"].copy()
    labels[0] = 1
    np.savez(target, **{**arrays, "y_test": labels})


def one_pixel_changed(target, arrays):
    images = arrays["x_train"].copy()
    images[59_999, 27, 27] = 1
    np.savez(target, **{**arrays, "x_train": images})


def flattened(target, arrays):
    np.savez(target, **{**arrays, "x_train": arrays["x_train"].reshape(60_000, 784)})


def wider_numbers(target, arrays):
    np.savez(target, **{**arrays, "y_train": arrays["y_train"].astype("int64")})


def exchanged(target, arrays):
    names = {"x_train": "x_test", "y_train": "y_test"}
    np.savez(target, **arrays | {a: arrays[b] for a, b in names.items()})


def one_array_missing(target, arrays):
    np.savez(target, **{name: arrays[name] for name in list(arrays)[:3]})


FAULTS = [
    truncated,
    one_byte_altered,
    empty,
    not_an_archive,
    one_label_changed,
    one_pixel_changed,
    flattened,
    wider_numbers,
    exchanged,
    one_array_missing,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_bad_file_stops_with_one_sentence(fault, tmp_path, monkeypatch, arrays):
    target = tmp_path / "data" / "mnist.npz"
    target.parent.mkdir()
    fault(target, arrays)
    before = target.read_bytes()
    with pytest.raises(SystemExit) as stop:
        load(tmp_path, monkeypatch)
    assert str(stop.value) == (
        "data/mnist.npz is damaged: delete it, then run this cell again."
    )
    assert target.read_bytes() == before, "the learner's file was changed"


def load_weights(folder, monkeypatch, file, constant, network=None):
    """Let lesson 09 load weights in `folder`; return whether it has found any.

    Without the name of a digest, the cell chooses the file.
    """
    monkeypatch.chdir(folder)
    names = {}
    exec(WEIGHTS_LOADER, names)
    chosen = (file, names[constant]) if constant else ()
    return names["load_weights"](network, *chosen)


@WEIGHTS
def test_weights_are_small_and_those_that_the_lesson_verifies(file, constant):
    content = STORED.with_name(file).read_bytes()
    assert len(content) <= 450_000
    assert f'"{hashlib.sha256(content).hexdigest()}"' in WEIGHTS_LOADER


@WEIGHTS
@pytest.mark.parametrize("folder", STORED.parents[1:3], ids=["lessons", "repository"])
def test_weights_are_loaded_layer_by_layer(folder, file, constant, monkeypatch):
    network = mock.Mock()
    assert load_weights(folder, monkeypatch, file, constant, network) is True
    (weights,) = network.set_weights.call_args.args
    with np.load(STORED.with_name(file)) as stored:
        for part, name in zip(weights, stored.files, strict=True):
            assert np.array_equal(part, stored[name]), "another file's"
    found = [(part.shape, part.dtype) for part in weights]
    shapes = (784, 128), (128,), (128, 32), (32,), (32, 10), (10,)
    assert found == [(shape, np.float32) for shape in shapes]


@WEIGHTS
def test_missing_weights_are_no_mishap(file, constant, tmp_path, monkeypatch):
    assert load_weights(tmp_path, monkeypatch, file, constant) is False


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:200_000] + b"?" + content[200_001:],
        lambda content: content + b"?",
        lambda content: b"",
        lambda content: b"<html>503 Service Unavailable</html>",
    ],
    ids=["truncated", "one-byte-altered", "longer", "empty", "not-an-archive"],
)
@WEIGHTS
def test_damaged_weights_stop_with_one_sentence(
    file, constant, change, tmp_path, monkeypatch
):
    target = tmp_path / "data" / file
    target.parent.mkdir()
    target.write_bytes(change(STORED.with_name(file).read_bytes()))
    with pytest.raises(SystemExit) as stop:
        load_weights(tmp_path, monkeypatch, file, constant)
    assert str(stop.value) == (
        f"data/{file} is damaged: copy it again from the course."
    )


def write_idx(path, array):
    """Write a uint8 array as an IDX file."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    path.write_bytes(head + array.tobytes())


def test_make_data_makes_the_stored_file_again(tmp_path, arrays):
    for name, (file, _, _) in make_data.ARRAYS.items():
        write_idx(tmp_path / file, arrays[name])
    made = tmp_path / "made.npz"
    make_data.convert(tmp_path, made)
    with np.load(made) as file:
        assert all(np.array_equal(file[name], arrays[name]) for name in arrays)


def test_make_data_refuses_what_is_not_mnist(tmp_path, arrays):
    for name, (file, _, _) in make_data.ARRAYS.items():
        write_idx(tmp_path / file, arrays[name])
    labels = tmp_path / "t10k-labels-idx1-ubyte"
    write_idx(labels, arrays["y_test"][::-1])
    with pytest.raises(ValueError, match="t10k-labels-idx1-ubyte is not MNIST's"):
        make_data.convert(tmp_path, tmp_path / "made.npz")
    labels.write_bytes(labels.read_bytes()[:-1])
    with pytest.raises(ValueError, match="holds 9999 values"):
        make_data.convert(tmp_path, tmp_path / "made.npz")
    shutil.copy(__file__, labels)
    with pytest.raises(ValueError, match="is not an IDX file"):
        make_data.convert(tmp_path, tmp_path / "made.npz")
    assert not (tmp_path / "made.npz").exists()
