"""Execute a notebook cell by cell: for all programs and tests that run a lesson."""

import contextlib

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

from tools.course import NOTEBOOKS

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
