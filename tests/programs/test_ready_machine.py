"""The hand-out's check_machine.py runs alone, trains, and finds this machine ready."""

import shutil
import subprocess
import sys

from notebooks import same_numbers
from tools.make_data import TARGET
from tools.publishing.handout import CHECK, check_machine


@same_numbers
def test_check_machine_alone_finds_this_machine_ready(tmp_path):
    (tmp_path / CHECK.name).write_text(check_machine())
    (tmp_path / "data").mkdir()
    shutil.copy(TARGET, tmp_path / "data")
    result = subprocess.run(
        [sys.executable, CHECK.name], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.stderr == ""
    *_, training, last = result.stdout.splitlines()
    assert last == "ready", result.stdout
    assert training.endswith("as expected, to the last digit")
    assert result.returncode == 0
