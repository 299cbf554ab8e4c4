"""The pad in a browser, and the same readings in Python, by lesson 10's own code."""

import base64

import numpy as np
from PIL import Image
from strokes import SIDE

from notebooks import read
from pad_network import scores_of
from tools.course import lesson_paths
from tools.measuring.training import define

(LESSON,) = lesson_paths(["10"])
# As the strip shows them.
STEPS = "invert", "specks", "pen", "crop", "shape", "centre"
DIGIT_PAD = "document.querySelector('.digit-pad').digitPad"
# Pages are bytes in base64; pictures come back as floats in base64, to be quick.
READ = f"""([pages, leaveOut]) => pages.map(([text, width, height, photo]) => {{
    const pad = {DIGIT_PAD};
    const grey = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const found = pad.prepare({{grey, width, height, photo}}, leaveOut);
    const {{picture, problem}} = found;
    if (problem) return {{problem}};
    const bytes = new Uint8Array(Float32Array.from(picture).buffer);
    const text32 = btoa(String.fromCharCode(...bytes));
    return {{picture: text32, shares: [...pad.predict(found)]}};
}})"""

CROSSED = f"""([text, width, height]) => {{
    const grey = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return {DIGIT_PAD}.prepare({{grey, width, height, photo: true}}).crossed;
}}"""


def lesson_names():
    """Return the functions and constants that lesson 10 defines, by name."""
    names = {}
    define(read(LESSON), names)
    return names


def settle(pad):
    """Wait until the pad has shown all that has happened: a few frames are enough."""
    pad.evaluate("""() => new Promise((done) => {
        let frames = 5;
        const next = () => frames-- ? requestAnimationFrame(next) : done();
        next();
    })""")


def resize(pad, width, height):
    """Give the window another size; wait until the pad has laid itself out in it."""
    pad.set_viewport_size({"width": width, "height": height})
    size = "([width, height]) => innerWidth === width && innerHeight === height"
    pad.wait_for_function(size, arg=[width, height])
    settle(pad)


def choose(pad, name):
    """Press the pen or the network of this name: its label, as a reader does."""
    radio = pad.get_by_role("radio", name=name)
    pad.locator("label").filter(has=radio).click()


def page_on(pad):
    """Return the page that is drawn on the pad, in bytes (224, 224)."""
    text = pad.evaluate(f"() => btoa(String.fromCharCode(...{DIGIT_PAD}.page()))")
    return np.frombuffer(base64.b64decode(text), "uint8").reshape(SIDE, SIDE)


def pages_of(images, names, seed):
    """Return a page in bytes of each image: as large as a stamp, or drawn anywhere.

    Drawn ones are large or small, thick or thin, with a speck, some on narrow pages.
    """
    rng = np.random.default_rng(seed)

    def page_of(number, image):
        if number % 4 == 0:
            return np.asarray(Image.fromarray(255 - image).resize((SIDE, SIDE)))
        shape = (SIDE, SIDE if number % 4 < 3 else int(rng.integers(90, SIDE)))
        return np.uint8(255 * (1 - names["draw_somewhere"](image, shape, rng)))

    return [page_of(number, image) for number, image in enumerate(images)]


def photos_of(images, names, seed):
    """Return a photo of each image in grey bytes, as the lesson makes them.

    One in four has a shadow, hard or in a band, lies on a table, dark or grained, or
    is cut closely.
    """
    rng = np.random.default_rng(seed)

    def photo_of(number, image):
        grey = 255 * names["to_grey"](names["photograph"](image, rng))
        if number % 8 == 1:
            left = int(grey.shape[1] * rng.uniform(0.3, 0.6))
            grey[:, left : left + int(rng.integers(5, 30))] *= 0.6
        elif number % 4 == 1:
            grey[:, int(grey.shape[1] * rng.uniform(0.3, 0.7)) :] *= 0.5
        elif number % 4 == 2:
            grey = np.pad(grey, 25, constant_values=60)
            grey += rng.normal(0, 2, grey.shape)
            if number % 8 == 2:
                y, x = np.indices(grey.shape)
                grain = 60 + 50 * np.sin((x + 0.3 * y) / 4)
                grain[25:-25, 25:-25] = 0
                grey += grain
        elif number % 4 == 3:
            rows, columns = np.nonzero(abs(grey - np.median(grey)) > 60)
            rows, columns = (slice(min(n), max(n) + 8) for n in (rows, columns))
            grey = grey[rows, columns]
        grey = names["to_grey"](np.uint8(np.clip(np.rint(grey), 0, 255)))
        return np.uint8(np.rint(255 * grey))

    return [photo_of(number, image) for number, image in enumerate(images)]


def read_in_python(names, network, page, leave_out=(), photo=False):
    """Return (picture, probabilities, problem) of a page in bytes, by the lesson.

    The paper of a page that was drawn is known to be white. A photo with all steps is
    read five times, a little turned, and the mean counts.
    """
    try:
        if photo:
            ink, dark = names["find_ink"](page / 255)
        else:
            (ink, _), dark = names["decided"](1 - page / 255), True
        picture = names["prepare_ink"](ink, dark, leave_out).reshape(-1)
        pictures = [picture]
        if photo and not leave_out:
            pictures = names["turns_of"](page / 255).reshape(-1, 784)
    except ValueError as problem:
        return None, None, str(problem)
    (shares,) = names["agreed"](readings_of(network, pictures)[np.newaxis])
    return picture, shares, None


def readings_of(network, pictures):
    """Return probabilities (n, 10) for pictures (n, 784), by the pad's network."""
    scores = scores_of(network, np.asarray(pictures, dtype="float64"))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def read_on_pad(pad, pages, leave_out=(), photo=False):
    """Return [(picture, probabilities, problem)] of pages in bytes, by the pad."""
    sent = [
        [base64.b64encode(page.tobytes()).decode(), *page.shape[::-1], photo]
        for page in pages
    ]
    found = []
    for reading in pad.evaluate(READ, [sent, list(leave_out)]):
        problem = reading.get("problem")
        picture = base64.b64decode(reading.get("picture", ""))
        pixels = None if problem else np.frombuffer(picture, "<f4")
        found.append((pixels, reading.get("shares"), problem))
    return found


def crossed_on_pad(pad, photo):
    """Say whether the pad sees a band of shadow across a photo's digit; in bytes."""
    text, (height, width) = base64.b64encode(photo.tobytes()).decode(), photo.shape
    return pad.evaluate(CROSSED, [text, width, height])


def compare(pad, names, network, pages, leave_out=(), photo=False):
    """Check that pad and Python agree on pages; return how many both refuse."""
    refused = 0
    for first in range(0, len(pages), 100):
        part = pages[first : first + 100]
        its = read_on_pad(pad, part, leave_out, photo)
        for number, (page, on_pad) in enumerate(zip(part, its, strict=True), first):
            picture, shares, problem = read_in_python(
                names, network, page, leave_out, photo
            )
            assert on_pad[2] == problem, f"page {number}"
            if problem:
                refused += 1
                continue
            assert abs(picture - on_pad[0]).max() <= 1 / 255, f"page {number}"
            assert abs(shares - on_pad[1]).max() <= 1e-3, f"page {number}"
            assert shares.argmax() == np.argmax(on_pad[1]), f"page {number}"
    return refused
