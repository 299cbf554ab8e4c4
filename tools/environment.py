"""Make .venv, the course's environment: `make` calls this before all else.

    python3 tools/environment.py           # with this Python, or another that is there
    python3 tools/environment.py --this    # with this one, or not at all

Runs on any Python 3, also on one that the course does not run on, and needs no package.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import DEVNULL

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
READY = VENV / "ready"  # made last, when all is installed
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
FIT = "3.13", "3.12", "3.11"  # TensorFlow 2.20 runs on no other that the course does
# Windows allows 259 characters for a path; its TensorFlow's longest takes 188 here.
LONGEST_ROOT = 71


def version_of(command):
    """Return the version of a Python, such as "3.12", or None if it does not run."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        output = subprocess.check_output([*command, "-c", code], stderr=DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return output.decode().strip()


def choose(this_only):
    """Return (version, the command that makes an environment of it, without its path).

    Raises SystemExit with a sentence if there is none.
    """
    mine = "{}.{}".format(*sys.version_info)
    if mine in FIT:
        return mine, [sys.executable, "-m", "venv"]
    if this_only:
        sys.exit(
            f"This is Python {mine}, and the course runs on 3.11, 3.12 and 3.13 only: "
            "name one of these, as in PYTHON=python3.12, or leave PYTHON out."
        )
    for version in FIT:
        name = f"python{version}"
        command = ["py", f"-{version}"] if WINDOWS else [shutil.which(name) or name]
        if version_of(command) == version:
            print(f"python3 is Python {mine}, so {name} makes .venv.", flush=True)
            return version, [*command, "-m", "venv"]
    if shutil.which("uv"):
        print(f"python3 is Python {mine}, so uv makes .venv with {FIT[0]}.", flush=True)
        return FIT[0], ["uv", "venv", "--quiet", "--seed", "--python", FIT[0]]
    sys.exit(
        f"python3 is Python {mine}, and the course runs on 3.11, 3.12 and 3.13 only: "
        "install one of these, or uv (https://docs.astral.sh/uv), and call make again."
    )


def main():
    """Make the environment, unless it is there; exit with a sentence if none can be."""
    this_only = "--this" in sys.argv[1:]
    there = version_of([str(PYTHON)])
    made = READY.exists() and READY.stat().st_mtime >= LOCK.stat().st_mtime
    version, command = there, []
    if this_only or there not in FIT:
        version, command = choose(this_only)
    if made and there == version:
        return
    if WINDOWS and len(str(ROOT)) > LONGEST_ROOT:
        sys.exit(
            f"The path of this folder has {len(str(ROOT))} characters. Windows allows "
            f"TensorFlow's files {LONGEST_ROOT}: move the folder, say to C:\\digits."
        )
    if there != version:
        if VENV.exists():
            print(f".venv is not of Python {version}, so it is made anew.", flush=True)
            shutil.rmtree(VENV)
        subprocess.check_call([*command, str(VENV)])
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.check_call([*install, "--requirement", str(LOCK)])
    READY.touch()


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)  # it has said why
