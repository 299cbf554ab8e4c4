"""What `--may-say` names may be written to stderr, and nothing else."""

import nbformat

from notebooks import strict_nbval, verdicts
from tools.refresh import NOTEBOOK_METADATA

WRITE = """import os
for line in {lines!r}:
    _ = os.write(2, line)"""


def test_lines_that_are_named_pass_and_others_do_not(tmp_path):
    cells = [
        nbformat.v4.new_code_cell(WRITE.format(lines=lines), execution_count=1)
        for lines in ([b"known: 1\n", b"known: 2\n"], [b"known: 3\n", b"noise\n"])
    ]
    nb = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    nbformat.write(nb, tmp_path / "tiny.ipynb")
    result = strict_nbval(tmp_path, "--may-say", r"(?m)^known: .*\n")
    ((cell, said),) = verdicts(result.stdout).items()
    assert cell == ("tiny.ipynb", 1), result.stdout
    assert "Written to stderr: noise" in said
