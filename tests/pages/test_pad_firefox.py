"""The drawing pad in Firefox, with mouse, finger and keys.

Firefox is driven by WebDriver BiDi, which it speaks itself. Without it, these tests
are skipped: apt-get install firefox-esr.
"""

import json
import re
import shutil
import subprocess
import time

import pytest
import websocket
from strokes import SIDE, STROKES

from tools.publishing.browser import PATIENCE
from tools.publishing.pad import PAGE as PAD_PAGE

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
WINDOW = {"width": 1280, "height": 800}
ROOT = "document.querySelector('.digit-pad').shadowRoot"
SAID = f"{ROOT}.querySelector('[role=status]').textContent"
UP, DOWN = "\ue013", "\ue015"
SECONDS = PATIENCE / 1000
pytestmark = pytest.mark.skipif(not FIREFOX, reason="there is no Firefox")


class Firefox:
    """A page of Firefox; `errors` holds what went wrong on it."""

    def __init__(self, address):
        self.socket = websocket.create_connection(
            f"{address}/session", timeout=SECONDS, suppress_origin=True
        )
        self.count, self.errors = 0, []
        self.call("session.new", capabilities={})
        (tree, *_) = self.call("browsingContext.getTree")["contexts"]
        self.page = {"context": tree["context"]}
        self.call("session.subscribe", events=["log.entryAdded"])
        self.call("browsingContext.setViewport", **self.page, viewport=WINDOW)

    def call(self, method, **parameters):
        """Call a method of WebDriver BiDi; return its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded":
                self.errors.append(answer["params"]["text"])
            if answer.get("id") == self.count:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, path):
        """Open a file."""
        where = {"url": path.as_uri(), "wait": "complete"}
        self.call("browsingContext.navigate", **self.page, **where)

    def ask(self, expression):
        """Return the value of a JavaScript expression that yields a text or number."""
        found = self.call(
            "script.evaluate",
            expression=expression,
            target=self.page,
            awaitPromise=True,
        )
        return found["result"]["value"]

    def hear(self, pattern):
        """Wait until the pad announces words that match a pattern."""
        until = time.monotonic() + SECONDS
        while not re.search(pattern, said := self.ask(SAID)):
            assert time.monotonic() < until, f"it says {said!r}, not {pattern}"
            time.sleep(0.05)

    def wait_for(self, condition):
        """Wait until a JavaScript expression is true."""
        until = time.monotonic() + SECONDS
        while not self.ask(condition):
            assert time.monotonic() < until, condition
            time.sleep(0.05)

    def draw(self, strokes, kind):
        """Draw strokes on the pad with a mouse or a finger."""
        box = f"{ROOT}.querySelector('.paper canvas').getBoundingClientRect()"
        left, top, width = (self.ask(f"{box}.{k}") for k in ("x", "y", "width"))
        for stroke in strokes:
            steps = []
            for x, y in stroke:
                place = left + x * width / SIDE, top + y * width / SIDE
                x, y = map(round, place)
                steps.append({"type": "pointerMove", "x": x, "y": y, "duration": 60})
            steps.insert(1, {"type": "pointerDown", "button": 0})
            steps.append({"type": "pointerUp", "button": 0})
            pen = {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}}
            self.call(
                "input.performActions", **self.page, actions=[pen | {"actions": steps}]
            )

    def press(self, keys):
        """Press keys one after the other."""
        steps = [
            {"type": kind, "value": k} for k in keys for kind in ("keyDown", "keyUp")
        ]
        source = {"type": "key", "id": "keys", "actions": steps}
        self.call("input.performActions", **self.page, actions=[source])


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """Firefox without a window."""
    folder = tmp_path_factory.mktemp("firefox")
    switches = ["--headless", "--no-remote", "--remote-debugging-port", "0"]
    with open(folder / "log", "w") as log:
        program = subprocess.Popen(
            [FIREFOX, *switches, "--profile", folder], stdout=log, stderr=log
        )
    until = time.monotonic() + SECONDS
    while not (found := ADDRESS.search((folder / "log").read_text())):
        assert program.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, (folder / "log").read_text()
        time.sleep(0.1)
    yield Firefox(found[1])
    program.terminate()
    program.wait()


@pytest.fixture
def pad(firefox):
    """The pad's page in Firefox; nothing may go wrong on it."""
    firefox.open(PAD_PAGE)
    yield firefox
    assert not firefox.errors


@pytest.mark.parametrize("digit", STROKES)
@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_drawn_digits_are_read(pad, kind, digit):
    pad.draw(STROKES[digit], kind)
    pad.hear(rf"^Read as {digit}, ")


def test_keyboard_draws_a_one(pad):
    pad.ask(f"{ROOT}.querySelector('.paper canvas').focus()?.x ?? 0")
    pad.press([UP] * 10 + [" "] + [DOWN] * 20 + [" "])
    pad.hear("^Read as 1, ")


def test_second_network_is_unpacked_and_reads(pad):
    pad.draw(STROKES[7], "mouse")
    pad.hear("^Read as 7, ")
    pad.wait_for(f"!{ROOT}.querySelector('.which').hidden")
    pad.ask(f"{ROOT}.querySelector('[name=which][value=\"1\"]').click()?.x ?? 0")
    pad.hear("^Read as 7, ")


def test_answer_is_beside_the_hand(pad):
    pad.draw(STROKES[1], "mouse")
    pad.hear("^Read as 1, ")
    assert pad.ask("document.documentElement.scrollWidth") <= WINDOW["width"]
    lowest = f"{ROOT}.querySelector('.bars').getBoundingClientRect().bottom"
    assert pad.ask(lowest) <= WINDOW["height"]
