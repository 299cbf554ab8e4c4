"""Lesson 14's service answers, refuses in a sentence, ends; its C reads as it does."""

import http.client
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from notebooks import linux
from tools.course import NOTEBOOKS, ROOT
from tools.make_data import TARGET

SHIP = ROOT / "ship"
PATIENCE = 60  # seconds, for what takes one on a quiet machine
WEIGHTS = NOTEBOOKS / "data" / "99-percent.npz"
COMMAND = [sys.executable, SHIP / "service.py", WEIGHTS]
# The service, but for a request that does not arrive, which it waits for without end.
PATIENT = f"""import sys
sys.path.insert(0, {str(SHIP)!r})
import service
service.PATIENCE = None
service.main()"""


def images(count):
    """Return so many test images, uint8 (count, 28, 28)."""
    with np.load(TARGET) as file:
        return file["x_test"][:count]


def read_apart(pixels):
    """Return the answers of the stored weights, computed apart; pixels: (n, 28, 28)."""
    with np.load(WEIGHTS) as file:
        w1, b1, w2, b2, w3, b3 = (array.astype(float) for array in file.values())
    x = np.maximum(pixels.reshape(-1, 784) / 255 @ w1 + b1, 0)
    return (np.maximum(x @ w2 + b2, 0) @ w3 + b3).argmax(axis=1)


def png(pixels):
    """Return the bytes of a PNG file of uint8 pixels."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


@contextmanager
def service(*options, command=COMMAND):
    """Run the service; give its process and its port."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [*command, "--with-stdin", *options]
    process = subprocess.Popen(command, stderr=subprocess.STDOUT, **pipes)
    try:
        said = process.stdout.readline()
        assert said.startswith("Ready at http://127.0.0.1:"), said
        yield process, int(said.rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="module")
def port():
    """The port of a running service."""
    with service() as (_, found):
        yield found


def ask(port, content, method="POST", path="/read", host="127.0.0.1"):
    """Return (status, text of the answer, its headers)."""
    door = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    door.request(method, path, content)
    reply = door.getresponse()
    answer = reply.status, reply.read().decode(), reply.headers
    door.close()
    return answer


def hold(port, content):
    """Begin a question with the first half of its content; return the connection."""
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    door.putrequest("POST", "/read")
    door.putheader("Content-Length", str(len(content)))
    door.endheaders(content[: len(content) // 2])
    return door


def ask_until(status, port, content):
    """Ask until the answer has this status; return as `ask`.

    What came to the service before goes before, so a few times are enough.
    """
    for _ in range(200):
        answer = ask(port, content)
        if answer[0] == status:
            break
    assert answer[0] == status
    return answer


def test_it_reads_what_the_weights_read(port):
    shown = images(30)
    answers = [json.loads(ask(port, png(image))[1]) for image in shown]
    assert [answer["digit"] for answer in answers] == read_apart(shown).tolist()
    for answer in answers:
        ten = answer["probabilities"]
        assert len(ten) == 10
        assert abs(sum(ten) - 1) < 1e-5
        assert answer["confidence"] == max(ten) == ten[answer["digit"]]


LARGE = png(np.zeros((3000, 2000), "uint8"))
REFUSED = {
    "words": (b"Which digit is this?", 415, "That is no picture"),
    "nothing": (b"", 415, "That is no picture"),
    "half a picture": (png(images(1)[0])[:100], 415, "That is no picture"),
    "a picture of another kind": (b"GIF89a" + bytes(50), 415, "That is no picture"),
    "27 rows": (png(np.zeros((27, 28), "uint8")), 422, "28 x 27 pixels"),
    "many pixels in few bytes": (LARGE, 422, "2000 x 3000 pixels"),
    "many bytes": (bytes(20_001), 413, "at most 20,000 bytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence(port, name):
    content, status, words = REFUSED[name]
    found, said, _ = ask(port, content)
    assert found == status
    sentence = json.loads(said)["detail"]
    assert words in sentence
    assert re.fullmatch(r"[A-Z\d].+\.", sentence)
    assert ask(port, png(images(1)[0]))[0] == 200, "it goes on"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/../../../etc/passwd", 404),
        ("GET", "/service.py", 404),
        ("POST", "/read/../service.py", 404),
        ("GET", "/docs", 404),
        ("GET", "/read", 405),
        ("PUT", "/read", 405),
    ],
)
def test_no_path_of_a_request_is_read(port, method, path, status):
    found, said, _ = ask(port, None, method, path)
    assert found == status
    assert json.loads(said)["detail"].startswith("There is nothing here: send a PNG")


def test_what_does_not_arrive_is_given_up(port):
    door = hold(port, png(images(1)[0]))
    reply = door.getresponse()
    assert reply.status == 408
    assert json.loads(reply.read())["detail"] == "The picture did not arrive in time."
    door.close()


def test_too_many_are_refused_until_the_crowd_is_gone():
    content = png(images(1)[0])
    with service(command=[sys.executable, "-c", PATIENT, WEIGHTS]) as (_, port):
        held = [hold(port, content) for _ in range(31)]
        assert ask(port, content)[0] == 200, "there is a place left"
        held.append(hold(port, content))
        _, said, headers = ask_until(503, port, content)  # when all have arrived
        assert json.loads(said)["detail"].startswith("Too many ask at once")
        assert headers["Retry-After"] == "1"
        for door in held:
            door.close()
        ask_until(200, port, content)


@linux
def test_nobody_but_this_computer_can_ask(port):
    listening = Path("/proc/net/tcp").read_text().lower()
    assert f" 0100007f:{port:04x} " in listening, "127.0.0.1, as Linux writes it"
    assert f" 00000000:{port:04x} " not in listening, "all addresses"
    six = Path("/proc/net/tcp6")
    others = six.read_text().lower() if six.exists() else ""
    assert f":{port:04x} {32 * '0'}:0000 0a " not in others


def test_it_keeps_nothing_and_says_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with service() as (process, port):
        for content in png(images(1)[0]), b"words":
            ask(port, content)
        hold(port, b"never finished").close()
        ask(port, b"")  # later, so that is dealt with when this is answered
        process.stdin.close()
        process.wait(PATIENCE)
        assert process.stdout.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_it_ends_when_whoever_started_it_is_gone():
    starter = (
        "import subprocess, sys\n"
        "process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)\n"
        "print(process.pid, flush=True)\n"
        "process.wait()\n"
    )
    command = [sys.executable, "-c", starter, *map(str, COMMAND), "--with-stdin"]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = sorted([parent.stdout.readline(), parent.stdout.readline()])
    child, port = int(said[0]), int(said[1].rsplit(":", 1)[1])
    assert ask(port, png(images(1)[0]))[0] == 200
    parent.kill()  # it cannot tidy up
    try:
        parent.communicate(timeout=PATIENCE)  # until nobody is left who could write
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGTERM)
        pytest.fail("the service outlives the one who started it")


@linux
def test_an_interrupt_ends_it_without_a_traceback():
    # In the background it is ignored, and a program that starts there inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with service() as (process, port):
            assert ask(port, png(images(1)[0]))[0] == 200
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
            assert "Traceback" not in process.stdout.read()
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_port_that_is_taken_is_said_in_a_sentence(port):
    done = subprocess.run(
        [*COMMAND, "--port", str(port)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert re.fullmatch(rf"No door at 127.0.0.1, port {port}: .+\.\n", done.stderr)


def test_the_pad_stands_in_front():
    with service("--page", ROOT / "pad" / "pad.html") as (_, port):
        status, page, _ = ask(port, None, "GET", "/")
    assert status == 200
    assert 'class="digit-pad' in page
    assert 'fetch("read"' in page
    assert "no picture leaves it" not in page, "here each one does"


def test_make_serve_and_the_container_call_it_with_words_that_it_knows():
    knows = subprocess.run([*COMMAND[:2], "--help"], capture_output=True, text=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.split("\nserve:")[1].split("\n\n")[0]
    container = (SHIP / "Dockerfile").read_text(encoding="utf-8")
    for text in recipe, container.split("CMD")[1]:
        for word in re.findall(r"--[a-z-]+", text):
            assert f"{word} " in knows.stdout, word
    assert len(container.splitlines()) <= 16
    copied = re.findall(r"^COPY (.+) \S+$", container, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    assert "--publish 127.0.0.1:8000:8000" in container, "this computer alone"


# ---- The program in C.

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
compiled = pytest.mark.skipif(not COMPILER, reason="needs a C compiler")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A folder with the compiled reader, its weights and 1,000 images."""
    folder = tmp_path_factory.mktemp("reader")
    strict = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2"]
    build = [COMPILER, *strict, SHIP / "reader.c", "-o", folder / "reader"]
    subprocess.run(build, check=True)
    with np.load(WEIGHTS) as file:
        content = b"".join(array.astype("<f4").tobytes() for array in file.values())
    (folder / "weights.bin").write_bytes(content)
    (folder / "images.bin").write_bytes(images(1000).tobytes())
    return folder


def run_reader(folder, *words):
    """Return the finished reader's process."""
    command = [folder / "reader", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@compiled
def test_c_reads_what_the_weights_read(reader):
    done = run_reader(reader, "weights.bin", "images.bin")
    found = [int(line) for line in done.stdout.split()]
    assert (found == read_apart(images(1000))).sum() >= 999
    assert len(found) == 1000
    assert done.stderr == ""
    assert len((SHIP / "reader.c").read_text().splitlines()) <= 80


@compiled
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Call it so: reader WEIGHTS IMAGES"),
        (
            ("none.bin", "images.bin"),
            1,
            "none.bin does not hold the network's weights.",
        ),
        (("short.bin", "images.bin"), 1, "short.bin does not hold"),
        (("long.bin", "images.bin"), 1, "long.bin does not hold"),
        (("weights.bin", "none.bin"), 1, "none.bin cannot be read."),
    ],
)
def test_c_refuses_bad_files_in_a_sentence(reader, words, code, said):
    content = (reader / "weights.bin").read_bytes()
    (reader / "short.bin").write_bytes(content[:-4])
    (reader / "long.bin").write_bytes(content + b"!")
    done = run_reader(reader, *words)
    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert done.stdout == ""
