"""Run a lesson with a learner's answers: called by mark.py, apart from all else.

    python -m tools.marking.run_answers FOLDER SECONDS MEMORY

Runs FOLDER/lesson.ipynb in FOLDER and writes what each check says of its answer to
FOLDER/said.json, {id of the check's cell: text}. Each cell's id stands in FOLDER/now
while it runs, so that it is known which one did not come back.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.course import cells_tagged
from tools.execution import CELL_TIMEOUT, Execution, end_of_kernel

OUTPUT_LIMIT = 20_000  # characters of a cell that are kept
FILE_LIMIT = 100 * 2**20  # bytes of the largest file that an answer may write


def limit(memory):
    """Limit this process, and those that it starts, to `memory` GiB of data each."""
    try:
        import resource
    except ImportError:  # Windows
        return
    size = int(memory * 2**30)
    for kind, most in (
        (resource.RLIMIT_DATA, size),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def keep_little(client):
    """Let the client drop what a cell prints beyond OUTPUT_LIMIT."""
    process, printed = client.process_message, {}

    def process_little(message, cell, index):
        if message["msg_type"] == "stream":
            printed[index] = printed.get(index, 0) + len(message["content"]["text"])
            if printed[index] > OUTPUT_LIMIT:
                return None
        return process(message, cell, index)

    client.process_message = process_little


def text_of(cell):
    """Return what a cell has printed, or the error that it ended with."""
    said = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    errors = [o for o in cell.outputs if o.output_type == "error"]
    return "".join(f"{o.ename}: {o.evalue}" for o in errors) or said


def stop_of(error, client):
    """Return in words why a cell did not come back."""
    if isinstance(error, CellTimeoutError):
        return f"it still ran after {client.timeout} seconds"
    return f"it ended Python: {end_of_kernel(client.km.provisioner.process.poll())}"


def main(folder, seconds, memory):
    """Run the lesson in `folder`, each answer and each check at most `seconds` long.

    Raises SystemExit with the reason if a cell does not come back, or one fails that
    is not the learner's.
    """
    limit(float(memory))
    folder = Path(folder)
    nb = nbformat.read(folder / "lesson.ipynb", as_version=4)
    execution = Execution(nb, "lesson", folder)
    client = execution.client
    keep_little(client)
    of_learner = [cell.id for cell in cells_tagged(nb, "exercise", "check")]
    with execution.kernel():
        for number, cell in enumerate(nb.cells):
            (folder / "now").write_text(cell.id)
            client.timeout = int(seconds) if cell.id in of_learner else CELL_TIMEOUT
            try:
                client.execute_cell(cell, number)
            except CellExecutionError as error:
                if cell.id not in of_learner:
                    raise SystemExit(f"{error.ename}: {error.evalue}") from None
            except (CellTimeoutError, DeadKernelError) as error:
                raise SystemExit(stop_of(error, client)) from None
    said = {cell.id: text_of(cell) for cell in cells_tagged(nb, "check")}
    (folder / "said.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
