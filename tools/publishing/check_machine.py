"""Look whether this computer is ready for the course: a line for each thing.

    python check_machine.py

Run it in the folder of the lessons, in the environment that you will use. It takes
about a minute, needs no other file, downloads MNIST if data/mnist.npz is not there, and
leaves nothing behind but what Keras keeps of that download.
"""

import ctypes
import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

# The hand-out writes here what the lessons install, their own cells by name, and the
# validation accuracy after one epoch: of seed 1 here, and the limits over twenty seeds.
REQUIREMENTS = ""
CELLS = {}
EXPECTED, LOW, HIGH = 0.0, 0.0, 0.0

MEMORY = 2.0  # GiB that have to be free; docs/requirements.md says how many are taken
DISK = 0.5  # GiB for what lessons keep, once the packages are installed


class NotReady(Exception):
    """Something is missing; the message says what to do."""


def python():
    """Return the version of Python."""
    version = platform.python_version()
    if sys.version_info[:2] not in [(3, 11), (3, 12), (3, 13)]:
        raise NotReady(f"{version}: install Python 3.11, 3.12 or 3.13, or use Colab")
    if sys.maxsize < 2**32:
        raise NotReady(f"{version} of 32 bits: install the one of 64 bits")
    return version


def system():
    """Return the name of the system."""
    name, machine = platform.system(), platform.machine().lower()
    found = f"{name} {platform.release()} on {machine}"
    if name == "Darwin" and machine != "arm64":
        raise NotReady(f"{found}: no TensorFlow for a Mac with Intel; use Colab")
    if name == "Windows" and machine not in ("amd64", "x86_64"):
        raise NotReady(f"{found}: no TensorFlow for it; use Colab")
    library, version = platform.libc_ver()
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    if name == "Linux" and (library != "glibc" or numbers < [2, 27]):
        raise NotReady(f"{found}: TensorFlow needs glibc 2.27 or newer; use Colab")
    return found


def processor():
    """Return what is known of the processor."""
    cores = f"{os.cpu_count()} cores"
    cpu = Path("/proc/cpuinfo")
    has_avx = True  # where nothing can be known
    if platform.system() == "Windows":
        has_avx = ctypes.windll.kernel32.IsProcessorFeaturePresent(39)
    elif cpu.exists():
        has_avx = not re.search(r"^flags\b(?!.* avx\b)", cpu.read_text("utf-8"), re.M)
    if not has_avx:
        raise NotReady(f"{cores}, without AVX, which TensorFlow needs; use Colab")
    return cores


def free_memory():
    """Return the GiB of memory that are free, or None where that is not known."""
    try:
        if platform.system() == "Windows":
            status = (ctypes.c_ulonglong * 8)(64)
            ctypes.windll.kernel32.GlobalMemoryStatusEx(status)
            return status[2] / 2**30
        lines = Path("/proc/meminfo").read_text("utf-8")
        return int(re.search(r"MemAvailable: *(\d+)", lines)[1]) / 2**20
    except (OSError, TypeError):
        return None


def memory():
    """Return how much memory is free."""
    free = free_memory()
    if free is None:
        return f"not known; a lesson needs {MEMORY:.0f} GiB"
    if free < MEMORY:
        raise NotReady(f"{free:.1f} GiB free of {MEMORY:.0f}: close other programs")
    return f"{free:.1f} GiB free"


def folder():
    """Return the folder's free space, after writing a file there."""
    here = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=here) as file:
            file.write(b"a lesson with your answers")
    except OSError as error:
        why = f"{here} cannot be written to ({error.strerror})"
        raise NotReady(f"{why}: work in a folder of your own") from None
    free = shutil.disk_usage(here).free / 2**30
    if free < DISK:
        raise NotReady(f"{free:.1f} GiB free, {DISK} needed: delete or move something")
    return f"{here} can be written to, {free:.0f} GiB free"


def packages():
    """Return the packages' versions."""
    wanted = dict(re.findall(r"^([\w-]+)==([\d.]+)", REQUIREMENTS, re.M))
    found, missing = [], []
    for name, version in wanted.items():
        try:
            there = importlib.metadata.version(name)
            other = "" if there == version else f" (the course has {version})"
            found.append(f"{name} {there}{other}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(f"{name}=={version}")
    if missing:
        install = f"{sys.executable} -m pip install {' '.join(missing)}"
        raise NotReady(f"missing. Run: {install}")
    return ", ".join(found)


def run(names, *cells):
    """Run cells of the course. Raises NotReady with what they say if they stop."""
    try:
        for cell in cells:
            exec(CELLS[cell], names)
    except SystemExit as stop:
        raise NotReady(str(stop)) from None
    except Exception as error:
        raise NotReady(f"{type(error).__name__}: {error}") from None


def keras(names):
    """Import what the lessons import, and return its version."""
    run(names, "setup")
    return f"Keras {names['keras'].__version__} starts"


def data(names):
    """Load MNIST."""
    run(names, "recap-data")
    return "70,000 digits, verified"


def training(names):
    """Train for one epoch, and return how it went."""
    start = time.perf_counter()
    names |= {"EPOCHS": 1, "SEED": 1}
    run(names, "recap-vectors", "recap-model", "recap-train")
    seconds = time.perf_counter() - start
    accuracy = names["history"]["val_accuracy"][-1]
    said = f"validation accuracy {accuracy:.4f} after one epoch, {seconds:.0f} s"
    if not LOW <= accuracy <= HIGH:
        raise NotReady(f"{said}, and not {EXPECTED:.4f}: tell your teacher")
    if round(accuracy, 4) == EXPECTED:
        return f"{said}: as expected, to the last digit"
    return f"{said}: near {EXPECTED:.4f}, as on some other machines"


def main():
    """Print a line for each thing; return how many are not ready."""
    names, problems = {}, 0
    first = python, system, processor, memory, folder, packages
    for thing in *first, keras, data, training:
        if problems and thing not in first:
            break  # it would fail for the reasons above
        try:
            line = thing(names) if thing in (keras, data, training) else thing()
            print(f"{thing.__name__:<10} ok    {line}", flush=True)
        except NotReady as problem:
            problems += 1
            print(f"{thing.__name__:<10} NO    {problem}", flush=True)
    if problems:
        print("not ready: do what the lines with NO say, then run this again")
    else:
        print("ready")
    return problems


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
