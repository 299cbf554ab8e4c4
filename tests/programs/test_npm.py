"""npm's packages are installed once; what hinders it is said in a sentence."""

import os
import sys

import pytest

from tools.publishing import npm


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A folder with a lock in which nothing has been installed yet."""
    monkeypatch.setattr(npm, "LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(npm, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(npm, "INSTALLED", tmp_path / "installed")
    npm.LOCK.write_text("{}")


def test_without_npm_there_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="npm is not installed; it comes with Node"):
        npm.folder("axe-core")


def test_a_failing_npm_is_reported(monkeypatch):
    monkeypatch.setattr(npm, "program", lambda: sys.executable)  # it finds no file `ci`
    with pytest.raises(SystemExit, match="npm could not install what"):
        npm.folder("axe-core")


@pytest.mark.parametrize("age", [10, -10])
def test_what_is_installed_is_installed_again_after_a_change_only(monkeypatch, age):
    monkeypatch.setattr(npm, "program", lambda: sys.exit("npm is called"))
    npm.INSTALLED.touch()
    changed = npm.INSTALLED.stat().st_mtime - age
    os.utime(npm.LOCK, (changed, changed))
    if age > 0:
        assert npm.folder("axe-core") == npm.MODULES / "axe-core"
    else:
        with pytest.raises(SystemExit, match="npm is called"):
            npm.folder("axe-core")
