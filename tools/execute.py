"""Execute a notebook cell by cell: shared by the other programs in this folder."""

import contextlib
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
RECIPE = NOTEBOOKS / "05-judge-the-network.ipynb"
EXERCISE_TAGS = {"exercise", "check", "solution"}
PREPARATION = "setup", "parameters", "recap-data", "recap-vectors", "recap-model"

# Linux hands getrusage's peak on from the program that starts a kernel, so its own is
# read elsewhere; macOS counts bytes, and Windows has no `resource`.
PEAK_MEMORY = """
try:
    with open("/proc/self/status") as status:
        (peak,) = (line.split()[1] for line in status if line.startswith("VmHWM"))
    print(int(peak) // 2**10)
except OSError:
    try:
        import resource
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20)
    except ImportError:
        print(0)
"""


class CellFailed(Exception):
    """A cell raised an error; the message names notebook, cell and error."""


class Execution:
    """A notebook and the kernel that runs it.

    `nb` is the notebook (nbformat 4.5), whose outputs are replaced as its cells run;
    `name` stands for it in messages; `folder` is the kernel's working directory.
    """

    def __init__(self, nb, name, folder=NOTEBOOKS):
        self.nb, self.name = nb, name
        self.client = NotebookClient(
            nb,
            timeout=None,
            kernel_name="python3",
            # ipykernel 7.4 warns of plain TCP, also between two local processes.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )

    @contextlib.contextmanager
    def kernel(self):
        """Keep a fresh kernel alive for the length of a with block."""
        with self.client.setup_kernel():
            yield self

    def run(self, progress=True):
        """Run every cell in order. Raises CellFailed at the first error."""
        cells = tqdm(self.nb.cells, self.name, unit="cell", disable=not progress)
        for number, cell in enumerate(cells):
            try:
                self.client.execute_cell(cell, number)
            except CellExecutionError as error:
                cells.close()
                raise CellFailed(
                    f"{self.name}, cell {number + 1} (id {cell.id}): "
                    f"{error.ename}: {error.evalue}"
                ) from None

    def ask(self, code):
        """Run `code` in the kernel after the lesson; return what it prints."""
        self.nb.cells.append(nbformat.v4.new_code_cell(code))
        try:
            cell = self.client.execute_cell(self.nb.cells[-1], len(self.nb.cells) - 1)
        finally:
            self.nb.cells.pop()
        return cell.outputs[0].text.strip()

    def peak_memory(self):
        """Return the kernel's peak resident memory in MiB, 0 where it is unknown."""
        return int(self.ask(PEAK_MEMORY))


def lessons(names=()):
    """Return the paths of all lessons in order, or of those whose names start so.

    Raises SystemExit with a sentence if a name fits no lesson.
    """
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in paths):
            raise SystemExit(f"No lesson starts with {name!r}: try {paths[0].stem}.")
    return [p for p in paths if not names or p.name.startswith(tuple(names))]


def recipe():
    """Return ([sources of the cells before training], source of `recap-train`).

    The first source is the set-up cell that pins the numerics. All together train the
    reference recipe outside a notebook, with NOTEBOOKS as the working directory.
    """
    cells = nbformat.read(RECIPE, as_version=4).cells
    sources = {tag: [] for tag in (*PREPARATION, "recap-train")}
    for cell in cells:
        for tag in sources.keys() & set(cell.metadata.get("tags", [])):
            sources[tag].append(cell.source)
    preparation = [source for tag in PREPARATION for source in sources[tag]]
    return preparation, "\n".join(sources["recap-train"])
