"""Runs are done by Dask: lost, failing and misfit workers, and a full disk.

The lessons that are swept here train nothing: a run takes a fraction of a second. What
kills a worker is its own run, and so in mid-run for certain.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from distributed import Client, LocalCluster

from tools.course import ROOT
from tools.measuring import bands, cluster, jobs, sweep
from tools.measuring.training import in_a_sentence

RECIPES = 'RECIPES = {"slow": {"rate": 1}, "fast": {"rate": 2}}'
# FOLDER is the test's, which outlives processes.
TRAIN = """import os, signal, time
from pathlib import Path

def first_time(name):
    try:
        Path(FOLDER, name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True

def train(seed, rate):
    TROUBLE
    return {"last": seed / 10, "best": rate + 0.5}"""
KILL_WORKER = """if rate == 2 and first_time(f"killed {seed}"):
        Path(FOLDER, "orphan").write_text(str(os.getpid()))
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)"""
TABLE = [
    ("slow", "1", "0.1000", "1.5000"),
    ("slow", "2", "0.2000", "1.5000"),
    ("fast", "1", "0.1000", "2.5000"),
    ("fast", "2", "0.2000", "2.5000"),
]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A function that writes a lesson to sweep, in which this trouble happens."""
    monkeypatch.setattr(sweep, "SWEEPS", tmp_path)

    def write(trouble="pass"):
        source = TRAIN.replace("TROUBLE", trouble)
        source = source.replace("FOLDER", repr(str(tmp_path)))
        cells = [nbformat.v4.new_code_cell(RECIPES), nbformat.v4.new_code_cell(source)]
        for cell in cells:
            cell.metadata["tags"] = ["sweep"]
        path = tmp_path / "07-tiny.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


@contextlib.contextmanager
def workers(count):
    """Give the address of a scheduler on this machine that has so many workers.

    Each is a process that Dask starts again when it is lost.
    """
    with LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        host="127.0.0.1",
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
        silence_logs=60,
    ) as made:
        yield made.scheduler_address


def table(path):
    """Return the stored runs, without their seconds."""
    columns = "recipe", "seed", "last", "best"
    return [tuple(row[name] for name in columns) for row in sweep.stored_rows(path)]


def ends(pid):
    """Say whether a process ends within a minute."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        psutil.Process(pid).wait(60)
    return not psutil.pid_exists(pid)


@pytest.mark.parametrize("count", [2, 1])
def test_a_lost_workers_runs_are_done_again(count, lesson, tmp_path):
    path = lesson(KILL_WORKER)
    with workers(count) as address:
        sweep.sweep(path, [1, 2], scheduler=address)
    assert (tmp_path / "killed 1").exists(), "no worker was lost"
    assert table(path) == TABLE
    assert ends(int((tmp_path / "orphan").read_text())), "a lost worker's run goes on"


def test_this_machine_gives_the_same_table(lesson):
    path = lesson()
    sweep.sweep(path, [1, 2])
    assert table(path) == TABLE


def test_a_run_that_fails_once_is_done_again(lesson, tmp_path):
    path = lesson('if first_time("failed"): raise ValueError("no luck")')
    sweep.sweep(path, [1, 2])
    assert (tmp_path / "failed").exists()
    assert table(path) == TABLE


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ('raise ValueError("no luck")', "ValueError: no luck"),
        ("os._exit(3)", "its process ended too early: exit code 3"),
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            "its process ended too early: signal SIG",
        ),
        ("import sys; sys.exit('no data')", "SystemExit: no data"),
    ],
)
def test_a_run_that_fails_twice_is_named_and_the_rest_goes_on(
    trouble, says, lesson, tmp_path, capsys
):
    path = lesson(
        f"""if seed == 2 and rate == 1:
        Path(FOLDER, f"{{os.getpid()}}.try").touch()
        {trouble}"""
    )
    with pytest.raises(
        SystemExit, match=r'^Failed twice: 07-tiny: recipe "slow", seed 2\. The other'
    ):
        sweep.sweep(path, [1, 2])
    assert f'recipe "slow", seed 2 failed twice: {says}' in capsys.readouterr().err
    assert len(list(tmp_path.glob("*.try"))) == 2
    assert table(path) == [row for row in TABLE if row[:2] != ("slow", "2")]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "tcp://[::"])
def test_a_scheduler_out_of_reach_is_named(address, lesson, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(SystemExit) as stop:
        sweep.sweep(lesson(), [1], scheduler=address)
    assert str(stop.value).startswith(f"No Dask scheduler answers at {address} (")


@contextlib.contextmanager
def started(*words, folder=ROOT, **environment):
    """Start part of Dask by its command, as CONTRIBUTING.md does; give its process."""
    command = [sys.executable, "-m", "dask", *words]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | environment, **options
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def scheduler():
    """Start a scheduler; give (its process, its address)."""
    words = "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    with started(*words) as process:
        for line in process.stderr:
            if found := re.search(r"tcp://127\.0\.0\.1:\d+", line):
                yield process, found[0]
                return


def worker(address, **options):
    """Start a worker of this scheduler, and wait until it is there."""
    words = "worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard"
    return started(*words, "--host", "127.0.0.1", **options)


def registered(process):
    """Wait until a worker says that the scheduler knows it."""
    for line in process.stderr:
        if "Registered to" in line:
            return


def have_places(address, count):
    """Wait until so many workers of a scheduler have places for runs."""
    with Client(address) as client:
        while True:
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            if sum(bool(worker["resources"]) for worker in workers) == count:
                return
            time.sleep(0.1)


@pytest.fixture
def other_keras(tmp_path):
    """The environment of a Python that has another version of Keras."""
    folder = tmp_path / "other" / "keras-3.14.9.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Name: keras\nVersion: 3.14.9\n")
    return {"PYTHONPATH": str(folder.parent)}


def test_a_worker_with_other_versions_gets_no_run(
    lesson, other_keras, capsys, tmp_path
):
    path = lesson()
    with scheduler() as (_, address), worker(address, **other_keras) as other:
        registered(other)
        with pytest.raises(SystemExit, match="has no worker that can take part"):
            sweep.sweep(path, [1, 2], scheduler=address)
        said = capsys.readouterr().err
        assert "gets no run: it has keras 3.14.9 where 3.15.1 is wanted." in said
        assert not sweep.table(path).exists()
        with worker(address) as ours:
            registered(ours)
            sweep.sweep(path, [1, 2], scheduler=address)
    assert "keras 3.14.9" in capsys.readouterr().err
    assert table(path) == TABLE
    assert {row["keras"] for row in sweep.stored_rows(path)} == {"3.15.1"}


def test_a_worker_started_elsewhere_is_told_where(lesson, tmp_path, capsys):
    with scheduler() as (_, address), worker(address, folder=tmp_path) as lost:
        registered(lost)
        with pytest.raises(SystemExit, match="has no worker that can take part"):
            sweep.sweep(lesson(), [1], scheduler=address)
    assert "Start it in the repository's folder." in capsys.readouterr().err


def test_a_worker_that_comes_later_takes_part(lesson, tmp_path):
    path = lesson(
        """Path(FOLDER, f"worker {os.getppid()}").touch()
    while seed == 1 and len(list(Path(FOLDER).glob("worker *"))) < rate:
        time.sleep(0.05)
    while rate == seed == 1 and not Path(FOLDER, "another").exists():
        time.sleep(0.05)"""
    )
    with scheduler() as (_, address), worker(address) as first:
        registered(first)
        with ThreadPoolExecutor(1) as aside, worker(address) as second:
            swept = aside.submit(sweep.sweep, path, [1, 2], scheduler=address)
            registered(second)
            have_places(address, 2)
            (tmp_path / "another").touch()
            swept.result()
    assert len(list(tmp_path.glob("worker *"))) == 2
    assert table(path) == TABLE


def test_a_scheduler_that_is_lost_is_named(lesson, tmp_path):
    path = lesson(
        """if seed == 2:
        os.kill(int(Path(FOLDER, "pid").read_text()), signal.SIGKILL)
        time.sleep(600)"""
    )
    with scheduler() as (process, address), worker(address) as only:
        registered(only)
        (tmp_path / "pid").write_text(str(process.pid))
        with pytest.raises(SystemExit, match=rf"^The scheduler at {address} is gone\."):
            sweep.sweep(path, [1, 2], scheduler=address)
    assert table(path) == [row for row in TABLE if row[1] == "1"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_full_disk_is_named_and_loses_nothing(lesson, tmp_path):
    path = lesson()
    sweep.sweep(path, [1])
    before = sweep.table(path).read_bytes()
    (tmp_path / "07-tiny.csv.tmp").symlink_to("/dev/full")
    with (
        pytest.raises(SystemExit, match="The disk is full, the last run"),
        in_a_sentence(),
    ):
        sweep.sweep(path, [1, 2])
    assert sweep.table(path).read_bytes() == before
    assert not (tmp_path / "07-tiny.csv.tmp").is_symlink()
    sweep.sweep(path, [1, 2])
    assert table(path) == TABLE


STOPPABLE = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
from tools.measuring import sweep
from tools.measuring.training import in_a_sentence
sweep.SWEEPS = Path(sys.argv[1]).parent
with in_a_sentence():
    sweep.sweep(Path(sys.argv[1]), [1, 2])
"""


def test_stopped_by_hand_it_ends_at_once_and_goes_on_later(lesson, tmp_path):
    trouble = """if seed == 2:
        Path(FOLDER, f"{os.getpid()}.run").touch()
        time.sleep(0 if Path(FOLDER, "on").exists() else 600)"""
    path = lesson(trouble)
    command = [sys.executable, "-c", STOPPABLE, str(path)]
    options = {"cwd": ROOT, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **options) as process:
        while not list(tmp_path.glob("*.run")) or not sweep.table(path).exists():
            time.sleep(0.1)
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert said.splitlines()[-1].startswith("Stopped. Every run that finished before")
    assert "Traceback" not in said
    assert all(ends(int(run.stem)) for run in tmp_path.glob("*.run"))
    assert {row[1] for row in table(path)} == {"1"}
    (tmp_path / "on").touch()
    sweep.sweep(path, [1, 2])
    assert table(path) == TABLE


def test_a_run_prints_without_harm():
    assert jobs.apart(print, "no part of the answer") is None


CELLS = """SEED = 1
---
from random import Random
value = Random(SEED).random()
print("no band-value: here")
---
assert 0 <= value <= 1, "LOW and HIGH"
assert value > 2, "no band\""""


def test_bands_are_measured_seed_by_seed_and_once(tmp_path, monkeypatch):
    monkeypatch.setattr(bands, "KEPT", tmp_path / "kept")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.split("\n---\n")]
    cells[0].metadata["tags"] = ["parameters"]
    cells[2].metadata["tags"] = ["checkpoint"]
    path = tmp_path / "03-tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    rows = bands.measure([path], [1, 2])
    assert [row[:3] for row in rows] == [["03-tiny", "value", seed] for seed in (1, 2)]
    assert [float(row[3]) for row in rows] == pytest.approx([0.134364, 0.956034], 1e-5)
    monkeypatch.setattr(cluster, "apart", None)
    assert bands.measure([path], [1, 2]) == rows, "not taken from where it was kept"


def test_weights_come_back_as_they_are():
    source = """import numpy as np
RECIPES = {"long": {"size": 3}}
class Network:
    def __init__(self, *numbers):
        self.numbers = numbers
    def get_weights(self):
        return [np.full(2, number, "float32") for number in self.numbers]
def learn(seed, size):
    return Network(seed, size)"""
    arrays = jobs.apart(jobs.learn, "09-tiny.ipynb", source, "long", 1)
    assert [a.tolist() for a in arrays] == [[1, 1], [3, 3]]
    assert {str(a.dtype) for a in arrays} == {"float32"}
