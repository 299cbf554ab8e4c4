"""Re-execute notebooks in place and bring them into their one normal form.

    python -m tools.refresh                   # every lesson
    python -m tools.refresh 04                # one lesson
    python -m tools.refresh path/to/a.ipynb   # any notebook
    python -m tools.refresh --check           # execute nothing, change nothing;
                                              # name the notebooks that need it

Run twice on one machine, the second run changes no byte.
"""

import argparse
import base64
import re
import sys
from pathlib import Path

import nbformat

from tools.course import FIGURES, ROOT, lesson_paths, write
from tools.execution import CellFailed, Execution
from tools.publishing.badges import with_badges

README = ROOT / "README.md"

CELL_METADATA = ("alt", "figure", "headline", "slideshow", "tags")
# Cells with these tags are folded, in Jupyter (the first) and in Colab (the second).
FOLDED_TAGS = {"checker", "check", "solution", "table", "pad"}
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


class NotNormal(Exception):
    """A notebook cannot be normalised; the message says which cell and why."""


def name_cells(nb):
    """Give a readable id to each cell whose id is random, missing or taken.

    The id is the heading above the cell and a number: `scale-the-pixels-2`. An id
    that reads well already stays, so that inserting a cell renames no other.
    """
    taken, section = set(), "start"
    for cell in nb.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            heading = cell.source.splitlines()[0].lower()
            section = re.sub(r"[^a-z0-9]+", "-", heading).strip("-")[:48].strip("-")
        name = cell.get("id", "")
        if name in taken or not re.fullmatch(r"[a-z0-9-]*-[0-9]+", name):
            numbers = range(1, len(nb.cells) + 1)
            others = taken | {other.get("id") for other in nb.cells}
            name = next(
                f"{section}-{n}" for n in numbers if f"{section}-{n}" not in others
            )
        taken.add(name)
        cell["id"] = name


def normalise_outputs(cell, count):
    """Number the cell's outputs, describe its pictures.

    Raises NotNormal if the cell wrote to stderr or drew a picture without `alt`.
    """
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise NotNormal(f"Cell {cell.id} writes to stderr: {output.text[:200]}")
        if "execution_count" in output:
            output.execution_count = count
        if "image/png" in output.get("data", {}):
            if not cell.metadata.get("alt"):
                raise NotNormal(f"Cell {cell.id} draws a picture: describe it in `alt`")
            output.metadata = {"image/png": {"alt": cell.metadata.alt}}
    cell.execution_count = count


def normalise(nb, name):
    """Change `nb`, a notebook of this file name, into its normal form.

    Raises NotNormal where that is impossible.
    """
    nb.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    name_cells(nb)
    if nb.cells[0].source.startswith("# "):
        nb.cells[0].source = with_badges(nb.cells[0].source, name)
    count = 0
    for cell in nb.cells:
        kept = {k: cell.metadata[k] for k in CELL_METADATA if k in cell.metadata}
        if FOLDED_TAGS & set(kept.get("tags", [])):
            kept |= FOLDED
        cell.metadata = nbformat.from_dict(kept)
        cell.source = cell.source.strip()
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            count += 1
            normalise_outputs(cell, count)


def pictures(nb):
    """Yield (file name, PNG bytes) for each cell tagged `figure`."""
    for cell in nb.cells:
        if "figure" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    png = base64.b64decode(output.data["image/png"])
                    yield cell.metadata["figure"], png


def refresh(path, figures=FIGURES):
    """Execute one notebook and write it, and its pictures, back in normal form."""
    nb = nbformat.read(path, as_version=4)
    execution = Execution(nb, path.name, path.parent)
    with execution.kernel():
        execution.run()
    normalise(nb, path.name)
    write(path, (nbformat.writes(nb) + "\n").encode())
    for name, png in pictures(nb):
        write(figures / name, png)


def is_normal(path):
    """Return whether normalising the stored notebook would leave every byte alone."""
    nb = nbformat.read(path, as_version=4)
    normalise(nb, path.name)
    return (nbformat.writes(nb) + "\n").encode() == path.read_bytes()


def refresh_readme(check):
    """Give the README its badges, or say with `check` that it lacks them."""
    text = README.read_text(encoding="utf-8")
    wanted = with_badges(text, lesson_paths()[0].name)
    if check and text != wanted:
        sys.exit("README.md has other badges than it should: run make refresh.")
    if text != wanted:
        write(README, wanted.encode())


def main():
    """Refresh or check the named notebooks, or all; exit with a sentence if not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="LESSON or PATH")
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="picture folder")
    options = parser.parse_args()
    files = [Path(name) for name in options.names if name.endswith(".ipynb")]
    names = [name for name in options.names if not name.endswith(".ipynb")]
    paths = files + (lesson_paths(names) if names or not files else [])
    for path in paths:
        try:
            if not options.check:
                refresh(path, options.figures)
            elif not is_normal(path):
                sys.exit(f"{path.name} is not in normal form: run make refresh.")
        except (CellFailed, NotNormal) as error:
            sys.exit(f"{error}\n{path.name} is as it was.")
    if not options.names:
        refresh_readme(options.check)


if __name__ == "__main__":
    main()
