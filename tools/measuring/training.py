"""Train outside a notebook: what the measuring programs share."""

import os

import nbformat
import psutil

from tools.course import NOTEBOOKS

REFERENCE = NOTEBOOKS / "05-judge-the-network.ipynb"
PREPARATION = (
    "setup",
    "imports",
    "parameters",
    "recap-data",
    "recap-vectors",
    "recap-model",
)
KERNEL_MEMORY = 1.5 * 2**30  # bytes that one lesson takes at its peak, and some air
# The setup cell's lines that decide the order in which numbers are added up. The last
# two forget what the environment asks for.
PINS = (
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTRAOP_THREADS",
    "for wish in ",
    "del os.environ[wish]",
)


def reference_sources():
    """Return ([sources of the cells before training], source of `recap-train`).

    The first source is the set-up cell that pins the numerics. All together train the
    reference recipe outside a notebook, with NOTEBOOKS as the working directory.
    """
    cells = nbformat.read(REFERENCE, as_version=4).cells
    sources = {tag: [] for tag in (*PREPARATION, "recap-train")}
    for cell in cells:
        for tag in sources.keys() & set(cell.metadata.get("tags", [])):
            sources[tag].append(cell.source)
    preparation = [source for tag in PREPARATION for source in sources[tag]]
    return preparation, "\n".join(sources["recap-train"])


def unpin(source):
    """Return the setup cell's source without the pins. Raises ValueError if one lacks.

    What the environment asks for then counts.
    """
    lines = source.splitlines()
    left = [line for line in lines if not line.strip().startswith(PINS)]
    if len(lines) - len(left) != len(PINS):
        raise ValueError(f"the setup cell does not pin {', '.join(PINS)}")
    return "\n".join(left)


def workers():
    """Return how many kernels to run at a time: one a core, as memory allows."""
    memory = psutil.virtual_memory().available // KERNEL_MEMORY
    return int(max(1, min(os.cpu_count(), memory)))
