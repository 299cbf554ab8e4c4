"""Bad luck ends in one sentence that a beginner can act on, or the lesson just works.

What a bad data file does stands in test_data.py.
"""

import ast
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from nbclient.exceptions import CellExecutionError

from notebooks import LESSONS, code_cells, name, printed, read, strict_nbval, tagged
from tools.course import ROOT
from tools.execution import Execution
from tools.make_data import TARGET

SETUP = [cell.source for cell in tagged(read(LESSONS[0]), "setup")]
LOADER = tagged(read(LESSONS[0]), "recap-data")[0].source
NO_NETWORK = "http://127.0.0.1:9"  # the discard port: nothing listens
linux = pytest.mark.skipif(sys.platform != "linux", reason="uses Linux' limits")


def start(sources, folder, **environment):
    """Start cells as a program in `folder`; return the process, its stderr piped."""
    return subprocess.Popen(
        [sys.executable, "-c", "\n".join(sources)],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("keras", "__version__ = '2.15.0'"),
        ("tensorflow", "raise ModuleNotFoundError(\"No module named 'tensorflow'\")"),
    ],
    ids=["keras-2", "no-tensorflow"],
)
def test_wrong_packages_are_named(package, source, tmp_path):
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(source)
    program = start(SETUP, tmp_path, PYTHONPATH=str(tmp_path))
    assert program.communicate()[1].splitlines() == [
        "The course needs TensorFlow with Keras 3: `pip install -U tensorflow keras`, "
        "then restart the kernel."
    ]
    assert program.returncode == 1


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
    server.cells = [*SETUP, redirect, LOADER, "print(train_images.shape)"]
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()


OFFLINE = "No data/mnist.npz here, and the download failed: are you online?"


def download(publisher, folder):
    """Start a lesson's beginning in an empty folder with an empty Keras cache."""
    return start(publisher.cells, folder, KERAS_HOME=str(folder / "cache"))


def assert_works(program):
    """Wait for the program and see that it loaded MNIST."""
    output, errors = program.communicate()
    assert program.returncode == 0, errors
    assert output.splitlines()[-1] == "(60000, 28, 28)"


def test_broken_download_says_so_and_the_second_run_works(publisher, tmp_path):
    publisher.plan = "half"
    broken = download(publisher, tmp_path)
    assert broken.communicate()[1].splitlines()[-1] == OFFLINE
    assert broken.returncode == 1
    assert publisher.half_sent.is_set(), "it failed for another reason"
    publisher.plan = "whole"
    assert_works(download(publisher, tmp_path))


def test_killed_download_leaves_no_trap_for_the_second_run(publisher, tmp_path):
    publisher.plan = "stall"
    stalled = download(publisher, tmp_path)
    assert publisher.half_sent.wait(120), "the download never began"
    stalled.kill()
    stalled.communicate()
    publisher.plan = "whole"
    assert_works(download(publisher, tmp_path))


def test_two_lessons_downloading_at_once_do_no_harm(publisher, tmp_path):
    programs = [download(publisher, tmp_path) for _ in range(2)]
    for program in programs:
        errors = program.communicate()[1]
        assert program.returncode == 0 or errors.splitlines()[-1] == OFFLINE, errors
    assert_works(download(publisher, tmp_path))


def test_lesson_started_from_the_repository_finds_the_data():
    program = start(
        [*SETUP, LOADER, "print(train_images.shape)"],
        ROOT,
        https_proxy=NO_NETWORK,
        KERAS_HOME="/nowhere",
    )
    assert_works(program)


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


@contextlib.contextmanager
def running(path):
    """Yield an Execution of a lesson with its kernel started."""
    execution = Execution(read(path), path.name)
    with execution.kernel():
        yield execution


def test_interrupted_training_can_be_run_again():
    path = LESSONS[3]
    stored = {cell.id: printed([cell]) for cell in read(path).cells}
    with running(path) as execution:
        pid = int(execution.ask("import os; print(os.getpid())"))
        training = next(
            number
            for number, cell in enumerate(execution.nb.cells)
            if "constant_model.fit(" in cell.source
        )
        for number, cell in enumerate(execution.nb.cells[:training]):
            execution.client.execute_cell(cell, number)
        cell = execution.nb.cells[training]
        cell.outputs = []

        def interrupt_after_first_epoch():
            while "epoch" not in printed([cell]):
                time.sleep(0.01)
            os.kill(pid, signal.SIGINT)

        thread = threading.Thread(target=interrupt_after_first_epoch)
        thread.start()
        with pytest.raises(CellExecutionError, match="KeyboardInterrupt"):
            execution.client.execute_cell(cell, training)
        thread.join()
        assert printed([cell]) != stored[cell.id], "it was not interrupted"
        execution.client.execute_cell(cell, training)
        assert printed([cell]) == stored[cell.id]


def names_made_in(cells):
    """Return all names that code cells assign, import or define at the top level."""
    trees = [ast.parse(cell.source) for cell in cells]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assigned = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return assigned | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_checkpoint_run_too_early_says_what_is_missing(path):
    nb = read(path)
    cells = code_cells(nb)
    with running(path) as execution:
        for cell in tagged(nb, "setup") + tagged(nb, "imports"):
            execution.ask(f"{cell.source}\nprint()")
        for number, cell in enumerate(cells):
            if "checkpoint" not in cell.metadata.get("tags", []):
                continue
            with pytest.raises(CellExecutionError) as failure:
                execution.ask(cell.source)
            sentence = failure.value.evalue
            missing = re.fullmatch(
                r"name '(\w+)' is not defined\. "
                r"Run the cell above that makes it, or run all cells\.",
                sentence,
            )
            assert missing, f"{cell.id}: {sentence}"
            assert missing[1] in names_made_in(cells[:number]), cell.id


@linux
def test_one_core_and_2_gb_are_enough():
    import resource

    def shrink():
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
        resource.setrlimit(resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30))

    result = strict_nbval(LESSONS[4], preexec_fn=shrink)
    assert result.returncode == 0, result.stdout
