"""`make` takes a Python that the course runs on, and says so, or what to do.

The Pythons here are stand-ins: a file named python3.12 that starts this one, which then
calls itself 3.12. What it would install is written into .venv/installed.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import environment
from tools.course import ROOT

pytestmark = pytest.mark.skipif(
    not shutil.which("make") or sys.platform == "win32", reason="needs make"
)
PYTHON = """#!/bin/sh
exec {real} -I {program} {version} "$0" "$@"
"""
PROGRAM = r"""
import os, runpy, sys
from pathlib import Path
version, sys.executable, first, *rest = sys.argv[1:]
sys.version_info = (*map(int, version.split(".")), 0, "final", 0)
if first == "-c":
    exec(rest[0])
elif [first, *rest[:1]] == ["-m", "venv"]:
    python = Path(rest[1], "bin/python")
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (python.parents[1] / "made").write_text(version)
elif [first, *rest[:2]] == ["-m", "pip", "install"]:
    assert "--require-hashes" in rest
    Path(".venv/installed").write_text(version)
elif first == "-m":
    print("ran on", version)
else:
    sys.argv = [first, *rest]
    runpy.run_path(first, run_name="__main__")
"""
UV = """#!/bin/sh
echo uv "$@" >> uv.log
if [ $1 = run ]; then shift 5; exec {python} "$@"; fi
while [ $# -gt 1 ]; do shift; done
mkdir -p $1/bin && ln -s {python} $1/bin/python
"""


@pytest.fixture
def course(tmp_path):
    """A folder with what `make lessons` needs, and an empty bin/ for programs."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "tools/environment.py", tmp_path / "tools")
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "program.py").write_text(PROGRAM)
    for tool in "sh", "mkdir", "ln", "make", "awk":
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def stand_in(course, name, version, folder="bin"):
    """Put a Python into the path that has this version."""
    path = course / folder / name
    path.parent.mkdir(exist_ok=True)
    text = PYTHON.format(
        real=sys.executable, program=course / "program.py", version=version
    )
    path.write_text(text)
    path.chmod(0o755)
    return path


def make(course, *words):
    """Return (exit code, lines printed, last words on stderr) of `make lessons`."""
    result = subprocess.run(
        ["make", "lessons", *words],
        cwd=course,
        env={"PATH": str(course / "bin"), "HOME": str(course)},
        capture_output=True,
        text=True,
    )
    lines = [line for line in result.stdout.splitlines() if "-m tools" not in line]
    said = [line for line in result.stderr.splitlines() if "make:" not in line]
    return result.returncode, lines, said


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_python3_that_does_is_taken_without_a_word(course, version):
    stand_in(course, "python3", version)
    assert make(course) == (0, [f"ran on {version}"], [])
    (course / ".venv/made").unlink()
    assert make(course) == (0, [f"ran on {version}"], [])
    assert not (course / ".venv/made").exists(), "it was there already"


@pytest.mark.parametrize(
    ("unfit", "other"), [("3.9", "3.11"), ("3.10", "3.12"), ("3.14", "3.13")]
)
def test_another_that_is_there_takes_the_place_of_an_unfit_python3(
    course, unfit, other
):
    stand_in(course, "python3", unfit)
    stand_in(course, f"python{other}", other)
    said = f"python3 is Python {unfit}, so python{other} makes .venv."
    assert make(course) == (0, [said, f"ran on {other}"], [])
    assert make(course) == (0, [f"ran on {other}"], []), "said once"


def test_newest_of_several_is_taken_and_one_that_does_not_start_left_out(course):
    stand_in(course, "python3", "3.14")
    for version in "3.11", "3.12", "3.13":
        stand_in(course, f"python{version}", version)
    (course / "bin/python3.13").write_text("#!/bin/sh\necho not here >&2\nexit 127\n")
    assert make(course)[1][-1] == "ran on 3.12"


def test_uv_makes_the_environment_where_no_python_does(course):
    stand_in(course, "python3", "3.14")
    python = stand_in(course, "python", "3.13", "of-uv")
    (course / "bin/uv").write_text(UV.format(python=python))
    (course / "bin/uv").chmod(0o755)
    said = "python3 is Python 3.14, so uv makes .venv with 3.13."
    assert make(course) == (0, [said, "ran on 3.13"], [])
    assert "venv --quiet --seed --python 3.13" in (course / "uv.log").read_text()


def test_uv_alone_is_enough(course):
    python = stand_in(course, "python", "3.13", "of-uv")
    (course / "bin/uv").write_text(UV.format(python=python))
    (course / "bin/uv").chmod(0o755)
    assert make(course) == (0, ["ran on 3.13"], [])
    begin = "uv run --quiet --no-project --python 3.13 tools/environment.py"
    assert (course / "uv.log").read_text().startswith(begin)


def test_environment_made_by_hand_is_taken(course):
    """As after the line with `uv venv` in docs/requirements.md."""
    stand_in(course, "python3", "3.14")
    python = stand_in(course, "python", "3.12", "of-uv")
    (course / ".venv/bin").mkdir(parents=True)
    (course / ".venv/bin/python").symlink_to(python)
    assert make(course) == (0, ["ran on 3.12"], [])
    assert (course / ".venv/installed").exists()


def test_no_python_that_does_is_said_in_a_sentence(course):
    stand_in(course, "python3", "3.15")
    code, lines, said = make(course)
    assert code != 0
    assert lines == []
    assert said == [
        "python3 is Python 3.15, and the course runs on 3.11, 3.12 and 3.13 only: "
        "install one of these, or uv (https://docs.astral.sh/uv), and call make again."
    ]
    assert not (course / ".venv").exists()


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_unfit_python_that_is_asked_for_is_refused_before_anything_is_made(
    course, version
):
    stand_in(course, "python3", "3.12")
    stand_in(course, "mine", version)
    code, lines, said = make(course, "PYTHON=mine")
    assert code != 0
    assert lines == []
    assert said == [
        f"This is Python {version}, and the course runs on 3.11, 3.12 and 3.13 only: "
        "name one of these, as in PYTHON=python3.12, or leave PYTHON out."
    ]
    assert not (course / ".venv").exists()


def test_environment_of_another_python_is_made_anew_when_one_is_asked_for(course):
    stand_in(course, "python3", "3.11")
    stand_in(course, "python3.12", "3.12")
    assert make(course)[1] == ["ran on 3.11"]
    (course / ".venv/old").touch()
    said = ".venv is not of Python 3.12, so it is made anew."
    assert make(course, "PYTHON=python3.12") == (0, [said, "ran on 3.12"], [])
    assert not (course / ".venv/old").exists()
    assert make(course) == (0, ["ran on 3.12"], []), "it does, so it stays"


@pytest.mark.parametrize("there", ["3.10", "broken"])
def test_environment_that_does_not_do_is_made_anew(course, there):
    """The README's remedy for a .venv of Python 3.10: call make again."""
    stand_in(course, "python3", "3.13")
    old = stand_in(course, "python", there, ".venv")
    (course / ".venv/bin").mkdir()
    if there != "broken":
        (course / ".venv/bin/python").symlink_to(old)
    (course / ".venv/ready").touch()
    said = ".venv is not of Python 3.13, so it is made anew."
    assert make(course) == (0, [said, "ran on 3.13"], [])


def test_changed_lock_is_installed_into_the_environment_that_is_there(course):
    stand_in(course, "python3", "3.13")
    make(course)
    (course / ".venv/installed").unlink()
    (course / ".venv/made").unlink()
    later = time.time() + 10
    os.utime(course / "requirements.lock", (later, later))
    assert make(course) == (0, ["ran on 3.13"], [])
    assert (course / ".venv/installed").exists()
    assert not (course / ".venv/made").exists()


@pytest.mark.parametrize(("length", "refused"), [(71, False), (72, True), (150, True)])
def test_path_too_long_for_windows_is_refused_before_the_install(
    length, refused, monkeypatch, tmp_path
):
    called = []
    monkeypatch.setattr(environment, "WINDOWS", True)
    monkeypatch.setattr(environment, "ROOT", Path("C:/" + (length - 3) * "d"))
    monkeypatch.setattr(environment, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "READY", tmp_path / "ready")
    monkeypatch.setattr(environment, "version_of", lambda command: None)
    monkeypatch.setattr(environment.subprocess, "check_call", called.append)
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    if not refused:
        environment.main()
        assert len(called) == 2
        return
    with pytest.raises(SystemExit, match=f"has {length} characters. Windows allows"):
        environment.main()
    assert called == []
