"""The page with the drawing pad is what lesson 10 stores, and needs no other file."""

import base64
import re
import shutil

import numpy as np
import pytest
from nbformat.v4 import new_notebook

from notebooks import printed, read, tagged
from pad_network import layers_of, numbers, record_of, scores_of, stored_network
from tools import shared_cells
from tools.course import NOTEBOOKS, lesson_paths
from tools.publishing import pad
from tools.shared_cells import CannotShare

PAGE = pad.PAGE.read_text(encoding="utf-8")
(LESSON,) = lesson_paths(["10"])
SHAPES = [(784, 128), (128, 32), (32, 10)]


@pytest.fixture(scope="module")
def network():
    """The network in the page, as the lesson's JSON has it."""
    return stored_network(PAGE)


def test_page_is_the_stored_pad():
    assert pad.page(pad.stored_pad(read(LESSON))) == PAGE, "run make refresh"


def test_stored_pad_is_what_the_cell_holds():
    (cell,) = tagged(read(LESSON), "pad")
    names = {}
    exec(cell.source, names)
    fixed = re.split("__NETWORK__|__STILL__|__ALT__", names["PAD"].strip())
    assert len(fixed) == 4
    pattern = ".+?".join(map(re.escape, fixed))
    stored = pad.stored_pad(read(LESSON))
    assert re.fullmatch(pattern, stored, re.DOTALL), "run make refresh"


def test_a_lesson_without_the_pad_stores_none():
    assert pad.stored_pad(new_notebook()) is None


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A copy of the pad's files, in which things can be missing."""
    shutil.copytree(shared_cells.PAD, tmp_path / "pad")
    monkeypatch.setattr(shared_cells, "PAD", tmp_path / "pad")
    return tmp_path / "pad"


@pytest.mark.parametrize(
    "name",
    ["cell.html", "look.css", "page.html", "parts.html", "pad.js", "network.js"],
)
def test_a_missing_file_of_the_pad_is_named(files, name):
    (files / name).unlink()
    with pytest.raises(CannotShare, match=rf"^pad/{name} is missing\.$"):
        pad.page(shared_cells.source_of("pad"))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("pad.js", "__PARTS__"),
        ("cell.html", "  __PROGRAM__;\n"),
        ("page.html", "__PAD__"),
    ],
)
def test_a_file_of_the_pad_without_a_place_for_another_is_named(files, name, place):
    text = (files / name).read_text(encoding="utf-8")
    (files / name).write_text(text.replace(place, ""), encoding="utf-8")
    with pytest.raises(CannotShare, match=rf"^pad/{name} has no {place.strip()}, a"):
        pad.page(shared_cells.source_of("pad"))


def test_what_goes_into_a_string_of_the_program_does_not_end_it():
    for name in "look.css", "parts.html":
        assert not re.search(
            r"[`\\]|\$\{", shared_cells.text_of(shared_cells.PAD, name)
        )
    assert '"""' not in shared_cells.pad().split('r"""')[1].rsplit('"""', 1)[0]


def test_page_is_small_and_whole():
    assert len(PAGE.encode()) <= 400_000
    assert len(pad.stored_pad(read(LESSON)).encode()) <= 300_000
    assert PAGE.isascii(), "it is to be read whatever its encoding is taken for"
    assert not re.findall(r"__\w+__", PAGE), "a part has not been filled in"


def test_page_asks_for_no_other_file():
    targets = re.findall(r'(?:src|href)\s*=\s*["\']?([^"\'> ]+)', PAGE)
    assert all(target.startswith("data:") for target in targets)
    assert "://" not in PAGE
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|eval)\b\s*\(", PAGE)


def test_still_picture_is_described():
    ((png, alt),) = re.findall(
        r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)">',
        pad.stored_pad(read(LESSON)),
    )
    assert base64.b64decode(png, validate=True).startswith(b"\x89PNG")
    assert len(alt) > 60


def test_every_file_of_the_program_is_part_of_it():
    files = {path.stem for path in shared_cells.PAD.glob("*.js")}
    assert files == set(shared_cells.PROGRAM)


@pytest.mark.parametrize("name", shared_cells.PROGRAM)
def test_what_a_file_imports_stands_before_it(name):
    """The files become one text, in which a name has to be defined before its use."""
    text = shared_cells.text_of(shared_cells.PAD, f"{name}.js")
    before = shared_cells.PROGRAM[: shared_cells.PROGRAM.index(name)]
    for names, other in re.findall(r"import \{([^}]+)\} from \"\./(\w+)\.js\"", text):
        assert other in before
        its = shared_cells.text_of(shared_cells.PAD, f"{other}.js")
        defined = re.findall(r"^export (?:async )?(?:const|function) (\w+)", its, re.M)
        wanted = {part.strip() for part in names.split(",") if part.strip()}
        assert wanted <= set(defined)


def test_files_of_the_program_use_no_name_twice():
    kinds = r"^(?:export )?(?:async )?(?:const|let|function) (\w+)"
    files = (shared_cells.PAD / f"{name}.js" for name in shared_cells.PROGRAM)
    found = [n for file in files for n in re.findall(kinds, file.read_text(), re.M)]
    assert len(found) > 60
    assert len(found) == len(set(found)), sorted(found)


def test_network_has_its_shapes_in_eight_bits(network):
    for layer, (inputs, units) in zip(network["layers"], SHAPES, strict=True):
        weights = numbers(layer["weights"], "int8")
        assert (layer["inputs"], layer["units"]) == (inputs, units)
        assert weights.size == inputs * units
        assert abs(weights.reshape(inputs, units).astype(int)).max(axis=0).min() == 127
        assert numbers(layer["scale"], "<f4").shape == (units,)
        assert numbers(layer["bias"], "<f4").shape == (units,)


def test_stored_digits_are_the_test_sets_first_of_each(network):
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        images, labels = data["x_test"], data["y_test"]
    first = [np.flatnonzero(labels == digit)[0] for digit in range(10)]
    stored = numbers(network["digits"], "uint8").reshape(10, 28, 28)
    assert (stored == images[first]).all()


def test_network_reads_the_test_set_as_the_lesson_says(network):
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        pixels, labels = data["x_test"].reshape(-1, 784) / 255, data["y_test"]
    scores = scores_of(layers_of(network), pixels)
    accuracy = (scores.argmax(axis=1) == labels).mean()
    (clean,) = re.findall(
        r"the test images themselves +(0\.\d+)", printed(read(LESSON).cells)
    )
    assert abs(accuracy - float(clean)) < 0.01, f"{accuracy:.4f}, the lesson: {clean}"


def test_record_reads_the_test_set_as_well_as_the_pad_says():
    with np.load(NOTEBOOKS / "data" / "mnist.npz") as data:
        pixels, labels = data["x_test"].reshape(-1, 784) / 255, data["y_test"]
    said = re.search(
        r"they read (\d+) %;\s+trained as in lesson 09, (\d+) %", PAGE
    ).groups()
    for layers, words in zip(
        (layers_of(stored_network(PAGE)), record_of(PAGE, SHAPES)), said, strict=True
    ):
        accuracy = (scores_of(layers, pixels).argmax(axis=1) == labels).mean()
        assert round(100 * accuracy) == int(words)
