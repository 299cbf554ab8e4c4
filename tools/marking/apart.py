"""Run a program apart from all else: with little time, memory and, on Linux, no reach.

With bubblewrap (https://github.com/containers/bubblewrap) the program sees no network,
no other process, an empty home and no file of the course but those that it needs; it
can write into its own folder only. Without, it is held to time and memory alone.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tools.course import NOTEBOOKS, ROOT

MANY = 30  # processes; a lesson has three
PAUSE = 0.2  # seconds between two looks at a program's processes


def can_protect():
    """Say whether bubblewrap is there, and is allowed to do its work."""
    if not shutil.which("bwrap"):
        return False
    trial = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
    return subprocess.run(trial, capture_output=True).returncode == 0


def protected(folder, hidden):
    """Return the beginning of a command that runs what follows with no other reach.

    folder: where it may write; hidden: folders that it must not see.
    """
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    command += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for place in "/tmp", "/run", Path.home(), ROOT, *hidden:
        command += ["--tmpfs", place]
    for place in sys.base_prefix, sys.prefix, ROOT / "tools":
        command += ["--ro-bind", place, place]
    command += ["--bind", folder, folder]
    return [*command, "--ro-bind", NOTEBOOKS / "data", folder / "data", "--"]


def watch(process, seconds, memory):
    """Wait for a process; return why it was ended, or nothing if it ended by itself."""
    end = time.monotonic() + seconds
    while process.poll() is None:
        try:
            family = psutil.Process(process.pid).children(recursive=True)
            taken = sum(member.memory_info().rss for member in family) / 2**30
        except psutil.NoSuchProcess:
            continue  # one has ended meanwhile
        reasons = {
            f"it started more than {MANY} processes": len(family) > MANY,
            f"it took more than {memory:g} GiB of memory": taken > memory,
            f"the lesson still ran after {seconds} seconds": time.monotonic() > end,
        }
        for reason, holds in reasons.items():
            if holds:
                stop(process)
                return reason
        time.sleep(PAUSE)
    return ""


def stop(process):
    """Kill a process and all that it started."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()


def run_apart(module, folder, *options, seconds, memory, hidden=None):
    """Run a module of the course with `folder` and options as its arguments.

    seconds, memory in GiB: what it may take, with all that it starts; hidden: folders
    that it must not see, or None for a program that is not protected.
    Returns why it did not come to its end, in words, or nothing.
    """
    home = folder / "home"
    home.mkdir(exist_ok=True)
    if hidden is None:
        (folder / "data").symlink_to(NOTEBOOKS / "data")
    begin = [] if hidden is None else protected(folder, hidden)
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [*begin, sys.executable, "-m", module, folder, *map(str, options)],
            cwd=ROOT,
            env={
                "HOME": str(home),
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(home),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            reason = watch(process, seconds, memory)
        finally:
            if process.poll() is None:
                stop(process)
    lines = (folder / "errors").read_text(errors="replace").splitlines()
    if reason or process.returncode == 0:
        return reason
    return lines[-1] if lines else f"it ended with {process.returncode}"
