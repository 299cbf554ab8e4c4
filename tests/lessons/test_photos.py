"""Lesson 10 prepares photos as it says, and answers a bad one in one sentence.

What it makes of a page is compared with the MNIST image that the page was made from. No
network is needed, so Keras, which is slow to import, is a dummy here.
"""

import ast
import io
import os
import struct
import sys
import warnings
import zlib
from contextlib import suppress
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image, ImageDraw
from scipy import ndimage

from notebooks import read, tagged
from tools.course import lesson_paths
from tools.make_data import TARGET
from tools.measuring.training import define

(LESSON,) = lesson_paths(["10"])
SIDES = "8 to 10,000"
# How a camera stores an upright page, by the number that it writes beside it.
STORED = {
    1: lambda page: page,
    2: lambda page: page.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda page: page.transpose(Image.Transpose.ROTATE_180),
    4: lambda page: page.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda page: page.transpose(Image.Transpose.TRANSPOSE),
    6: lambda page: page.transpose(Image.Transpose.ROTATE_90),
    7: lambda page: page.transpose(Image.Transpose.TRANSVERSE),
    8: lambda page: page.transpose(Image.Transpose.ROTATE_270),
}


@pytest.fixture(scope="module", autouse=True)
def names():
    """What the lesson imports, and what its cells define that only define functions."""
    nb, names = read(LESSON), {}
    with pytest.MonkeyPatch.context() as patching, plt.rc_context():
        plt.switch_backend("agg")
        patching.setattr(plt, "show", lambda: None)
        patching.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
        with patching.context() as importing:
            importing.setitem(sys.modules, "keras", mock.Mock(__version__="3.0"))
            for cell in tagged(nb, "setup"):
                for line in ast.walk(ast.parse(cell.source)):
                    if isinstance(line, ast.Import | ast.ImportFrom):
                        exec(ast.unparse(line), names)
            define(nb, names)
        names["read"] = lambda pictures: np.eye(10)[[3] * len(pictures)]
        names["unlikeness"] = lambda picture, digit: 0.5  # needs the training images
        yield names


@pytest.fixture(scope="module")
def mnist():
    with np.load(TARGET) as file:
        return file["x_train"]


@pytest.fixture(scope="module")
def prepare(names):
    """`prepare_digit`, silent; a warning, which a learner would see in red, fails."""

    def silent(source, **settings):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return names["prepare_digit"](source, **{"verbose": False} | settings)

    return silent


@pytest.fixture(scope="module")
def own(prepare, mnist):
    """The first 1,000 training images, prepared; None where one is refused."""

    def prepared(image):
        try:
            return prepare(image)
        except ValueError:
            return None

    return [prepared(image) for image in mnist[:1_000]]


@pytest.fixture
def seven(mnist):
    """A page of 200 x 260 pixels, grey from 30 to 225, with a dark 7 on it."""
    return page_with(mnist[15])


def large(image, side):
    """Return an image of MNIST as ink in [0, 1], shape (side, side)."""
    bicubic = Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(image).resize((side, side), bicubic)) / 255


def page_with(image, top=20, left=30, shape=(200, 260), side=160):
    """Return a light page, bytes of that shape, with a digit in dark ink on it."""
    ink = np.zeros(shape)
    ink[top : top + side, left : left + side] = large(image, side)
    return (225 - 195 * ink).round().astype("uint8")


def far(picture, other):
    """Return how far one picture is from another: the mean difference of a pixel."""
    return abs(np.subtract(picture, other)).mean()


def extents(has_ink):
    """Return (top, bottom, left, right) of the True in an array, the ends behind."""
    rows, columns = (np.flatnonzero(has_ink.any(axis=axis)) for axis in (1, 0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def sides(has_ink):
    """Return how many rows and columns the True in an array spans."""
    top, bottom, left, right = extents(has_ink)
    return bottom - top, right - left


def cut_out(picture):
    """Return the part of a picture that holds all ink."""
    top, bottom, left, right = extents(picture > 0)
    return picture[top:bottom, left:right]


def line(angle, width, side=100, length=70):
    """Return ink with a straight line in the middle, its edges smooth."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    along = abs(np.cos(angle) * x + np.sin(angle) * y) - length / 2
    across = abs(np.sin(angle) * x - np.cos(angle) * y) - width / 2
    return np.clip(0.5 - along, 0, 1) * np.clip(0.5 - across, 0, 1)


# ---- What every picture promises ----


def test_pictures_are_float32_28_by_28_from_0_to_1(own):
    for picture in filter(lambda picture: picture is not None, own):
        assert picture.shape == (28, 28)
        assert picture.dtype == np.float32
        assert (picture.min(), picture.max()) == (0, pytest.approx(1, abs=0.15))
        assert picture.max() <= 1


def test_longer_side_is_20_pixels_and_the_balance_in_the_middle(own):
    pressed = 0  # against the frame: those cannot be moved to their balance
    for picture in filter(lambda picture: picture is not None, own):
        assert max(sides(picture > 0)) == 20
        off = abs(np.subtract(ndimage.center_of_mass(picture), 14)).max()
        top, bottom, left, right = extents(picture > 0)
        if min(top, left) > 0 and max(bottom, right) < 28:
            assert off <= 0.5 + 1e-6
        else:
            pressed += 1
    assert pressed <= 20


def test_training_images_hardly_change_and_are_hardly_ever_refused(own, mnist):
    pairs = zip(own, mnist[: len(own)] / 255, strict=True)
    off = [far(picture, image) for picture, image in pairs if picture is not None]
    assert len(own) - len(off) <= 1, "MNIST's own digits are refused"
    assert np.mean(off) < 0.035
    assert max(off) < 0.15


# ---- Sources ----


def transparent(page, ink, hidden):
    """Return an RGBA image: ink of a grey where the page is dark, else transparent."""
    opacity = ((225 - page.astype(float)) * (255 / 195)).clip(0, 255).astype("uint8")
    grey = np.where(opacity > 0, ink, hidden).astype("uint8")
    return Image.fromarray(np.dstack([grey, grey, grey, opacity]))


def coloured(page):
    """Return an RGB array with blue ink on yellowish paper."""
    share = (page - 30.0)[..., np.newaxis] / 195
    return ([20, 30, 140] + share * [225, 205, 60]).round().astype("uint8")


def with_frame(page):
    """Return a page with a transparent frame, as a window's picture has its shadow."""
    image = Image.new("RGBA", (320, 260), (0, 0, 0, 0))
    image.paste(Image.fromarray(page).convert("RGBA"), (30, 30))
    return image


def rubbed_out(page):
    """Return a page of which a paint program's rubber has left a part transparent."""
    opacity = np.full_like(page, 255)
    opacity[60:120, 200:240] = 0  # beside the digit
    return np.dstack([page] * 3 + [opacity])


SOURCES = {
    "bytes": lambda page: page,
    "bytes from 0 to 1": lambda page: (page > 127).astype("uint8"),
    "True and False": lambda page: page > 127,
    "int64": lambda page: page.astype("int64"),
    "uint16": lambda page: page.astype("uint16") * 257,
    "uint16, other byte order": lambda page: page.astype(">u2") * 257,
    "float16 from 0 to 1": lambda page: (page / 255).astype("float16"),
    "float32 from 0 to 1": lambda page: (page / 255).astype("float32"),
    "float64 from 0 to 1": lambda page: page / 255,
    "float64 from 0 to 255": lambda page: page.astype("float64"),
    "list of lists": lambda page: page.tolist(),
    "columns first in memory": np.asfortranarray,
    "not in one piece": lambda page: np.repeat(page, 2, axis=1)[:, ::2],
    "read-only": lambda page: np.broadcast_to(page, page.shape),
    "colour": coloured,
    "colour from 0 to 1": lambda page: coloured(page) / 255,
    "four channels, opaque": lambda page: np.dstack([page] * 3 + [page * 0 + 255]),
    "four channels, dark ink": lambda page: np.asarray(transparent(page, 0, 0)),
    "four channels, light ink": lambda page: np.asarray(transparent(page, 255, 255)),
    "four channels, 0 to 1": lambda page: np.asarray(transparent(page, 0, 255)) / 255,
    "image": Image.fromarray,
    "image, grey in 16 bits": lambda page: Image.fromarray(page.astype("uint16") * 257),
    "image, grey in 32 bits": lambda page: Image.fromarray(page.astype("int32") * 257),
    "image, float": lambda page: Image.fromarray(page.astype("float32") / 255),
    "image, 1 bit": lambda page: Image.fromarray(page > 127),
    "image, opaque RGBA": lambda page: Image.fromarray(page).convert("RGBA"),
    "image, CMYK": lambda page: Image.fromarray(page).convert("CMYK"),
    "black ink on hidden black": lambda page: transparent(page, 0, 0),
    "black ink on hidden white": lambda page: transparent(page, 0, 255),
    "white ink on hidden black": lambda page: transparent(page, 255, 0),
    "white ink on hidden white": lambda page: transparent(page, 255, 255),
    "grey ink": lambda page: transparent(page, 100, 255),
    "grey with opacity": lambda page: transparent(page, 255, 0).convert("LA"),
    "a part rubbed out": rubbed_out,
    "transparent frame": with_frame,
    "transparent frame, light ink": lambda page: with_frame(255 - page),
}
HARD_EDGES = "bytes from 0 to 1", "True and False", "image, 1 bit"


@pytest.mark.parametrize("kind", SOURCES)
def test_page_is_read_alike_from_every_kind_of_source(kind, prepare, seven, mnist):
    plain = prepare(seven)
    assert far(plain, mnist[15] / 255) < 0.03, "this is not the digit on the page"
    picture = prepare(SOURCES[kind](seven))
    assert picture.dtype == np.float32
    assert far(picture, plain) < (0.03 if kind in HARD_EDGES else 0.008)


def test_source_is_left_as_it_was(prepare, seven):
    for source in seven, seven / 255, transparent(seven, 0, 0):
        before = np.array(source)
        prepare(source)
        assert np.array_equal(before, source)


def test_values_become_bytes_from_their_whole_range(names):
    for values, expected in [
        ([False, True], [0, 255]),
        ([0, 1], [0, 255]),
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0, 2, 255], [0, 2, 255]),
        ([0.0, 100.4, 255.0], [0, 100, 255]),
        ([0, 257, 65_535], [0, 1, 255]),
    ]:
        array = np.array([values] * 8).repeat(8, axis=1)
        found = np.asarray(names["picture_of"](array))
        assert found.dtype == np.uint8
        assert found[0, ::8].tolist() == expected


def palette(page):
    """Return an image with a palette, of which one entry is fully transparent."""
    image = Image.fromarray((page < 127).astype("uint8")).convert("P")
    image.putpalette([255, 255, 255, 0, 0, 0] + 762 * [0])
    return image


FILES = {
    "grey.png": (Image.fromarray, {}),
    "colour.png": (lambda page: Image.fromarray(coloured(page)), {}),
    "opacity.png": (lambda page: transparent(page, 0, 0), {}),
    "one-bit.png": (lambda page: Image.fromarray(page > 127), {}),
    "sixteen-bits.png": (SOURCES["image, grey in 16 bits"], {}),
    "palette.png": (palette, {}),
    "palette-with-a-hole.png": (palette, {"transparency": 0}),
    "palette-with-degrees.png": (palette, {"transparency": bytes([0, 200])}),
    "palette.gif": (palette, {"transparency": 0}),
    "photo.jpg": (lambda page: Image.fromarray(coloured(page)), {"quality": 90}),
    "grey.jpeg": (Image.fromarray, {"quality": 90}),
    "scan.tif": (Image.fromarray, {}),
    "from-the-web.webp": (Image.fromarray, {"quality": 90}),
    "painted.bmp": (Image.fromarray, {}),
    "colour with the wrong name.png": (Image.fromarray, {"format": "JPEG"}),
}


@pytest.mark.parametrize("file", FILES)
def test_page_is_read_alike_from_every_kind_of_file(
    file, names, prepare, seven, tmp_path
):
    image, settings = FILES[file]
    image(seven).save(tmp_path / file, **settings)
    for path in tmp_path / file, str(tmp_path / file):
        picture = prepare(names["open_picture"](path))
        assert far(picture, prepare(seven)) < 0.03


@pytest.mark.parametrize("kind", ["grey.png", "bits.png", "opacity.png", "grey.jpg"])
def test_photo_is_turned_as_the_camera_was_held(kind, names, prepare, seven, tmp_path):
    images = {
        "bits": SOURCES["image, grey in 16 bits"](seven),
        "opacity": transparent(seven, 0, 0),
    }
    upright = images.get(kind.split(".")[0], Image.fromarray(seven))
    expected = prepare(upright)
    for orientation, stored in STORED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored(upright).save(tmp_path / kind, exif=exif)
        found = prepare(names["open_picture"](tmp_path / kind))
        assert far(found, expected) < 0.01, f"orientation {orientation}"


# ---- Paper and ink ----


def test_light_ink_gives_the_same_picture_and_the_sentence_says_so(
    prepare, mnist, capsys
):
    for image in mnist[:10]:
        page = page_with(image)
        dark = prepare(page, verbose=True)
        assert capsys.readouterr().out.startswith("Dark ink on light paper, lines ")
        light = prepare(255 - page, verbose=True)
        assert capsys.readouterr().out.startswith("Light ink on dark paper, lines ")
        assert far(dark, light) < 0.01
    prepare(page)
    assert not capsys.readouterr().out


def test_sentence_counts_parts_and_measures_lines(names, prepare, mnist, capsys):
    page = page_with(mnist[15], shape=(224, 224))
    page[200:208, 200:208] = page[4:8, 4:8] = 30
    prepare(page, verbose=True)
    (said,) = capsys.readouterr().out.splitlines()
    assert said.endswith(", connected parts of ink: 3."), said
    ink, _ = names["find_ink"](page / 255)
    assert f"lines {names['pen_width'](ink):.1f} pixels wide" in said


def lit(page, light, noise=0.0):
    """Return a page in a light, (x, y) from -1 to 1 -> share, and with noise."""
    y, x = np.ogrid[-1 : 1 : page.shape[0] * 1j, -1 : 1 : page.shape[1] * 1j]
    grain = np.random.default_rng(0).normal(0, noise, page.shape)
    return np.clip(page * light(x, y) + grain, 0, 255).astype("uint8")


@pytest.mark.parametrize("dark", [True, False], ids=["dark ink", "light ink"])
@pytest.mark.parametrize(
    ("light", "noise"),
    [
        (lambda x, y: 0.75 - 0.25 * x, 0),
        (lambda x, y: 0.75 + 0.15 * x + 0.1 * y, 0),
        (lambda x, y: 1 - 0.3 * (x * x + y * y), 0),
        (lambda x, y: 0.6 + 0.4 * x * y, 0),
        (lambda x, y: 1, 10),
        (lambda x, y: 0.8 - 0.2 * x, 6),
    ],
    ids=["lamp", "window", "dark corners", "saddle", "noise", "lamp and noise"],
)
def test_uneven_light_and_noise_hardly_matter(light, noise, dark, prepare, mnist):
    off = []
    for image in mnist[:12]:
        page = page_with(image) if dark else 255 - page_with(image)
        off.append(far(prepare(lit(page, light, noise)), prepare(page)))
    assert np.mean(off) < 0.03
    assert max(off) < 0.1, "a digit is lost"


def test_faint_ink_is_found(prepare, mnist):
    for image in mnist[:12]:
        page = page_with(image)
        faint = 225 - (225 - page.astype(float)) * 0.3  # from 166 to 225
        assert far(prepare(faint.round().astype("uint8")), prepare(page)) < 0.05


def test_dust_beside_the_digit_changes_nothing(prepare, mnist):
    for image in mnist[:20]:
        page = page_with(image)
        dusty = page.copy()
        dusty[4:8, 250:254] = dusty[190:193, 3:6] = 30
        assert far(prepare(page), prepare(dusty)) < 0.005


def with_ink(paper, image, contrast=1.0):
    """Return grey values of a paper with an image of MNIST drawn on it, 160 high."""
    inked = paper.copy()
    inked[10:170, 30:190] *= 1 - contrast * large(image, 160)
    return inked


def test_paper_follows_the_light_and_leaves_the_ink_out(names, mnist):
    y, x = np.mgrid[-1:1:180j, -1:1:224j]
    paper = 0.7 + 0.1 * x - 0.08 * y - 0.06 * x * x + 0.05 * x * y + 0.04 * y * y
    # Below a slope, the brightest of 64 x 64 is brighter: by what it climbs on the way.
    assert abs(names["paper_of"](paper) - paper).max() < 0.01
    assert abs(names["paper_of"](with_ink(paper, mnist[7])) - paper).max() < 0.08


@pytest.mark.parametrize("light", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("slope", [0, 0.4, -1.5])
def test_paper_keeps_the_border_of_a_hard_shadow(light, slope, names, mnist):
    y, x = np.mgrid[:180, :224]
    paper = np.where(x - 100 > slope * (y - 90), light, 1.0) * 0.9
    assert abs(names["paper_of"](paper) - paper).max() < 1e-9
    away = abs(names["paper_of"](with_ink(paper, mnist[7], 0.8)) - paper) > 0.02
    assert away.mean() < 0.02, "at ink on the border only"


def test_shadow_changes_nothing_in_the_ink_far_from_its_border(names, mnist):
    paper = np.full((180, 224), 0.9)
    plain = with_ink(paper, mnist[7], 0.8)
    shaded = plain * np.where(np.arange(224) > 205, 0.4, 1)
    ink, dark = names["find_ink"](plain)
    again, still_dark = names["find_ink"](shaded)
    assert dark
    assert still_dark
    assert abs(ink - again)[:, :190].max() < 0.02
    assert again[:, 200:].max() == 0, "the shadow's border is ink"


def test_ink_is_as_dark_in_a_shadow_as_in_the_light(names):
    page = np.full((180, 224), 0.9)
    page[80:90, 20:60] *= 0.4
    page[80:90, 160:200] *= 0.4
    page[:, 112:] *= 0.45
    darker = names["darkness"](page, names["smoothed"](page))
    assert darker[85, 40] == pytest.approx(0.6, abs=0.01)
    assert darker[85, 180] == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("shape", [(224, 168), (12, 224)], ids=str)
def test_single_wrong_pixels_are_gone_as_with_scipy(shape, names):
    grey = np.random.default_rng(0).integers(0, 256, size=shape, dtype="uint8")
    wanted = ndimage.median_filter(grey, 3, mode="nearest")
    assert (names["smoothed"](grey / 255) == wanted / 255).all()


@pytest.mark.parametrize("sign", [1, -1], ids=["darker", "lighter"])
def test_ink_is_decided_between_30_and_70_percent_of_the_contrast(names, sign):
    page, contrast = np.full((224, 160), 0.5), 0.4
    shares = [0.2, 0.4, 0.5, 0.6, 0.8, 1]
    for number, share in enumerate(shares):
        page[30 * number + 20 : 30 * number + 32, 40:60] -= sign * contrast * share
    page[210, 100] -= sign * 0.45  # a single wrong pixel is not the measure
    ink, dark = names["find_ink"](page)
    assert dark == (sign > 0)
    found = [ink[30 * number + 25, 50] for number in range(len(shares))]
    assert found == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1], abs=1e-3)
    assert (ink[:, 70:90] == 0).all()


# ---- Parts ----


def test_parts_are_those_of_scipy(names):
    rng = np.random.default_rng(0)
    for shape in (40, 60), (63, 41), (224, 168):
        blots = ndimage.gaussian_filter(rng.normal(size=shape), 4)
        ink = np.clip(40 * blots / blots.max() - 15, 0, 1)
        padded = np.pad(ink, [(0, -n % 4) for n in shape])
        cells = padded.reshape(padded.shape[0] // 4, 4, -1, 4).swapaxes(1, 2)
        labels, count = ndimage.label((cells > 0.5).any(axis=(2, 3)), np.ones((3, 3)))
        amounts = ndimage.sum_labels(
            cells.sum(axis=(2, 3)), labels, range(1, count + 1)
        )
        parts = names["find_parts"](ink)
        assert count > 2, "a page of one part tells nothing"
        assert [part[0] for part in parts] == pytest.approx(np.sort(amounts)[::-1])
        for _, rows, columns in parts:
            (label,) = set(labels[rows, columns])
            assert label > 0
            assert len(rows) == (labels == label).sum()


@pytest.mark.parametrize("put", [np.hstack, np.vstack], ids=["beside", "below"])
def test_two_digits_are_refused(put, prepare, mnist):
    said = []
    for pair in mnist[:300].reshape(-1, 2, 28, 28):
        try:
            prepare(put(pair))
        except ValueError as error:
            said.append(str(error))
    assert all("several digits" in sentence for sentence in said)
    assert len(said) >= 144, "of 150 pairs; a broken digit beside another may pass"


def blots(*boxes, shape=(224, 224)):
    """Return ink with these boxes (top, bottom, left, right) in it."""
    ink = np.zeros(shape)
    for top, bottom, left, right in boxes:
        ink[top:bottom, left:right] = 1
    return ink


@pytest.mark.parametrize(
    "boxes",
    [
        [(60, 180, 40, 60), (60, 180, 60, 120)],  # one part
        [(80, 180, 40, 120), (60, 72, 60, 140)],  # a 5 and its bar
        [(20, 100, 40, 80), (112, 192, 40, 80)],  # a pen that skipped
        [(20, 200, 40, 80), (20, 200, 92, 120)],  # a gap of less than a tenth
        [(20, 200, 40, 80), (20, 90, 120, 160)],  # less than half as high
        [(20, 200, 40, 120), (20, 180, 160, 170)],  # less than a quarter of its ink
    ],
)
def test_parts_of_one_digit_are_not_taken_for_two(boxes, names):
    ink = blots(*boxes)
    for page in ink, ink[:, ::-1]:
        kept = names["drop_specks"](page)
        assert kept.sum() == pytest.approx(page.sum(), rel=0.12)


@pytest.mark.parametrize(
    "boxes",
    [
        [(20, 200, 40, 80), (20, 200, 120, 160)],
        [(20, 200, 40, 80), (80, 188, 120, 160)],  # a lower one
        [(20, 200, 40, 80), (20, 200, 104, 140)],  # a gap of little over a tenth
        [(20, 200, 20, 60), (20, 200, 100, 130), (20, 200, 170, 190)],
    ],
)
def test_parts_of_two_digits_are_refused(boxes, names):
    for page in blots(*boxes), blots(*boxes)[:, ::-1]:
        with pytest.raises(ValueError, match="several digits"):
            names["drop_specks"](page)


def test_specks_are_parts_with_less_than_a_tenth_of_the_ink(names):
    digit, just, speck = (20, 120, 40, 80), (140, 162, 40, 60), (40, 59, 100, 120)
    kept = names["drop_specks"](blots(digit, just, speck))  # 4,000, 440 and 380
    assert np.array_equal(kept, blots(digit, just))


def test_faint_edges_stay_with_their_part(names):
    smooth = ndimage.uniform_filter(blots((21, 121, 41, 79), shape=(223, 221)), 3)
    kept = names["drop_specks"](smooth)
    changed = kept != smooth
    assert (kept[changed] == 0).all()
    assert (smooth[changed] < 0.5).all(), "only edges in cells of their own may go"
    assert kept.sum() > 0.97 * smooth.sum()


# ---- Pen, box, frame ----


def test_pen_width_is_that_of_lines_in_all_directions(names):
    for width in 2, 4, 9:
        widths = [
            names["pen_width"](line(angle, width))
            for angle in np.linspace(0, np.pi, 37)[:-1]
        ]
        ends = 70 / (70 + width)  # of the outline, the lines' ends are no length
        assert np.mean(widths) == pytest.approx(width * ends, rel=0.06)


def test_thin_pens_grow_to_about_the_usual_width_and_wide_ones_stay(names):
    grown = []
    for angle, width in product((0.3, 0.9, 2.0), (1, 2, 4, 6, 7, 8, 9)):
        ink = line(angle, width)
        usual = 2.3 * max(sides(ink > 0.5)) / 20
        thick = names["thicken"](ink)
        grown.append(thick is not ink)
        assert grown[-1] == (names["pen_width"](ink) < 0.75 * usual)
        assert names["pen_width"](thick) > 0.7 * usual
        assert names["pen_width"](thick) < 1.4 * usual or not grown[-1]
        assert thick.max() <= 1
    assert 0.3 < np.mean(grown) < 0.8


def test_thick_lines_are_not_cut_off_at_the_edge(names):
    ink = np.zeros((100, 60))
    ink[:, 0] = 1
    top, bottom, left, right = extents(names["thicken"](ink) > 0.5)
    middle = (left + right - 1) / 2
    assert bottom - top > 100
    assert right - left == 2 * int(middle - left) + 1, "wider on one side"


def test_box_holds_what_is_more_than_half_ink(names):
    ink = blots((20, 121, 41, 79))
    ink[10:130, 30:100] = np.maximum(ink[10:130, 30:100], 0.5)
    assert names["box_of"](ink) == (20, 121, 41, 79)


def test_shrunk_ink_has_a_longer_side_of_20(names):
    ink = blots((20, 120, 40, 80))
    for box, shape in {
        (20, 120, 40, 80): (20, 8),
        (20, 120, 40, 83): (20, 9),  # 8.6
        (20, 70, 40, 80): (20, 16),
        (50, 60, 40, 80): (5, 20),
        (20, 220, 40, 41): (20, 1),
    }.items():
        assert names["shrink"](ink, box).shape == shape
        assert names["shrink"](ink, box, keep_shape=False).shape == (20, 20)
    filled = names["shrink"](ink, (20, 120, 40, 80))
    assert np.allclose(filled[1:-1, 1:-1], 1)
    assert filled.min() > 0.7, "it takes in more than the next pixels"
    half = names["shrink"](ink, (20, 120, 0, 80))[1:-1]
    assert half[:, :7].max() < 0.01 < 0.99 < half[:, 9:-1].min()


def test_centre_of_mass_is_that_of_scipy(names, mnist):
    for image in mnist[:5, :20, 3:]:
        expected = ndimage.center_of_mass(image)
        assert names["centre_of_mass"](image) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("top", "left", "corner"),
    [
        (4, 9, (4, 9)),
        (5.4, 9.7, (5, 10)),
        (5.5, 6.5, (6, 7)),
        (-3, 40, (0, 17)),
        (8.2, -0.6, (8, 0)),
        (40, 3, (8, 3)),
    ],
)
def test_frame_is_black_with_the_digit_as_near_as_it_fits(names, top, left, corner):
    small = np.linspace(0.1, 1, 220).reshape(20, 11)
    frame = names["place"](small, top, left)
    assert frame.dtype == np.float32
    row, column = corner
    assert np.allclose(frame[row : row + 20, column : column + 11], small)
    assert np.isclose(frame.sum(), small.sum()), "there is ink elsewhere"


# ---- Steps left out ----


def inks_of(names, mnist, count=15):
    """Yield ink with its digit off the middle of the page: what each step minds."""
    for image in mnist[:count]:
        yield names["find_ink"](page_with(image, 3, 2, (224, 180), 120) / 255)[0]


def test_unknown_page_needs_no_step_by_name(names, mnist):
    prepare = names["prepare_ink"]
    for ink in inks_of(names, mnist, 3):
        whole = prepare(ink, True)
        assert np.array_equal(whole, prepare(ink, True, []))
        for step in names["STEPS"]:
            left_out = prepare(ink, True, [step])
            assert left_out.shape == (28, 28)
            assert left_out.dtype == np.float32
            assert left_out.min() >= 0
            assert left_out.max() <= 1


def test_without_invert_dark_ink_stays_dark_and_light_ink_light(names, mnist):
    prepare = names["prepare_ink"]
    for ink in inks_of(names, mnist):
        whole = prepare(ink, True)
        assert np.array_equal(prepare(ink, True, ["invert"]), 1 - whole)
        assert np.array_equal(prepare(ink, False), whole)
        assert np.array_equal(prepare(ink, False, ["invert"]), whole)


def test_without_specks_dust_counts_as_ink(names, mnist):
    prepare = names["prepare_ink"]
    for ink in inks_of(names, mnist):
        assert far(prepare(ink, True, ["specks"]), prepare(ink, True)) < 0.01
        ink[214:218, 170:174] = 1
        whole, dusty = prepare(ink, True), prepare(ink, True, ["specks"])
        assert max(sides(dusty > 0)) == 20
        rows, columns = sides(dusty > 0)
        top, bottom, left, right = extents(ink > 0.5)
        assert columns / rows == pytest.approx(
            (right - left) / (bottom - top), abs=0.05
        )
        assert far(whole, dusty) > 0.03
    beside = np.hstack([ink, ink])
    assert prepare(beside, True, ["specks"]).max() > 0.5, "several digits are ink, too"


def test_without_pen_a_thin_line_stays_thin(names, mnist):
    prepare = names["prepare_ink"]
    for angle in 0.4, 1.2, 2.5:
        thin, wide = line(angle, 1.5), line(angle, 9)
        assert np.array_equal(prepare(wide, True, ["pen"]), prepare(wide, True))
        faint, bright = prepare(thin, True, ["pen"]), prepare(thin, True)
        assert max(sides(faint > 0)) == 20
        assert abs(np.subtract(ndimage.center_of_mass(faint), 14)).max() < 0.51
        assert faint.sum() < 0.6 * bright.sum()


def test_without_crop_the_whole_page_is_shrunk(names, mnist):
    for ink in inks_of(names, mnist):
        picture = names["prepare_ink"](ink, True, ["crop"])
        expected = np.multiply(sides(ink > 0.5), 20 / max(ink.shape))
        assert sides(picture > 0.3) == pytest.approx(expected, abs=2)
        top, bottom, left, right = extents(picture > 0)
        off = abs(np.subtract(ndimage.center_of_mass(picture), 14)).max()
        assert (
            off < 0.51
            or min(top, left) == 0
            or max(bottom, right) == 28
            or (
                28 - 20 * ink.shape[1] / 224 >= 8  # the page itself reaches the frame
            )
        )


def test_without_shape_both_sides_become_20(names, mnist):
    for ink in inks_of(names, mnist):
        picture = names["prepare_ink"](ink, True, ["shape"])
        assert sides(picture > 0) == (20, 20)
        off = abs(np.subtract(ndimage.center_of_mass(picture), 14))
        assert off.max() < 0.51 or not (picture[[0, -1]] == 0).all()
    square = blots((20, 120, 40, 140))
    prepare = names["prepare_ink"]
    assert np.array_equal(prepare(square, True, ["shape"]), prepare(square, True))


def test_without_centre_the_digit_stays_where_it_stood_on_the_page(names, mnist):
    for ink in inks_of(names, mnist):
        for page in ink, ink[::-1], ink[:, ::-1]:
            picture = names["prepare_ink"](page, True, ["centre"])
            whole = names["prepare_ink"](page, True)
            assert np.array_equal(cut_out(picture), cut_out(whole))
            top, bottom, left, right = extents(page > 0.5)
            upper, lower, first, end = extents(picture > 0)
            height, width = lower - upper, end - first
            down = (top + bottom) / 2 / page.shape[0] * (28 - height)
            across = (left + right) / 2 / page.shape[1] * (28 - width)
            assert abs(upper - down) <= 0.51 + (page is not ink) * 0.5
            assert abs(first - across) <= 0.51 + (page is not ink) * 0.5


# ---- Sizes ----


@pytest.mark.parametrize("size", [(8, 8), (8, 160), (160, 8), (9, 13), (10_000, 500)])
def test_sizes_in_the_limits_are_read(size, names, prepare):
    width, height = size
    names["check_size"](width, height)
    page = np.full((height, width), 255, dtype="uint8")
    page[height // 4 : 3 * height // 4, 3 * width // 8 : 5 * width // 8] = 0
    picture = prepare(page)
    assert picture.max() > 0.85
    assert max(sides(picture > 0.5)) >= 19


@pytest.mark.parametrize(
    "size", [(7, 20), (20, 7), (10_001, 600), (600, 10_001), (8, 161), (161, 8), (0, 0)]
)
def test_sizes_out_of_the_limits_are_refused(size, names):
    for source in Image.new("1", size), np.zeros(size[::-1], dtype=bool):
        with pytest.raises(ValueError, match=SIDES) as refused:
            names["to_grey"](source)
        assert f"{size[0]} x {size[1]} pixels" in str(refused.value)


def test_longer_side_of_the_grey_values_is_224(names, seven):
    for source in seven, seven.T, np.repeat(seven, 5, axis=0), seven[::4, ::4]:
        grey = names["to_grey"](source)
        shape = np.array(source.shape)
        assert grey.shape == tuple((shape * 224 / shape.max()).round().astype(int))
        assert 0 <= grey.min() < 0.2
        assert 0.85 < grey.max() <= 1


def test_huge_file_is_read(names, prepare, mnist, tmp_path):
    small = Image.fromarray(large(255 - mnist[15], 500) > 0.5)
    huge = tmp_path / "huge.png"
    small.resize((10_000, 10_000), Image.Resampling.NEAREST).save(huge)
    picture = prepare(names["open_picture"](huge))
    assert far(picture, prepare(small)) < 0.01


# ---- Bad pictures ----

NOISE = np.random.default_rng(0).normal(230, 6, (200, 150)).astype("uint8")
DIGITS = blots((40, 180, 30, 70), (40, 180, 130, 170))
BAD = {
    "white page": (np.full((300, 200), 255, dtype="uint8"), "page looks empty"),
    "black page": (np.zeros((300, 200)), "page looks empty"),
    "grey page": (Image.new("L", (60, 60), 128), "page looks empty"),
    "noise": (NOISE, "page looks empty"),
    "only light": (
        lit(np.full((200, 150), 230), lambda x, y: 0.7 + 0.3 * x),
        "page looks empty",
    ),
    "transparent": (Image.new("RGBA", (50, 50)), "page is empty"),
    "opaque, all of one colour": (
        Image.new("RGBA", (50, 50), (9, 9, 99, 255)),
        "page looks empty",
    ),
    "several digits": (DIGITS, "several digits"),
    "several light digits": (1 - DIGITS, "several digits"),
    "NaN": (np.where(DIGITS > 0, np.nan, 0.5), "not numbers"),
    "infinity": (np.where(DIGITS > 0, np.inf, 0.5), "not numbers"),
    "minus infinity": (np.where(DIGITS > 0, -np.inf, 0), "not numbers"),
    "NaN in an image": (
        Image.fromarray(np.full((30, 30), np.nan, dtype="float32")),
        "not numbers",
    ),
    "text in an array": (np.full((30, 30), "1"), "not numbers"),
    "objects": (np.full((30, 30), None), "not numbers"),
    "complex numbers": (DIGITS + 1j, "not numbers"),
    "dates": (DIGITS.astype("datetime64[s]"), "not numbers"),
    "one number": (7, "(rows, columns)"),
    "nothing": (None, "only None"),
    "rows of two lengths": ([[0, 1], [0]], "not equally long"),
    "digits one above the other": (DIGITS.T, "several digits"),
    "a dictionary": ({"digit": 7}, "(rows, columns)"),
    "a row": (np.zeros(784), "(784,)"),
    "a batch": (np.zeros((2, 28, 28)), "(2, 28, 28)"),
    "a batch with a channel": (np.zeros((1, 28, 28, 1)), "(1, 28, 28, 1)"),
    "one channel": (np.zeros((28, 28, 1)), "(28, 28, 1)"),
    "five channels": (np.zeros((28, 28, 5)), "(28, 28, 5)"),
    "no pixels": (np.zeros((0, 0)), SIDES),
    "no columns, in colour": (np.zeros((28, 0, 3)), SIDES),
    "too small": (np.zeros((7, 7)), SIDES),
    "too narrow": (np.zeros((8, 161)), SIDES),
    "too large": (Image.new("1", (10_001, 600)), SIDES),
    "an image without pixels": (Image.new("L", (0, 0)), SIDES),
    "negative": (DIGITS - 0.5, "Grey values"),
    "negative, whole": (-DIGITS.astype(int), "Grey values"),
    "beyond 16 bits": (DIGITS * 65_536, "Grey values"),
}


def in_one_sentence(error):
    """Fail unless an error's words are one sentence, in a line, without jargon."""
    said = str(error)
    assert not said[0].islower() or "." in said.split()[0], said  # or a file's name
    assert said.endswith("."), said
    assert "\n" not in said, said
    assert ". " not in said, f"two sentences: {said}"
    assert len(said) < 180, said
    return said


@pytest.fixture
def nothing_left_behind(tmp_path, monkeypatch):
    """Check after the test that no file, figure or setting is left by it."""

    def state():
        return (
            sorted(tmp_path.rglob("*")),
            plt.get_fignums(),
            dict(plt.rcParams),
            np.geterr(),
            np.random.get_state()[1].tolist(),
            warnings.filters[:],
            Image.MAX_IMAGE_PIXELS,
            Path.cwd(),
        )

    monkeypatch.chdir(tmp_path)
    before = state()
    yield
    assert state() == before


@pytest.mark.parametrize("kind", BAD)
def test_bad_picture_gets_one_sentence(
    kind, names, prepare, nothing_left_behind, capsys
):
    source, words = BAD[kind]
    with pytest.raises(ValueError, match=r"\.$") as refused:
        prepare(source, verbose=True)
    said = in_one_sentence(refused.value)
    assert words in said
    assert not capsys.readouterr().out, "it speaks of ink before it refuses"
    names["read_digit"](source)
    assert capsys.readouterr().out == said + "\n"


def as_png(size):
    """Return a PNG file that says it has this size, and holds a single row."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", *size, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(size[0] // 8 + 2))),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def half_of(kind):
    """Return the first half of a file that shows noise."""
    file = io.BytesIO()
    Image.fromarray(NOISE).convert("RGB").save(file, kind)
    return file.getvalue()[: file.tell() // 2]


WHOLE = "is not a whole picture: save it as PNG or JPEG."
BAD_FILES = {
    "text.png": (b"This is not a picture.\n", WHOLE),
    "empty.jpg": (b"", WHOLE),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', WHOLE),
    "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(99), "an iPhone's"),
    "phone-renamed.jpg": (b"\0\0\0\x18ftypmif1" + bytes(99), "an iPhone's"),
    "cut-off.png": (half_of("PNG"), WHOLE),
    "cut-off.jpg": (half_of("JPEG"), WHOLE),
    "cut-off.gif": (half_of("GIF"), WHOLE),
    "cut-off.webp": (half_of("WEBP"), WHOLE),
    "cut-off.tif": (half_of("TIFF"), WHOLE),
    "head-only.png": (as_png((20, 20))[:33], WHOLE),
    "one-row.png": (as_png((64, 64)), WHOLE),
    "bomb.png": (as_png((20_000, 20_000)), SIDES),  # not unpacked, only looked at
    "tiny.png": (as_png((7, 7)), SIDES),
}


@pytest.mark.parametrize("file", BAD_FILES)
def test_bad_file_gets_one_sentence(file, names, tmp_path, monkeypatch, capsys):
    content, words = BAD_FILES[file]
    (tmp_path / file).write_bytes(content)
    said = refusal(names, tmp_path / file, words, capsys)
    assert str(tmp_path) not in said, "the file's name is enough"
    monkeypatch.chdir(tmp_path)
    refusal(names, file, words, capsys)
    assert os.listdir() == [file]
    assert (tmp_path / file).read_bytes() == content


def refusal(names, source, words, capsys):
    """Check that a file is refused in one sentence, which read_digit prints, too.

    Returns the sentence.
    """
    figures = plt.get_fignums()
    with pytest.raises(ValueError, match=r"\.$") as refused:
        names["open_picture"](source)
    said = in_one_sentence(refused.value)
    assert words in said
    assert refused.value.__cause__ is None
    names["read_digit"](source)
    assert capsys.readouterr().out == said + "\n"
    assert plt.get_fignums() == figures
    return said


def test_file_of_which_the_decoder_is_unsure_gets_one_sentence(names, tmp_path, capsys):
    file = tmp_path / "odd.png"
    Image.fromarray(NOISE).save(file)
    for error in RuntimeError, OverflowError, KeyError, EOFError, struct.error:
        with mock.patch.object(Image.Image, "copy", side_effect=error("?")):
            refusal(names, file, WHOLE, capsys)


def test_missing_file_and_folder_get_one_sentence(names, tmp_path, monkeypatch, capsys):
    (tmp_path / "album.png").mkdir()
    monkeypatch.chdir(tmp_path)
    for source in tmp_path, "album.png":
        words = f"There is a folder {Path(source).name}: name a picture in it."
        refusal(names, source, words, capsys)
    for source in "", ".", Path():
        refusal(names, source, "There is a folder here: ", capsys)
    for source in "no-such-photo.png", Path("gone/photo.jpg"):
        words = f"There is no file {Path(source).name}: put it beside the notebook."
        refusal(names, source, words, capsys)


def test_name_that_is_none_gets_one_sentence(names, capsys):
    refusal(
        names, 5_000 * "x" + ".png", "cannot be opened (File name too long)", capsys
    )


def test_file_that_may_not_be_read_gets_one_sentence(names, tmp_path, capsys):
    file = tmp_path / "locked.png"
    Image.fromarray(NOISE).save(file)
    with mock.patch.object(Path, "open", side_effect=PermissionError(13, "denied")):
        refusal(names, file, "locked.png cannot be opened (denied)", capsys)


@pytest.mark.parametrize(
    "note", [b"Exif\0\0garbage", b"Exif\0\0MM\0\x2a" + 4 * b"\xff"]
)
def test_broken_note_of_the_camera_does_no_harm(note, names, tmp_path, seven, prepare):
    file = tmp_path / "photo.jpg"
    Image.fromarray(seven).save(file, exif=b"Exif\0\0" + note)
    assert far(prepare(names["open_picture"](file)), prepare(seven)) < 0.02


@pytest.mark.parametrize("size", [(4_000, 200), (8, 160), (1_000, 51)])
def test_longest_strips_are_read_as_far_as_they_show_a_digit(names, size, capsys):
    names["read_digit"](Image.new("L", size, 255))
    assert "The page looks empty" in capsys.readouterr().out


def test_picture_whose_file_is_broken_or_closed_gets_one_sentence(names, capsys):
    half = Image.open(io.BytesIO(half_of("PNG")))
    closed = Image.fromarray(NOISE)
    closed.close()
    for source in half, closed:
        names["read_digit"](source)
        said = capsys.readouterr().out.removesuffix("\n")
        assert "not whole, or closed" in in_one_sentence(said)


@pytest.mark.parametrize("source", [b"photo.png", io.BytesIO(b"GIF89a"), 7, True])
def test_what_is_no_picture_at_all_is_told_what_is_one(source, names, capsys):
    names["read_digit"](source)
    said = capsys.readouterr().out
    assert "the name of a file" in in_one_sentence(said.removesuffix("\n"))


def test_file_over_50_megabytes_is_not_opened(names, tmp_path, monkeypatch, capsys):
    file = tmp_path / "large.png"
    Image.fromarray(NOISE).save(file)
    with file.open("r+b") as opened:
        opened.truncate(50_000_001)  # takes no room on the disk
    refusal(names, file, "large.png is larger than 50 MB", capsys)
    os.truncate(file, 50_000_000)
    assert names["open_picture"](file).size == NOISE.shape[::-1]


def test_opened_picture_needs_its_file_no_longer(names, tmp_path, seven):
    file = tmp_path / "photo.png"
    Image.fromarray(seven).save(file)
    picture = names["open_picture"](file)
    file.unlink()
    assert np.array_equal(picture, seven)


def test_good_file_is_drawn_with_its_reading(names, tmp_path, seven, prepare, capsys):
    file = tmp_path / "photo.png"
    Image.fromarray(seven).save(file)
    names["read_digit"](file)
    assert capsys.readouterr().out.startswith("Dark ink on light paper")
    page, picture, bars = plt.gcf().axes
    plt.close()
    assert np.allclose(page.images[0].get_array(), names["to_grey"](seven))
    assert np.allclose(picture.images[0].get_array(), prepare(seven))
    assert bars.get_title() == "read as 3", "not what the network says"


# ---- The photo generator ----


@pytest.fixture(scope="module")
def photos(names, mnist):
    """Photos of the first 300 training images."""
    rng = np.random.default_rng(1)
    return [names["photograph"](image, rng) for image in mnist[:300]]


def test_photos_are_colour_bytes_of_60_to_400_pixels_a_side(photos):
    assert {(photo.dtype, photo.shape[2]) for photo in photos} == {(np.dtype("u1"), 3)}
    shapes = np.array([photo.shape[:2] for photo in photos])
    assert 60 <= shapes.min() < 66
    assert 394 < shapes.max() <= 400
    assert (shapes[:, 0] != shapes[:, 1]).mean() > 0.95, "all are square"


def test_one_seed_gives_the_same_photos(names, mnist, photos):
    rng = np.random.default_rng(1)
    state = np.random.get_state()[1]
    for image, photo in zip(mnist[:20], photos, strict=False):
        assert np.array_equal(names["photograph"](image, rng), photo)
    assert np.array_equal(np.random.get_state()[1], state), "another generator is used"
    other = names["photograph"](mnist[0], np.random.default_rng(2))
    assert not np.array_equal(other, photos[0])


def test_three_photos_in_ten_are_light_on_dark_and_no_two_papers_alike(names, photos):
    dark = [names["find_ink"](names["to_grey"](photo))[1] for photo in photos]
    assert 0.6 < np.mean(dark) < 0.8
    papers = np.array([np.median(photo, axis=(0, 1)) for photo in photos])
    assert len(np.unique(papers, axis=0)) > 0.95 * len(papers)
    assert np.ptp(papers, axis=1).mean() > 20, "all papers are grey"


def test_drawn_digit_is_the_digit_and_there_is_a_speck(names, mnist):
    rng, specks, places = np.random.default_rng(0), 0, []
    for image in mnist[:60]:
        shape = tuple(rng.integers(60, 401, size=2))
        ink = names["draw_somewhere"](image, shape, rng)
        assert ink.shape == shape
        assert 0 <= ink.min() < ink.max() <= 1
        labels, _ = ndimage.label(ink > 0.5, np.ones((3, 3)))
        sizes = np.bincount(labels.ravel())[1:]
        specks += sizes.min() < 0.1 * sizes.max()
        digit = labels == sizes.argmax() + 1
        middle = np.add(extents(digit)[::2], extents(digit)[1::2]) / 2 / shape
        places.append([*middle, max(sides(digit)) / min(shape)])
    assert specks > 48, "the speck is missing, except where it lies on the digit"
    assert np.ptp(places, axis=0).min() > 0.25, "always at one place"
    small = np.array(places)[:, 2] < 0.5
    assert 0.3 < small.mean() < 0.8, "always of one size"


def test_photos_become_the_images_they_were_made_of(names, prepare, photos, mnist):
    off = []
    for photo, image in zip(photos[:150], mnist, strict=False):
        try:
            off.append(far(prepare(photo), image / 255))
        except ValueError:
            continue
    assert len(off) >= 147, "photos are refused"
    assert np.median(off) < 0.05
    assert np.quantile(off, 0.9) < 0.09


def seen_as(kind, names, prepare, images):
    """Return how far pictures of photos of a kind are from their images; 1: refused."""
    off = []
    for number, image in enumerate(images):
        try:
            picture = prepare(names["photo_of_kind"](kind, image, [7, number]))
            off.append(far(picture, image / 255))
        except ValueError:
            off.append(1)
    return np.array(off)


UPRIGHT = [
    "hard shadow",
    "sheet on a table",
    "strip of table",
    "corner of table",
    "thumb",
    "note on a wall",
    "cut close",
    "dark board",
]


@pytest.mark.parametrize("kind", UPRIGHT)
def test_digit_is_found_on_photos_of_every_kind(kind, names, prepare, mnist):
    off = seen_as(kind, names, prepare, mnist[2000:2040])
    assert np.median(off) < 0.05
    least = 0.8 if kind == "cut close" else 0.9  # 0.85 and 0.95 to 1 when measured
    assert (off < 0.1).mean() >= least, "of 40 photos; at most a few are lost"


def test_digit_is_found_under_a_narrow_band_of_shadow(names, prepare, mnist):
    """Where the pen is darker than the band: there it is nearly as without."""
    off = []
    for number, image in enumerate(mnist[2000:2040]):
        page = page_with(image)
        y, x = np.indices(page.shape)
        across = x - 60 - 3 * (number % 15) + (number % 3 - 1) * 0.4 * (y - 100)
        light = np.where(abs(across) < 4 + number % 5 * 3, 0.4 + number % 4 / 10, 1)
        shaded = np.uint8(page * light)
        off.append(far(prepare(shaded), prepare(page)))
        assert names["find_ink"](shaded / 255)[1], "the ink is dark"
    assert np.median(off) < 0.03
    assert (np.array(off) < 0.08).mean() >= 0.9


def test_a_digit_that_a_band_of_shadow_crosses_is_unsure(names, mnist, capsys):
    page = page_with(mnist[0])  # a 5
    across, beside = page.copy(), page.copy()
    across[:, 95:115] //= 2
    beside[:, 230:250] //= 2
    for photo, is_crossed in (page, False), (across, True), (beside, False):
        assert names["is_crossed"](photo / 255) == is_crossed
        names["read_digit"](photo)
        plt.close()
        said = "Unsure: a band of shadow crosses it." in capsys.readouterr().out
        assert said == is_crossed


def test_a_digit_that_is_cut_closely_is_no_band_of_shadow(names, mnist):
    for number, image in enumerate(mnist[2000:2040]):
        grey = names["to_grey"](names["photo_of_kind"]("cut close", image, [7, number]))
        with suppress(ValueError):  # a refused photo
            assert not names["is_crossed"](grey), number


def test_grain_at_the_edge_is_no_shadow(names, prepare, mnist):
    photo = names["photo_of_kind"]("corner of table", mnist[48_325], [7, 325])
    assert far(prepare(photo), mnist[48_325] / 255) < 0.08


def test_band_from_corner_to_corner_is_no_digit(names, prepare, mnist):
    """It reaches all four sides, as the ink of a digit does that is cut closely."""
    photo = names["photo_of_kind"]("narrow shadow", mnist[48_077], [7, 77])
    assert far(prepare(photo), mnist[48_077] / 255) < 0.07


def test_far_sheets_are_read_or_refused(names, prepare, mnist):
    off = seen_as("small sheet", names, prepare, mnist[2000:2040])
    assert (off < 0.12).mean() >= 0.7
    assert ((off < 0.12) | (off == 1)).mean() >= 0.85, "what is found is no digit"


def test_reading_below_90_percent_is_unsure(names, seven, capsys, monkeypatch):
    for share, said in {0.89: True, 0.91: False}.items():
        rest = np.full(10, (1 - share) / 9)
        rest[3] = share
        monkeypatch.setitem(
            names, "read", lambda pictures, p=rest: np.array([p] * len(pictures))
        )
        names["read_digit"](seven)
        plt.close()
        assert ("Unsure: no digit gets 90 %." in capsys.readouterr().out) == said


def test_turned_and_thick_digits_stay_whole(names, prepare, mnist):
    assert names["KINDS"].keys() - set(UPRIGHT) == {
        "narrow shadow",
        "small sheet",
        "thick marker",
        "turned by 30",
        "turned by -30",
    }
    thick = seen_as("thick marker", names, prepare, mnist[2000:2020])
    assert (thick < 0.14).mean() >= 0.9
    for kind, angle in {"turned by 30": 30, "turned by -30": -30}.items():
        for number, image in enumerate(mnist[2000:2010]):
            picture = prepare(names["photo_of_kind"](kind, image, [7, number]))
            whole = Image.fromarray(np.pad(image, 6)).rotate(angle)
            expected = prepare(np.asarray(whole))
            assert far(picture, expected) < 0.12, f"{kind}, {number}"


def test_thick_ring_is_a_digit_and_no_page(prepare):
    """A 0 of a marker fills its box, and its hole is narrow, as a 1 is."""
    for narrow in 11, 12, 14:
        page = Image.new("L", (224, 224), 240)
        pen = ImageDraw.Draw(page)
        pen.ellipse((70, 50, 154, 170), fill=40)
        pen.ellipse((112 - narrow, 70, 112 + narrow, 150), fill=240)
        shown = np.asarray(prepare(page))
        assert sides(shown > 0.5)[1] > 10, "that is its hole"


@pytest.mark.parametrize("sheet", [0.35, 0.5, 0.8], ids=["small", "half", "large"])
@pytest.mark.parametrize(
    "ground", [0.05, 0.4, 0.97, "wood"], ids=["dark", "grey", "bright", "wooden"]
)
@pytest.mark.parametrize("dark", [True, False], ids=["dark ink", "light ink"])
def test_page_in_the_picture_is_the_page(sheet, ground, dark, names, prepare, mnist):
    off = []
    for image in mnist[100:108]:
        page = page_with(image) if dark else 255 - page_with(image)
        rows, columns = (int(n / sheet) for n in page.shape)
        y, x = np.mgrid[:rows, :columns]
        wood = 0.4 + 0.15 * np.sin((x + 0.3 * y) / 6 + 3 * np.sin(y / 40))
        view = 255 * (wood if ground == "wood" else np.full((rows, columns), ground))
        top, left = (rows - 200) // 3, (columns - 260) // 2
        view[top : top + 200, left : left + 260] = page
        try:
            off.append(far(prepare(view.astype("uint8")), prepare(page)))
        except ValueError:
            off.append(1)
    assert np.median(off) < 0.05
    assert sum(np.array(off) > 0.1) <= 1


def test_smallest_inputs_that_were_misread(prepare):
    """A navy 7 on white, on a brown table, and with a part of the page halved."""
    page = Image.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(page)
    pen.line([(200, 200), (400, 200), (260, 600)], fill="navy", width=20)
    alone = prepare(page)
    table = Image.new("RGB", (760, 960), "saddlebrown")
    table.paste(page, (80, 80))
    assert far(prepare(table), alone) < 0.02
    shaded = np.array(page)
    shaded[:, 450:] //= 2
    assert far(prepare(shaded), alone) < 0.02
