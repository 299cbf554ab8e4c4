"""Which words of a lesson stand on its slides; the others are for the speaker.

A slide is read while somebody speaks. So of a lesson's prose it shows the first
sentence of each cell, if that is short the next one, too, and all that asks the class
something or leads on to a list. Lists keep all items, of each what it says first;
tables stay whole. Where that is not what the class has to read, the cell names its
sentences itself (`says`, see slides.py).
"""

import ast
import re
from itertools import pairwise

MOST = 60  # words that a cell may put on a slide, not counting headings and tables
SHORT = 8  # words of a sentence that says little by itself, "It takes a test.", ...
PAIR = 35  # ... and of it and the next one together
# A sentence ends where a stop is followed by a space, outside of code and brackets;
# what an item of a list says first ends at a semicolon, too.
INSIDE = r"(?>`[^`]*`|\([^()]*\)|[^`(]|[`(])+?"
SENTENCE = re.compile(INSIDE + r"[.!?][*\"]*(?=\s|$)")
CLAUSE = re.compile(INSIDE + r"(?:[?][*\"]*(?=\s|$)|(?=[.;][*\"]*(?:\s|$)))")
# Where there is no room for that, it ends before another clause or a bracket, unless it
# is a name; and if need be at any comma, but not before the fourth word.
NAME = r"(?:\w+ )?(\*+)[^*]+\1(?=[,:]|$)|"
LEAD = re.compile(NAME + INSIDE + r"(?=[:;.](?:\s|$)| \(|, (?:and|but|so|wh\w+) )")
LEAST = re.compile(NAME + r"(?:\S+ ){3}" + INSIDE + r"(?=[:;,.](?:\s|$))")
QUESTION = re.compile(r"<summary>\d+\. (.+?)</summary>", re.S)


def sentences(text):
    """Return the sentences of a paragraph, the last one whether it ends or not."""
    text = " ".join(text.split())
    found, place = [], 0
    while place < len(text):
        match = SENTENCE.match(text, place)
        end = match.end() if match else len(text)
        found.append(text[place:end].strip())
        place = end
    return [sentence for sentence in found if sentence]


def first(text):
    """Return the first sentence of a text."""
    return sentences(text)[0]


def opening(pattern, item):
    """Return what an item of a list says first, up to a pattern's end, and its mark."""
    mark, _, text = " ".join(item.split()).partition(" ")
    match = pattern.match(text)
    said = match[0] if match and match[0].count("**") % 2 == 0 else first(text)
    return f"{mark} {said}"


def count(texts):
    """Return how many words some texts have together."""
    return sum(len(text.split()) for text in texts)


def items_within(most, items):
    """Return the items of a list in at most so many words, or else none of them.

    Half of a list would say something else. Each item keeps its first clause if there
    is room; if not, those are cut further, one by one, where that saves most.
    """
    kept = [opening(CLAUSE, item) for item in items]
    for end in LEAD, LEAST:
        cut = [opening(end, item) for item in items]
        saved = [count([k]) - count([c]) for k, c in zip(kept, cut, strict=True)]
        for place in sorted(range(len(items)), key=saved.__getitem__, reverse=True):
            if count(kept) > most and saved[place] > 0:
                kept[place] = cut[place]
    return kept if count(kept) <= most else []


def of_paragraph(block, begun, leads_on):
    """Return what is shown of a paragraph.

    begun: whether one stands above it; leads_on: whether a list stands below it, to
    which its last sentence belongs.
    """
    said = sentences(block)
    kept = 0 if begun else 1
    if not begun and len(said[0].split()) < SHORT and not said[0].endswith("?"):
        kept += count(said[:2]) <= PAIR
    asked = [s for s in said[kept:-1] if s.endswith("?")]
    last = said[max(kept, len(said) - 1) :]
    if not (leads_on or block.endswith("?")):
        last = []
    return " ".join(said[:kept] + asked + last)


def is_list(block):
    """Say whether a block of Markdown is a list."""
    return re.match(r"[-*] |\d+\. ", block)


def within(most, items):
    """Return the first of some texts that have at most so many words together."""
    kept = []
    for item in items:
        most -= len(item.split())
        if most < 0:
            break
        kept.append(item)
    return kept


def is_table(block):
    """Say whether a block of Markdown is a table, a formula or a picture."""
    return block.startswith(("|", "$$", "!["))


def shown(source):
    """Return what a slide shows of a Markdown cell."""
    for end in "**Read on:**", "**Next:**", "<details>":
        source = source.partition(end)[0]
    heading = re.match(r"#.*\n*|", source)[0]
    blocks = [b for b in re.split(r"\n\s*\n", source[len(heading) :].strip()) if b]
    lines, lists, begun = [], {}, False
    for block, below in pairwise([*blocks, ""]):
        if re.fullmatch(r"\*About \d+ minutes.*\*", block, re.S):
            continue
        if is_table(block):
            lines.append(block)
        elif is_list(block):
            lists[len(lines)] = re.split(r"\n(?=[-*] |\d+\. )", block)
            lines.append("")
        else:
            unended = not re.search(r"[.!?:][*\")]*$", block)
            lines.append(of_paragraph(block, begun, is_list(below) or unended))
            begun = True
    for place, items in lists.items():
        room = MOST - count(line for line in lines if not is_table(line))
        lines[place] = "\n".join(items_within(room, items))
    return "\n\n".join(line for line in (heading.strip(), *lines) if line)


def asked_in(task, stub):
    """Return in a sentence what an exercise asks for, or "" if nothing says it so.

    That is what the answer's docstring says it returns, or else the task's first
    question. stub: the source of the cell in which the answer is to be written.
    """
    functions = [n for n in ast.parse(stub).body if isinstance(n, ast.FunctionDef)]
    told = ast.get_docstring(functions[0]) if functions else None
    if told:
        return " ".join(told.partition("\n\n")[0].split())
    return next((s for s in sentences(task) if s.endswith("?")), "")


def tasks(cells):
    """Return (heading, task, stub) of each exercise of a lesson."""
    headings, stubs, wanted = [], [], False
    for cell in cells:
        if "exercise" in cell.metadata.get("tags", []):
            stubs.append(cell.source)
        elif cell.cell_type == "markdown" and cell.source.startswith("#"):
            heading, _, task = cell.source.partition("\n")
            if heading.startswith("## "):
                wanted = heading == "## Exercises"
            elif wanted:
                headings.append((heading.lstrip("# "), task.strip()))
    return [(*said, stub) for said, stub in zip(headings, stubs, strict=True)]


def exercises(cells):
    """Return the list of a lesson's exercises, each with what it asks for if it fits.

    The first to go without is the warm-up, whose heading says most.
    """
    found = tasks(cells)
    items = [f"- **{heading}**" for heading, *_ in found]
    for place in [*range(1, len(items)), 0]:
        asked = asked_in(*found[place][1:])
        if count([*items, asked]) <= MOST:
            items[place] = f"{items[place]} {asked}".strip()
    return "\n".join(items)


def questions(cells):
    """Return the list of a lesson's questions, and the text with their answers."""
    (recall,) = (cell.source for cell in cells if cell.source.startswith("## Recall"))
    items = [f"{i}. {text}" for i, text in enumerate(QUESTION.findall(recall), start=1)]
    answers = re.sub(r"</?(details|summary|code)>", "", recall.partition("\n")[2])
    return "\n".join(within(MOST, items)), answers.strip()
