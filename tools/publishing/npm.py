"""What the course takes from npm, installed exactly as package-lock.json has it.

    python -m tools.publishing.npm biome --version   # call a program of a package

A package is refused if its hash is not the lock's, and its own scripts never run.
"""

import shutil
import subprocess
import sys

from tools.course import ROOT

LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
INSTALLED = MODULES / ".package-lock.json"  # npm writes it when all is there


def program():
    """Return the path of npm, or exit with a sentence."""
    return shutil.which("npm") or sys.exit(
        "npm is not installed; it comes with Node.js."
    )


def install():
    """Install the packages, unless that was done since the lock last changed."""
    if INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    switches = ["--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run([program(), "ci", *switches], cwd=ROOT).returncode:
        sys.exit("npm could not install what package-lock.json names: see above.")


def folder(package):
    """Return the folder of an installed package."""
    install()
    return MODULES / package


def main():
    """Call a package's program with the arguments; exit with its status."""
    install()
    call = [program(), "exec", "--offline", "--", *sys.argv[1:]]
    sys.exit(subprocess.run(call, cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
