"""Execute a notebook cell by cell: for all programs and tests that run a lesson."""

import contextlib
import signal

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

from tools.course import NOTEBOOKS

# Seconds after which a cell that still runs is given up. The slowest cell takes half a
# minute on a quiet machine; a busy one needs several times that.
CELL_TIMEOUT = 600
# Seconds to wait for a kernel that starts, and for a cell's output when the cell has
# ended: nbclient's own 4 are too few on a busy machine, where the output was missing.
KERNEL_TIMEOUT = 120

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
    """A cell failed; the message names notebook, cell and what happened."""


def end_of_kernel(code):
    """Say in words how a kernel ended whose process left this exit code, or None."""
    if code is None or code >= 0:
        return f"exit code {'unknown' if code is None else code}"
    cause = f"signal {signal.Signals(-code).name}"
    killed = -code == getattr(signal, "SIGKILL", None)
    return f"{cause}, as when memory runs out" if killed else cause


class Execution:
    """A notebook and the kernel that runs it.

    `nb` is the notebook (nbformat 4.5), whose outputs are replaced as its cells run;
    `name` stands for it in messages; `folder` is the kernel's working directory, and
    `timeout` the seconds that a cell may take.
    """

    def __init__(self, nb, name, folder=NOTEBOOKS, timeout=CELL_TIMEOUT):
        self.nb, self.name, self.timeout = nb, name, timeout
        self.client = NotebookClient(
            nb,
            timeout=timeout,
            startup_timeout=KERNEL_TIMEOUT,
            iopub_timeout=KERNEL_TIMEOUT,
            kernel_name="python3",
            # ipykernel 7.4 warns of plain TCP, also between two local processes.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )

    @contextlib.contextmanager
    def kernel(self, **options):
        """Keep a fresh kernel alive for the length of a with block.

        `options` go to the start of its process: `env` is its environment.
        """
        with self.client.setup_kernel(**options):
            yield self

    def run(self, progress=True):
        """Run every cell in order. Raises CellFailed at the first that fails."""
        cells = tqdm(self.nb.cells, self.name, unit="cell", disable=not progress)
        for number, cell in enumerate(cells):
            process = self.client.km.provisioner.process
            before = psutil.Process(process.pid).memory_info().rss // 2**20
            try:
                self.client.execute_cell(cell, number)
                continue
            except CellExecutionError as error:
                problem = f"{error.ename}: {error.evalue}"
            except CellTimeoutError:
                problem = f"it still runs after {self.timeout} seconds: given up."
            except DeadKernelError:
                whole = psutil.virtual_memory().total // 2**20
                problem = (
                    f"the kernel died: {end_of_kernel(process.poll())}. Before this "
                    f"cell it had {before} MiB of the computer's {whole}."
                )
            cells.close()
            place = f"{self.name}, cell {number + 1} (id {cell.id})"
            raise CellFailed(f"{place}: {problem}")

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
