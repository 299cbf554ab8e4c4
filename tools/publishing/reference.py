"""Pages made from the lessons' own words: a glossary and a cheat sheet, as Markdown."""

import re
from itertools import pairwise
from typing import NamedTuple

import nbformat

from tools.course import lesson_paths, prose, title_of

# A sentence of fewer words ("This is called ...") is told with the one before it.
SHORT = 7
# Bold words that are no terms: the labels of the template.
LABELS = re.compile(r"(What you'll \w+|Next:)$")


class Term(NamedTuple):
    """A word in bold with the sentence that defines it."""

    name: str
    sentence: str
    lesson: str  # file name without its ending
    heading: str


def slug(heading):
    """Return a heading's anchor, as myst-nb makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def sentences(paragraph):
    """Return a paragraph's sentences, each in one line."""
    return re.split(
        r"(?<=[.!?]) (?=[(`*A-Z])|(?<=[.!?]\)) ", " ".join(paragraph.split())
    )


def defined_in(path):
    """Yield each term that a lesson defines: bold in running text, and only once."""
    everything, heading = prose(nbformat.read(path, as_version=4)), ""
    for paragraph in everything.split("\n\n"):
        if title := re.match(r"#+ (.+)", paragraph):
            heading = title[1]
        if re.match(r"\s*([-*|<]|\d+\.) ", paragraph):
            continue  # names in a list or a table are explained by its other words
        for before, sentence in pairwise(["", *sentences(paragraph)]):
            whole = (
                sentence if len(sentence.split()) >= SHORT else f"{before} {sentence}"
            )
            for name in re.findall(r"\*\*(.+?)\*\*", sentence):
                again = everything.lower().count(f"**{name.lower()}**") > 1
                if not LABELS.match(name) and not again:
                    yield Term(name, whole.strip("() "), path.stem, heading)


def terms():
    """Return every term of the course by its name, each where it is defined first."""
    first = {}
    for path in lesson_paths():
        for term in defined_in(path):
            first.setdefault(term.name.lower(), term)
    return [first[name] for name in sorted(first)]


def glossary():
    """Return the glossary: a line a term, linked to the section that defines it."""
    lines = ["# Glossary", "Each word as the lesson that brings it up explains it."]
    found = terms()
    for before, term in pairwise([None, *found]):
        initial = term.name[0].upper()
        if before is None or before.name[0].upper() != initial:
            lines.append(f"## {initial}")
        place = f"notebooks/{term.lesson}.ipynb#{slug(term.heading)}"
        words = term.sentence.replace("**", "")
        lines.append(f"**{term.name}**: {words} ([lesson {term.lesson[:2]}]({place}))")
    return "\n\n".join(lines) + "\n"


def cheat_sheet():
    """Return the summaries of all lessons on one page."""
    parts = ["# Cheat sheet"]
    for path in lesson_paths():
        nb = nbformat.read(path, as_version=4)
        summary = prose(nb).split("## Summary\n")[1].strip()
        points = re.split(r"\n\n(?!- )", summary)[0]
        parts += [f"## [{title_of(nb)}](notebooks/{path.name})", points]
    return "\n\n".join(parts) + "\n"
