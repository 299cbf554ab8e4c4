"""Bad luck ends in one sentence that a beginner can act on, or the lesson just works.

What a bad data file does is checked in tests/check/test_data.py.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kernel import CellFailed
from notebooks import LESSONS, code_cells, linux, name, printed, read, tagged
from tools.make_data import TARGET

SETUP = [cell.source for cell in tagged(read(LESSONS[0]), "setup")]
LOADER = tagged(read(LESSONS[0]), "recap-data")[0].source
NO_NETWORK = "http://127.0.0.1:9"  # the discard port: nothing listens


# A cell that stops says so, and can be run again, as in a notebook.
LOAD_TWICE = f"""
for _ in range(2):
    try:
        exec({LOADER!r})
        print("\\nsaid:", train_images.shape, flush=True)
    except SystemExit as stop:
        print("\\nsaid:", stop, flush=True)
    input()  # the test says when to go on
"""


def start(sources, folder, **environment):
    """Start cells as a program in `folder`; return the process."""
    return subprocess.Popen(
        [sys.executable, "-c", "\n".join(sources)],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Publisher(BaseHTTPRequestHandler):
    """Serves the stored mnist.npz whole, or breaks off or stalls after one half."""

    def do_GET(self):
        data = TARGET.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.server.plan == "whole":
            self.wfile.write(data)
            return
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self.server.half_sent.set()
        if self.server.plan == "stall":
            self.server.go_on.wait()

    def log_message(self, *arguments):
        """Keep quiet."""


@pytest.fixture
def publisher():
    """A local web server in the place of MNIST's, and the cells that load from it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.plan = "whole"
    server.half_sent, server.go_on = threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    digest = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    # Keras' own download code, with the address and the digest of our file.
    redirect = f"""
import sys
module = sys.modules[keras.datasets.mnist.load_data.__module__]
real = module.get_file
address = "http://127.0.0.1:{server.server_port}/"
module.get_file = lambda fname, origin, file_hash: real(
    fname, origin=address, file_hash="{digest}"
)
"""
    server.cells = [*SETUP, redirect, LOAD_TWICE]
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()


WORKS = "(60000, 28, 28)"


def offline(folder, reason):
    """Return how the sentence begins that a failed download into a folder ends with."""
    failed = f"No data/mnist.npz in {folder}, and the download failed"
    return f"{failed}: are you online? It says: URL fetch failure on {reason}"


def download(publisher, folder):
    """Start a lesson's beginning in an empty folder with an empty Keras cache."""
    return start(publisher.cells, folder, KERAS_HOME=str(folder / "cache"))


def next_said(program):
    """Return what loading ends with; the program's errors, if it ends otherwise."""
    for line in program.stdout:  # Keras prints how far the download is
        if line.startswith("said: "):
            return line.removeprefix("said: ").strip()
    return program.stderr.read()


def end(program):
    """Kill a program, wherever it is."""
    program.kill()
    program.communicate()


def go_on(program):
    """Let a program load once more."""
    program.stdin.write("\n")
    program.stdin.flush()


def test_broken_download_says_so_and_the_second_time_works(publisher, tmp_path):
    publisher.plan = "half"
    program = download(publisher, tmp_path)
    assert next_said(program).startswith(offline(tmp_path, "http://127.0.0.1"))
    assert publisher.half_sent.is_set(), "it failed for another reason"
    publisher.plan = "whole"
    go_on(program)
    assert next_said(program) == WORKS
    end(program)


def test_killed_download_leaves_no_trap_for_the_second_run(publisher, tmp_path):
    publisher.plan = "stall"
    stalled = download(publisher, tmp_path)
    assert publisher.half_sent.wait(120), "the download never began"
    end(stalled)
    publisher.plan = "whole"
    program = download(publisher, tmp_path)
    assert next_said(program) == WORKS
    end(program)


def test_two_lessons_downloading_at_once_do_no_harm(publisher, tmp_path):
    programs = [download(publisher, tmp_path) for _ in range(2)]
    for program in programs:
        said = next_said(program)
        failed = f"No data/mnist.npz in {tmp_path}, and the download failed: "
        assert said == WORKS or said.startswith(failed), said
    for program in programs:
        go_on(program)
        assert next_said(program) == WORKS
        end(program)


def test_no_file_and_no_network_end_in_one_sentence(tmp_path):
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), NO_NETWORK)
    program = start(
        [*SETUP, LOADER],
        tmp_path,
        KERAS_HOME=str(tmp_path),
        no_proxy="",
        NO_PROXY="",
        **proxies,
    )
    (sentence,) = program.communicate()[1].splitlines()
    assert sentence.startswith(offline(tmp_path, "https://"))
    assert program.returncode == 1


def without_root_override():
    """Return the command that makes file permissions count for root, too."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root ignores permissions, and there is no setpriv to change that")
    return ["setpriv", "--bounding-set=-dac_override,-fowner"]


@linux
def test_read_only_folder_is_no_hindrance(tmp_path):
    folder = tmp_path / "lessons"
    shutil.copytree(TARGET.parent, folder / "data")
    shutil.copy(LESSONS[0], folder)
    folder.chmod(0o555)
    command = without_root_override()
    attempt = subprocess.run([*command, "touch", folder / "new"], capture_output=True)
    assert attempt.returncode != 0, "the folder can be written to"
    result = subprocess.run(
        [
            *command,
            sys.executable,
            "-m",
            "jupyter",
            "execute",
            folder / LESSONS[0].name,
        ],
        capture_output=True,
        text=True,
    )
    folder.chmod(0o755)
    assert result.returncode == 0, result.stderr


# Lets the lesson's training say when an epoch is over, and never come to its end, as
# long as it is to be stopped.
TALKING = """
quiet = train_adam
def train_adam(network, rate, epochs=EPOCHS, callbacks=None):
    tell = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: print("epoch"))
    return quiet(network, rate, 10_000, [tell])
"""


@pytest.mark.parametrize("path", LESSONS[3:4], ids=name)
def test_interrupted_training_can_be_run_again(again):
    (cell,) = (c for c in code_cells(again.nb) if c.id == "the-same-in-keras-8")
    heard = []

    def interrupt_after_an_epoch(text):
        if "epoch" in text and not heard:  # a second one could hit what follows
            heard.append(text)
            again.kernel.interrupt()

    again.kernel.run(TALKING)
    with pytest.raises(CellFailed, match="KeyboardInterrupt"):
        again.kernel.run(cell.source, interrupt_after_an_epoch)
    again.kernel.run("train_adam = quiet")
    assert again.kernel.ask(cell.source) == printed([cell]).strip()
