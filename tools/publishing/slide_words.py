"""Which words of a lesson stand on its slides; the others are for the speaker.

A slide is read while somebody speaks. So of a lesson's prose it shows the first
sentence of each cell, and all that asks the class something; lists keep what each item
says first, as far as there is room, and tables stay whole.
"""

import re

MOST = 60  # words that a cell may put on a slide
# A sentence ends where a stop is followed by a space, outside of code and brackets;
# what an item of a list says first ends at a semicolon, too.
INSIDE = r"(?:`[^`]*`|\([^()]*\)|[^`(]|[`(])+?"
SENTENCE = re.compile(INSIDE + r"[.!?][*\"]*(?=\s|$)")
CLAUSE = re.compile(INSIDE + r"(?=[.;][*\"]*(?:\s|$))")
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


def clause(item):
    """Return what an item of a list says first, with the mark before it."""
    mark, _, text = " ".join(item.split()).partition(" ")
    match = CLAUSE.match(text)
    said = match[0] if match and match[0].count("**") % 2 == 0 else first(text)
    return f"{mark} {said}"


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
    lines, begun = [], False
    blocks = re.split(r"\n\s*\n", source.strip())
    for number, block in enumerate(blocks, start=1):
        if block.startswith("#"):
            heading, _, block = block.partition("\n")
            lines.append(heading)
        if not block or re.fullmatch(r"\*About \d+ minutes.*\*", block, re.S):
            continue
        if is_table(block):
            lines.append(block)
        elif re.match(r"[-*] |\d+\. ", block):
            items = re.split(r"\n(?=[-*] |\d+\. )", block)
            more = MOST // 4 * (number < len(blocks))  # room for what follows
            room = MOST - len(" ".join(lines).split()) - more
            lines.append("\n".join(within(room, map(clause, items))))
        else:
            said = sentences(block)
            kept = [s for s in said[begun:] if s.endswith("?")]
            lines.append(
                " ".join(kept if begun else [said[0], *kept[said[0].endswith("?") :]])
            )
            begun = True
    return "\n\n".join(line for line in lines if line)


def exercises(cells):
    """Return the list of a lesson's exercises, with what the short ones ask first."""
    items, wanted = [], False
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            heading, _, task = cell.source.partition("\n")
            if heading.startswith("## "):
                wanted = heading == "## Exercises"
            elif wanted:
                asked = first(task)
                short = f" {asked}" if len(asked.split()) <= MOST // 4 else ""
                items.append(f"- **{heading.lstrip('# ')}**{short}")
    return "\n".join(items)


def questions(cells):
    """Return the list of a lesson's questions, and the text with their answers."""
    (recall,) = (cell.source for cell in cells if cell.source.startswith("## Recall"))
    items = [f"{i}. {text}" for i, text in enumerate(QUESTION.findall(recall), start=1)]
    answers = re.sub(r"</?(details|summary|code)>", "", recall.partition("\n")[2])
    return "\n".join(within(MOST, items)), answers.strip()
