"""Run jobs on a Dask cluster: one made for this machine, or any that there is.

A job is a function of tools/measuring/jobs.py with its arguments. The program that is
to run travels with it, so a worker needs no more than a copy of this repository, whose
tools are the same, and the same versions of the packages that compute. A worker that
has others gets no job: whoever computes a run, it comes out the same to the last bit.
"""

import contextlib
import hashlib
import logging
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from uuid import uuid4

import dask
from distributed import Client, LocalCluster, Status, WorkerPlugin, as_completed
from tqdm import tqdm

from tools.course import ROOT
from tools.measuring.jobs import PACKAGES, apart, stop, workers
from tools.measuring.training import STORED

TOOLS = "measuring/jobs.py", "execution.py"  # what executes a run
PATIENCE = 10  # seconds in which a scheduler has to answer, and to have a worker
LOCAL = {  # settings of the cluster on this machine
    "distributed.dashboard.link": "http://127.0.0.1:{port}/status",
    "distributed.worker.profile.enabled": False,  # runs are processes of their own
}


def facts():
    """Return what a run's numbers depend on, apart from its job: {thing: version}."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    paths = [ROOT / "tools" / name for name in TOOLS]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    return found | {"course's tools": hashlib.sha256(source.encode()).hexdigest()[:16]}


def misfit(own, wanted):
    """Say in words how a worker's facts differ from those wanted; nothing if not."""
    return ", ".join(
        f"{thing} {own[thing]} where {version} is wanted"
        for thing, version in wanted.items()
        if own[thing] != version
    )


class Places(WorkerPlugin):
    """Gives each worker of the same facts its places for runs: a Dask resource.

    As many as it has threads, and as its machine's cores and memory allow. Dask sets
    this up on every worker, also on one that comes later, or comes back.
    """

    def __init__(self):
        self.facts = facts()
        together = " ".join(self.facts.values()).encode()
        self.name = f"digits-{hashlib.sha256(together).hexdigest()[:16]}"
        self.topic = f"{self.name}-{uuid4().hex}"  # where workers say why they do not

    async def setup(self, worker):
        if problem := misfit(facts(), self.facts):
            reason = f"{worker.address} gets no run: it has {problem}."
            # Not `worker.log_event`: that does not wait until the scheduler knows it.
            await worker.scheduler.log_event(topic=self.topic, msg=reason)
            return
        places = min(worker.state.nthreads, workers())
        await worker.set_resources(**{self.name: places})
        # Dask looks for runs that wait for a place when a worker begins to run.
        worker.status = Status.paused
        worker.status = Status.running


def say(words):
    """Write a line to stderr, above the progress bar if there is one."""
    tqdm.write(words, file=sys.stderr)


def reach(scheduler):
    """Return a client of the cluster whose scheduler has this address.

    Exits with a sentence if there is none.
    """
    try:
        return Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        sys.exit(
            f"No Dask scheduler answers at {scheduler} ({type(error).__name__}). Its "
            "address, such as tcp://192.168.1.7:8786, is what `dask scheduler` prints "
            "when it starts; without SCHEDULER the runs are done on this machine."
        )


def local(most):
    """Return a cluster on this machine, of at most so many workers."""
    return LocalCluster(
        n_workers=min(workers(), most or workers()),
        threads_per_worker=1,
        processes=False,  # each run is a process of its own
        memory_limit=0,
        dashboard_address="127.0.0.1:0",  # any port that is free
        silence_logs=logging.CRITICAL,  # what fails is named by `finished`
    )


@contextlib.contextmanager
def connected(scheduler=None, most=None):
    """Yield (client, name of the resource of which a run takes one, places).

    places: a function that returns how many runs the workers can do at a time, and says
    why a worker that came since its last call gets none.
    scheduler: its address, or None for a cluster on this machine, of at most `most`
    workers. Exits with a sentence if none of its workers fits.
    """
    with contextlib.ExitStack() as stack:
        if scheduler:
            client = stack.enter_context(reach(scheduler))
        else:
            stack.enter_context(dask.config.set(LOCAL))
            made = stack.enter_context(local(most))
            stack.callback(stop)  # after an error or Ctrl-C: closing waits for runs
            client = stack.enter_context(Client(made))
        plugin, told = Places(), []

        def places():
            for _, reason in client.get_events(plugin.topic)[len(told) :]:
                told.append(reason)
                say(reason)
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            return int(sum(each["resources"].get(plugin.name, 0) for each in workers))

        try:
            client.register_plugin(plugin)
        except Exception as error:  # Dask hands on no other that a worker raises
            say(f"A worker gets no run: {error}. Start it in the repository's folder.")
        end = time.monotonic() + PATIENCE
        while not places() and time.monotonic() < end:
            time.sleep(0.1)
        if not places():
            sys.exit(
                f"{scheduler} has no worker that can take part. CONTRIBUTING.md says "
                "how one is started."
            )
        say(f"Dask's dashboard: {client.dashboard_link}")
        yield client, plugin.name, places


def finished(function, work, title, scheduler=None, most=None):
    """Yield (name, result) of each run as soon as it is done.

    function: one of tools/measuring/jobs.py; work: {name: arguments}; title: for the
    progress bar. A run that fails is done once more. When it fails again, it is named,
    the rest goes on, and at the end the program exits with a sentence.
    """
    if not work:
        return
    left, names, failed = iter(work), {}, []
    with (
        connected(scheduler, most) as (client, place, places),
        tqdm(total=len(work), desc=title, unit="run") as bar,
    ):
        done = as_completed(loop=client.loop)

        def hand_out():
            """Submit as many runs as there are places, so that a lost worker loses
            none but those that it does: Dask counts how often a run lost its worker.
            """
            room = max(1, min(places(), most or len(work)))
            for name in islice(left, max(0, room - done.count())):
                key = f"{name}-{uuid4().hex}"
                options = {"key": key, "retries": 1, "resources": {place: 1}}
                future = client.submit(apart, function, *work[name], **options)
                names[key] = name
                done.add(future)

        hand_out()
        for future in done:
            name = names[future.key]
            if future.status == "finished":
                yield name, future.result()
            elif future.status == "error":
                say(f"{name} failed twice: {future.exception()}")
                failed.append(name)
            else:
                sys.exit(f"The scheduler at {scheduler} is gone. {STORED}")
            bar.update()
            hand_out()
    if failed:
        sys.exit(f"Failed twice: {'; '.join(failed)}. The other runs are stored.")
