"""Fetch packages from the npm registry: shared by the other programs in this folder."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.course import BUILD

FETCHED = BUILD / "npm"


def fetch(package):
    """Return the folder of `name@version`, which is downloaded the first time only."""
    folder = FETCHED / package
    if not folder.exists():
        FETCHED.mkdir(parents=True, exist_ok=True)
        unpack(package, folder)
    return folder


def unpack(package, folder):
    """Download `name@version` and unpack it into `folder`, replacing what is there.

    Exits with a sentence if npm is missing or cannot fetch the package.
    """
    if not (npm := shutil.which("npm")):
        sys.exit("npm is not installed; it comes with Node.js.")
    with tempfile.TemporaryDirectory() as temporary:
        result = subprocess.run(
            [npm, "pack", "--silent", package],
            cwd=temporary,
            stdout=subprocess.DEVNULL,
        )
        if result.returncode:
            sys.exit(f"npm could not fetch {package}: is its registry within reach?")
        (archive,) = Path(temporary).glob("*.tgz")
        with tarfile.open(archive) as tar:
            # Debian's Python 3.11 has no filters yet.
            keep = getattr(tarfile, "data_filter", lambda member, path: member)
            tar.extraction_filter = keep
            tar.extractall(temporary)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(Path(temporary) / "package", folder)
