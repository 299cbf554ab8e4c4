"""Write the cells whose source stands in files: shared cells, programs and the pad.

A cell's tag says where its source is: in a file of shared_cells/ if the cell stands in
several lessons, in one of ship/ for lesson 14's programs, in those of pad/ for lesson
10's pad. The digest of what was written
stays in the cell's metadata, under `shared`, so that a cell which somebody has edited
in place is recognised and not overwritten.
"""

import hashlib
import re

from nbformat.v4 import new_code_cell

from tools.course import ROOT

FOLDER = ROOT / "shared_cells"
PAD = ROOT / "pad"
SHIP = ROOT / "ship"
FILES = {
    "setup": "setup.py",
    "names": "explain_names.py",
    "recap-data": "load_mnist.py",
    "recap-vectors": "vectors.py",
    "recap-model": "build_model.py",
    "recap-train": "train.py",
    "recap-runs": "stored_runs.py",
    "weights": "load_weights.py",
    "checker": "checker.py",
    "checker-compare": "checker_compare.py",
    "checker-tell": "checker_tell.py",
}
# Programs that lesson 14 hands on as they are: file, and the cell's name for its text.
PROGRAMS = {
    "c-reader": ("reader.c", "READER"),
    "service": ("service.py", "SERVICE"),
    "dockerfile": ("Dockerfile", "DOCKERFILE"),
}
# The pad's program, in this order: what is used comes before what uses it.
PROGRAM = (
    "tools",
    "parts",
    "ink",
    "preparation",
    "network",
    "known",
    "unlike",
    "sheet",
    "strip",
    "answer",
    "inside",
    "lens",
    "photo",
    "challenge",
    "pad",
)
# A notebook spends bytes on what is there for readers of the files.
READERS_ONLY = re.compile(r"^ *//.*\n|^\n|^ +", re.MULTILINE)
NO_MODULE = re.compile(r"^import [^;]+;\n|^export ", re.MULTILINE)
# A lesson has these names from the cells above.
FROM_CELLS_ABOVE = re.compile(r"^from shared_cells\.\w+ import .+\n\n?", re.MULTILINE)


class CannotShare(Exception):
    """A shared cell cannot be written; the message says which, and what to do."""


def text_of(folder, name):
    """Return the text of a file. Raises CannotShare if there is none."""
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CannotShare(f"{folder.name}/{name} is missing.") from None


def put_in(name, place, text):
    """Return a file of the pad with a text in its place, such as __PARTS__.

    Raises CannotShare if the file is missing, or has no such place.
    """
    before, found, after = text_of(PAD, name).partition(place)
    if not found:
        raise CannotShare(f"pad/{name} has no {place.strip()}, a place for more text.")
    return before + text + after


def program():
    """Return the pad's program: its files, in order, as the page runs it.

    They are modules for whoever reads them, and one function for the page.
    """
    texts = (text_of(PAD, f"{name}.js") for name in PROGRAM)
    bare = (READERS_ONLY.sub("", NO_MODULE.sub("", text)) for text in texts)
    return "\n".join(text.strip() + "\n" for text in bare)


def pad():
    """Return the source of the cell with the pad, made of its files.

    Its look and its parts stand in one line: a notebook spends bytes on each line.
    """
    look, parts = (
        " ".join(text_of(PAD, n).split()) for n in ("look.css", "parts.html")
    )
    before, place, after = program().partition("__PARTS__")
    if not place:
        raise CannotShare("pad/pad.js has no __PARTS__, a place for more text.")
    text = f"{before}`<style>{look}</style>{parts}`{after}"
    html = put_in("cell.html", "  __PROGRAM__;\n", text)
    title = "# @title The pad: a page with a program in it"
    return f'{title}\nPAD = r"""\n{html}"""  # noqa: E501'


def handed_on(tag):
    """Return the source of a cell that holds the text of one of PROGRAMS."""
    file, name = PROGRAMS[tag]
    text = text_of(SHIP, file)
    quotes = "'''" if '"""' in text else '"""'
    return f"# @title {name}, as a text: {file}\n{name} = r{quotes}{text}{quotes}"


def source_of(tag):
    """Return the source of the cell with this tag. Raises CannotShare if it lacks."""
    if tag == "pad":
        return pad()
    if tag in PROGRAMS:
        return handed_on(tag)
    return FROM_CELLS_ABOVE.sub("", text_of(FOLDER, FILES[tag])).strip()


def place_of(tag):
    """Return where the source of the cells with this tag stands, for messages."""
    if tag in PROGRAMS:
        return f"ship/{PROGRAMS[tag][0]}"
    return "the files in pad/" if tag == "pad" else f"shared_cells/{FILES[tag]}"


def digest(source):
    """Return the digest of a cell's source that its metadata keep."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def shared(nb, name):
    """Yield (tag, cell) for each shared cell of a notebook of this name.

    Raises CannotShare if two cells ask for the same file.
    """
    found = {}
    for cell in nb.cells:
        for tag in {"pad", *PROGRAMS, *FILES} & set(cell.metadata.get("tags", [])):
            if tag in found:
                raise CannotShare(
                    f"{name}, cells {found[tag].id} and {cell.id}: both are tagged "
                    f"`{tag}`, so both would be {place_of(tag)}."
                )
            found[tag] = cell
            yield tag, cell


def is_edited(cell):
    """Say whether a cell holds something that was not written from its file."""
    return bool(cell.source) and cell.metadata.get("shared") != digest(cell.source)


def differences(nb, name):
    """Yield (cell, a sentence) for each shared cell that is not what its file says."""
    for tag, cell in shared(nb, name):
        if cell.source != source_of(tag):
            remedy = "run `python -m tools.refresh --cells`."
            if is_edited(cell):
                remedy = (
                    "what you changed in the cell belongs there; then run "
                    "`python -m tools.refresh --cells --overwrite`."
                )
            place = place_of(tag)
            yield cell, f"{name}, cell {cell.id} differs from {place}: {remedy}"


def fill(nb, name, overwrite=False):
    """Write the shared cells of a notebook of this name from their files.

    Below the set-up, the cell that explains names is inserted if it is not there.
    Raises CannotShare, and writes none, if one was edited in place, unless `overwrite`.
    """
    for cell, sentence in differences(nb, name):
        if is_edited(cell) and not overwrite:
            raise CannotShare(sentence)
    found = dict(shared(nb, name))
    if "setup" in found and "names" not in found:
        place = nb.cells.index(found["setup"]) + 1
        nb.cells.insert(place, new_code_cell(metadata={"tags": ["names"]}))
    for tag, cell in shared(nb, name):
        cell.source = source_of(tag)
        cell.metadata["shared"] = digest(cell.source)
