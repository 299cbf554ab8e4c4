"""Every number in the text is printed or asserted by a cell near it.

A claim is a percentage, a decimal, or an integer above 20, in a lesson's prose, in a
picture's description, in a note for the speaker, or in the README. A cell supports it
if it prints a number that rounds to it, or holds one in an `assert`. In a lesson's
body that cell stands in the same section. From further away, only asserts and the
headline count: so for a lesson's title, exercises, recall and summary, for a lesson
named in another, and for the README. In the exercises, a number may also stand in the
code that checks or solves them: it is part of the task.
"""

import ast
import functools
import re
from typing import NamedTuple

import nbformat
import pytest

from notebooks import LESSONS, code_cells, name, printed, read, tags
from tools.course import EXERCISE_TAGS
from tools.measuring.bands import is_band
from tools.publishing.website import PAGES

# Numbers that need no support, and what they are.
CONSTANTS = {
    28: "rows, and columns, of an image",
    255: "full ink",
    784: "pixels of an image",
}
# What holds digits and claims nothing.
NOT_CLAIMS = {
    r"\]\(.*?\)": "where a link leads",
    r"\b\d+(-\d+){2,}\b": "a network's name",
    r"\b\d\d-[\w-]+\.ipynb\b": "a lesson's file",
    r"\*About \d+ minutes to read.*\*": "another test compares it with the README",
    r", \d+ minutes$": "a plan, which another test adds up",
    r"CC BY-SA 3\.0": "the name of a licence",
    r"\bIn 2021\b|\(2021\)": "the year of a publication",
    r"x86-64|AVX-512|SHA-256": "names of processors and of a digest",
    r"plants \d+ faults": "another test counts them",
    r"Python 3\.11, 3\.12 or 3\.13": "versions, which CI runs",
}
# Printed tables so long that some number in them fits almost any claim.
LONG_TABLES = {"one-image-as-a-picture-and-as-numbers-4", "precision-recall-and-f1-4"}

PERCENT = r" ?%| per ?cent\b| (?:in|of) 100\b"
NUMBER = (
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?!\w)"  # 48,000 or 0.16
    rf"({PERCENT}|(?= to [\d.]+(?:{PERCENT})))?"  # in "97 to 99 %" both are per cent
)


class Number(NamedTuple):
    """A number in a text; what rounds to it lies within `tolerance` of `value`."""

    written: str
    value: float
    tolerance: float
    context: str


def numbers(text):
    """Yield each number of a text; percentages are shares of 1."""
    for match in re.finditer(NUMBER, text):
        whole, decimals, percent = match.groups()
        scale = 1 if percent is None else 100
        value = float(whole.replace(",", "") + (decimals or ""))
        tolerance = (0.5 + 1e-9) * 10 ** -len((decimals or ".")[1:])
        around = text[max(match.start() - 30, 0) : match.end() + 30]
        context = " ".join(around.split())
        yield Number(match.group(), value / scale, tolerance / scale, context)


def claims(text, code=""):
    """Return a text's claims; a code span that stands in `code` makes none."""
    text = re.sub(r"`(.+?)`", lambda span: "" if span[1] in code else span[1], text)
    for pattern in NOT_CLAIMS:
        text = re.sub(pattern, "", text, flags=re.MULTILINE)
    return [
        number
        for number in numbers(text)
        if number.value not in CONSTANTS
        and (number.value > 20 or number.tolerance < 0.1)
    ]


@functools.cache
def asserted(source):
    """Return the tests of the code's asserts, without bands and without tolerances."""
    tests = [
        ast.unparse(node.test)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert) and not is_band(node)
    ]
    return re.sub(r"\w+=[^,)]+", "", "\n".join(tests))


def constants(cell):
    """Return the numbers in the code of an exercise, its check and its solution."""
    if not EXERCISE_TAGS & set(tags(cell)):
        return []
    values = (getattr(node, "value", None) for node in ast.walk(ast.parse(cell.source)))
    return [value for value in values if isinstance(value, int | float)]


def shown(cell):
    """Return what a cell prints or displays as text, without colours."""
    displayed = [
        output.data["text/plain"]
        for output in cell.outputs
        if "data" in output and "image/png" not in output.data
    ]
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join([printed([cell]), *displayed]))


def evidence(cells, nearby):
    """Return the numbers that cells assert, and if they are nearby, all they print.

    Of what cells print far from a claim, only the lesson's headline counts.
    """
    texts = []
    for cell in cells:
        if cell.cell_type == "code":
            texts.append(asserted(cell.source))
            if "headline" in cell.metadata or (nearby and cell.id not in LONG_TABLES):
                texts.append(shown(cell))
    return [number.value for number in numbers("\n".join(texts))]


def sections(nb):
    """Return a notebook's cells, one list for each heading of level 1 or 2."""
    parts = []
    for cell in nb.cells:
        if cell.cell_type == "markdown" and re.match("##? ", cell.source):
            parts.append([])
        parts[-1].append(cell)
    return parts


def lesson_claims(path):
    """Yield each claim of a lesson with the numbers that may support it."""
    nb = read(path)
    code = "\n".join(cell.source for cell in code_cells(nb))
    for cells in sections(nb):
        speaks_of_all = re.match("# |## (Exercises|Recall|Summary)", cells[0].source)
        own = evidence(nb.cells, False) if speaks_of_all else evidence(cells, True)
        own = sum(map(constants, cells), own)
        for cell in cells:
            is_text = cell.cell_type == "markdown"
            text = cell.source if is_text else cell.metadata.get("alt", "")
            notes = cell.metadata.get("slideshow", {}).get("notes", "")
            for paragraph in [*text.split("\n\n"), notes]:
                named = re.findall(r"\blesson (\d\d)", paragraph)
                leans_on = [other for other in LESSONS if other.name[:2] in named]
                others = [evidence(read(other).cells, False) for other in leans_on]
                for claim in claims(paragraph, code):
                    yield claim, sum(others, own)


def is_supported(claim, support):
    """Say whether a number in `support` rounds to the claim."""
    return any(abs(number - claim.value) <= claim.tolerance for number in support)


def unsupported(who, pairs):
    """Return a sentence about each claim that nothing supports."""
    return [
        f"{who} says '{claim.written}' in '...{claim.context}...', "
        "but no cell nearby prints or asserts it"
        for claim, support in pairs
        if not is_supported(claim, support)
    ]


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_numbers_of_a_lesson_are_printed_or_asserted(path):
    found = unsupported(path.stem, lesson_claims(path))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", ["index", "INSTRUCTORS", "docs/results", "docs/data"])
def test_numbers_of_a_page_are_asserted_or_in_a_headline(page):
    text = PAGES[page].read_text(encoding="utf-8")
    # Other tests compare tables, and descriptions of pictures, with the lessons.
    for pattern in r"^```.*?^```$", r"^\|.*?$", r"^!\[.*?\)$":
        text = re.sub(pattern, "", text, flags=re.MULTILINE | re.DOTALL)
    support = evidence((cell for path in LESSONS for cell in read(path).cells), False)
    found = unsupported(page, [(claim, support) for claim in claims(text)])
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "fits", "fails"),
    [
        ("about 98 % of them", 0.979, 0.974),
        ("97.9 per cent", 0.979, 0.978),
        ("falls to 0.16", 0.164, 0.166),
        ("(48,000 images)", 48_000, 48_001),
    ],
)
def test_a_claim_is_supported_by_what_rounds_to_it(text, fits, fails):
    (claim,) = claims(text)
    assert is_supported(claim, [fits])
    assert not is_supported(claim, [fails])


def test_a_wrong_number_is_named(tmp_path):
    nb = read(LESSONS[0])
    for cell in nb.cells:
        cell.source = cell.source.replace("from 5,421 fives", "from 5,422 fives")
    nbformat.write(nb, tmp_path / "wrong.ipynb")
    (sentence,) = unsupported("01", lesson_claims(tmp_path / "wrong.ipynb"))
    assert sentence.startswith("01 says '5,422' in '...Nearly balanced: from 5,422")
