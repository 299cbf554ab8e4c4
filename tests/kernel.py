"""nbval's kernel: it can be asked, says that it died, hears descriptors 1 and 2."""

import os
import re
import subprocess
import time
from collections import defaultdict
from queue import Empty

import nbval.plugin as nbval
from nbformat import NotebookNode
from nbval.kernel import start_new_kernel

from tools.execution import CELL_TIMEOUT, KERNEL_TIMEOUT, end_of_kernel

# Keeps the figures that each cell displays, though the inline backend closes them:
# `get_ipython().figures` is {source of a cell: [figure]}.
KEEP_FIGURES = """
def keep(shell):
    import sys
    shell.figures, source, ready = {}, [""], []
    def before(info):
        source[0] = info.raw_cell
    def after(result):
        if "matplotlib.pyplot" in sys.modules and not ready:
            from matplotlib_inline import backend_inline
            shown = backend_inline.display
            def display(figure, **options):
                shell.figures.setdefault(source[0], []).append(figure)
                shown(figure, **options)
            backend_inline.display = display
            ready.append(True)
    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
keep(get_ipython())
del keep
"""
# Text that comes behind all that was written to the descriptors before. (Where
# ipykernel does not watch descriptors, on Windows, it goes to the streams.)
END = "\0all is said\0"
SAY_END = f"""
import os, sys, time
for number, stream in (1, sys.stdout), (2, sys.stderr):
    if os.name == "posix":
        os.write(number, {END.encode()!r})
    else:
        stream.write({END!r})
time.sleep(0.002)  # lets the thread that reads the descriptors run
"""


class KernelDied(Exception):
    """A kernel ended by itself."""


class CellFailed(Exception):
    """A cell raised an error: `name` is that of its class, `value` its text."""

    def __init__(self, name, value):
        super().__init__(f"{name}: {value}")
        self.name, self.value = name, value


def apart(source):
    """Return code that leaves no name of its own behind in the kernel."""
    return f"exec({source!r}, {{'get_ipython': get_ipython}})"


class Kernel(nbval.RunningKernel):
    """nbval's kernel, with what the tests of an executed lesson need of it.

    `late` is {name of a stream: text} of what was written behind the end of a cell.
    """

    cell_timeout = CELL_TIMEOUT
    may_say = "(?!)"  # a pattern: what of stderr counts for nothing

    def __init__(self, kernel_name, cwd=None, startup_timeout=KERNEL_TIMEOUT):
        self.request, self.late = None, defaultdict(str)
        # ipykernel hears no descriptors below pytest, which it knows by this variable.
        environment = dict(os.environ)
        environment.pop("PYTEST_CURRENT_TEST", None)
        self.km, self.kc = start_new_kernel(
            startup_timeout,
            kernel_name,
            cwd=cwd,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._ensure_iopub_up()
        self.run(KEEP_FIGURES)

    def ensure_alive(self):
        """Raise KernelDied, with the cause as far as it is known, if it is dead."""
        if self.is_alive():
            return
        process = getattr(self, "km", None) and self.km.provisioner.process
        cause = end_of_kernel(process.returncode if process else None)
        raise KernelDied(f"The kernel died: {cause}.")

    def get_message(self, stream, timeout=None):
        """Wait for a message as long as the kernel lives, at most `timeout` seconds."""
        end = time.monotonic() + (10**9 if timeout is None else timeout)
        while True:
            left = max(0.0, end - time.monotonic())
            try:
                message = super().get_message(stream, timeout=min(left, 1))
            except Empty:
                self.ensure_alive()
                if left == 0:
                    raise
                continue
            content, is_text = message["content"], message["msg_type"] == "stream"
            if is_text and content["name"] == "stderr":
                content["text"] = re.sub(self.may_say, "", content["text"])
                if not content["text"]:
                    continue
            of_cell = message["parent_header"].get("msg_id") == self.request
            if is_text and not of_cell:
                self.late[content["name"]] += content["text"]
            return message

    def execute_cell_input(self, *args, **options):
        """Send code; remember whose output is expected now."""
        self.request = super().execute_cell_input(*args, **options)
        return self.request

    def settle(self):
        """Wait until all that was written has come: what no cell has got is in `late`.

        Raises KernelDied, or queue.Empty if the kernel does not answer.
        """
        self.request, idle = None, False
        request = self.kc.execute(
            apart(SAY_END), silent=True, store_history=False, allow_stdin=False
        )
        while not idle or any(END not in self.late[s] for s in ("stdout", "stderr")):
            message = self.get_message("iopub", KERNEL_TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                idle = idle or message["content"].get("execution_state") == "idle"
        for name, text in self.late.items():
            self.late[name] = text.replace(END, "")

    def run(self, source, watch=lambda text: None):
        """Run code; return its outputs. Each text is given to `watch` when it comes.

        Raises CellFailed or KernelDied.
        """
        request, outputs, error = self.execute_cell_input(source, False), [], None
        end = time.monotonic() + self.cell_timeout
        while True:
            try:
                left = max(0.0, end - time.monotonic()) if not error else KERNEL_TIMEOUT
                message = self.get_message("iopub", left)
            except Empty:
                if error:
                    raise CellFailed(*error) from None
                error = "Timeout", f"it still ran after {self.cell_timeout:g} seconds"
                self.interrupt()
                continue
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            if kind == "error":
                error = error or (content["ename"], content["evalue"])
            elif kind in ("stream", "display_data", "execute_result"):
                outputs.append(NotebookNode(output_type=kind, **content))
                watch(content.get("text", ""))
            elif kind == "status" and content["execution_state"] == "idle":
                break
        if error:
            raise CellFailed(*error)
        return nbval.coalesce_streams(outputs)

    def ask(self, source):
        """Run code; return what it prints. Raises as `run`."""
        outputs = self.run(source)
        return "".join(
            output.text for output in outputs if output.get("name") == "stdout"
        ).strip()
