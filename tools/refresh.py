"""Re-execute notebooks in place and bring them into their one normal form.

    python -m tools.refresh                   # every lesson
    python -m tools.refresh 04                # one lesson
    python -m tools.refresh path/to/a.ipynb   # any notebook
    python -m tools.refresh --cells           # execute nothing, write shared cells only
    python -m tools.refresh --check           # execute nothing, change nothing;
                                              # name the notebooks that need it

A cell whose source stands in shared_cells/, ship/ or pad/ is written from there; if
somebody has edited it in place, nothing is written, unless --overwrite asks for it.
Lesson 10's pad is also written as a page, pad/pad.html. Run twice on one machine, the
second run changes no byte.
"""

import argparse
import base64
import io
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image

from tools.course import (
    FIGURES,
    NOTEBOOKS,
    ROOT,
    TAGS,
    lesson_paths,
    write,
    write_notebook,
)
from tools.execution import CellFailed, Execution
from tools.publishing.badges import with_badges
from tools.publishing.pad import PAGE, page, stored_pad
from tools.shared_cells import FILES, PROGRAMS, CannotShare, differences, fill

README = ROOT / "README.md"

CELL_METADATA = ("alt", "figure", "headline", "shared", "slideshow", "tags")
# Cells with these tags are folded, in Jupyter (the first) and in Colab (the second),
# but for a shared cell in the lesson that teaches it: that is tagged `taught`.
FOLDED_TAGS = {"checkpoint", "check", "solution", "drawing", "explained-later", *FILES}
FOLDED_TAGS |= {"guards", "table", "libraries", "pad", *PROGRAMS}
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    # `nbconvert --to script` asks for the extension.
    "language_info": {"file_extension": ".py", "name": "python"},
}
# A palette of 256 colours makes a picture a third as large in bytes. It is used where
# it changes no more than this root mean square, of 255; most pictures have no more
# colours than that. Strict tests allow 2.
PALETTE_LIMIT = 1.25


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


def fold(cell, section):
    """Fold a cell that is not for reading; name a checkpoint after its section.

    Raises NotNormal if another folded cell has no name.
    """
    if "checkpoint" in cell.metadata.tags and not cell.source.startswith("# @title "):
        cell.source = f"# @title Checkpoint: {section}\n{cell.source}"
    if not cell.source.startswith("# @title "):
        raise NotNormal(f"Cell {cell.id} is folded: begin it with `# @title`.")
    cell.metadata.update(FOLDED)


def with_palette(png):
    """Return a drawn picture with a palette, or as few bytes as it takes without one.

    `png` and the answer are base64. A picture that went through here stays as it is.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    if picture.mode != "RGBA":  # Matplotlib's mode, and none of those written here
        return png
    colours = picture.convert("RGB")
    indices = colours.quantize(256, dither=Image.Dither.NONE)
    lost = np.subtract(colours, indices.convert("RGB"), dtype=float)
    buffer = io.BytesIO()
    best = indices if np.sqrt(np.mean(lost**2)) <= PALETTE_LIMIT else colours
    best.save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def normalise_outputs(cell, count):
    """Number the cell's outputs, describe and compress its pictures.

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
            output.data["image/png"] = with_palette(output.data["image/png"])
            look = {"alt": cell.metadata.alt}
            # With the height as well, a narrow page would squash the picture.
            if width := output.metadata.get("image/png", {}).get("width"):
                look["width"] = width
            output.metadata = {"image/png": look}
    cell.execution_count = count


def normalise_cells(nb, name):
    """Bring all but the outputs of `nb`, of this file name, into the normal form.

    Raises NotNormal where that is impossible.
    """
    nb.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    name_cells(nb)
    if nb.cells[0].source.startswith("# "):
        nb.cells[0].source = with_badges(nb.cells[0].source, name)
    section = ""
    for cell in nb.cells:
        kept = {k: cell.metadata[k] for k in CELL_METADATA if k in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        cell.source = cell.source.strip()
        cell.pop("attachments", None)
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            section = cell.source.splitlines()[0].strip("# ")
        tags = set(kept.get("tags", []))
        if unknown := tags - TAGS:
            raise NotNormal(
                f"Cell {cell.id} is tagged `{min(unknown)}`, and no cell can be: tags "
                f"are {', '.join(sorted(TAGS))}."
            )
        if tags & FOLDED_TAGS and "taught" not in tags:
            fold(cell, section)


def normalise(nb, name):
    """Change `nb`, a notebook of this file name, into its normal form.

    Raises NotNormal where that is impossible.
    """
    normalise_cells(nb, name)
    code = (cell for cell in nb.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        normalise_outputs(cell, count)


def pictures(nb):
    """Yield (file name, PNG bytes) for each cell tagged `figure`."""
    for cell in nb.cells:
        if "figure" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    png = base64.b64decode(output.data["image/png"])
                    yield cell.metadata["figure"], png


def refresh(path, figures=FIGURES, execute=True, overwrite=False):
    """Write a notebook's shared cells, execute it, and write it back in normal form.

    Its pictures go to `figures`. Without `execute` its outputs stay what they are.
    Raises CannotShare, CellFailed or NotNormal, and changes no file then.
    """
    nb = nbformat.read(path, as_version=4)
    fill(nb, path.name, overwrite)
    normalise_cells(nb, path.name)
    if execute:
        execution = Execution(nb, path.name, path.parent)
        with execution.kernel():
            execution.run()
    normalise(nb, path.name)
    pad = stored_pad(nb) if path.parent == NOTEBOOKS else None
    html = page(pad) if pad else None
    write_notebook(path, nb)
    if html:
        write(PAGE, html.encode())
    for name, png in pictures(nb):
        write(figures / name, png)


def problems(path):
    """Return a sentence for everything that refreshing a stored notebook would mend."""
    nb = nbformat.read(path, as_version=4)
    try:
        if found := [sentence for _, sentence in differences(nb, path.name)]:
            return found
        normalise(nb, path.name)
    except CannotShare as error:
        return [str(error)]
    except NotNormal as error:
        return [f"{path.name}: {error}"]
    if (nbformat.writes(nb) + "\n").encode() != path.read_bytes():
        return [f"{path.name} is not in normal form: run `make refresh`."]
    return []


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
    parser.add_argument("--cells", action="store_true", help="execute nothing")
    parser.add_argument(
        "--overwrite", action="store_true", help="shared cells edited in place, too"
    )
    parser.add_argument("--figures", type=Path, default=FIGURES, help="picture folder")
    options = parser.parse_args()
    files = [Path(name) for name in options.names if name.endswith(".ipynb")]
    names = [name for name in options.names if not name.endswith(".ipynb")]
    paths = files + (lesson_paths(names) if names or not files else [])
    if options.check:
        found = [sentence for path in paths for sentence in problems(path)]
        if found:
            sys.exit("\n".join(found))
    else:
        for path in paths:
            try:
                refresh(path, options.figures, not options.cells, options.overwrite)
            except (CannotShare, CellFailed, NotNormal) as error:
                sys.exit(f"{error}\n{path.name} is as it was.")
    if not options.names:
        refresh_readme(options.check)


if __name__ == "__main__":
    main()
