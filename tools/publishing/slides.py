"""Make slides from the lessons' own cells: build/slides/index.html, without a network.

    python -m tools.publishing.slides

The cells' metadata `slideshow` says what is shown; a cell without it is not:

    slide_type  `slide` starts a slide, `-` continues it, `fragment` waits for a click,
                `notes` is for the speaker only; of other prose, slide_words.py picks
                what is shown, and the speaker has all of it
    title       of a slide whose first cell does not begin with a heading
    notes       on a cell that starts a slide: more for the speaker, for example what to
                ask before the answer appears
    says        the sentences of a cell of prose that are shown, where slide_words.py
                would pick others that make no sense by themselves
    show        words: `code` or `output` shows only that; `right`, `beside`, `low` and
                `small` are explained by tools/publishing/deck/deck.css

What code prints or draws waits for a click, so that there is time to ask; only the
first slide's picture is there at once.
"""

import re
import shutil
from copy import deepcopy
from html import escape
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from traitlets.config import Config

from tools.course import BUILD, lesson_paths, title_of
from tools.publishing import npm
from tools.publishing.badges import without_badges
from tools.publishing.slide_words import exercises, questions, shown, tasks

HERE = Path(__file__).parent
SLIDES = BUILD / "slides"

# Of each package, what a page loads; the rest of MathJax alone is 70 MB.
PACKAGES = {
    "reveal.js": """LICENSE dist/reveal.js dist/reveal.css dist/theme/white.css
        dist/theme/fonts/source-sans-pro plugin/notes/notes.js""",
    "mathjax": """LICENSE MathJax.js config/TeX-AMS_CHTML-full.js config/Safe.js
        extensions/Safe.js fonts/HTML-CSS/TeX/woff jax/output/CommonHTML""",
}

OPTIONS = {
    "template_name": "deck",
    "extra_template_basedirs": [str(HERE)],
    "reveal_url_prefix": "reveal.js",
    "reveal_theme": "deck",
    "reveal_transition": "none",
    "reveal_number": "c/t",
    "reveal_width": "1280",
    "reveal_height": "720",
    "mathjax_url": "mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe",
    "exclude_input_prompt": True,
    "exclude_output_prompt": True,
    "exclude_anchor_links": True,
}
CONFIG = Config(
    NbConvertBase={"display_data_priority": ["image/png", "text/plain"]},
    TagRemovePreprocessor={
        "enabled": True,
        "remove_input_tags": {"output"},
        "remove_all_outputs_tags": {"code"},
    },
)

FOR_WHOM = """All three take about {}, by an estimate. The warm-up is for all, the core
for most, the stretch for those who are quick. In full, with their hints:

"""

INDEX = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Slides</title>
<style>body {{ font: 24px/1.5 sans-serif; max-width: 40em; margin: 2em auto }}</style>
<h1>Slides</h1>
<ol>{items}</ol>
<p>The arrow keys turn the pages, S opens the speaker's notes, F fills the screen. What
code prints or draws comes with a further press, so that you can ask before it
appears.</p>
</html>
"""


def copy_packages():
    """Copy what the pages load from npm's packages."""
    for package, paths in PACKAGES.items():
        installed = npm.folder(package)
        for path in paths.split():
            target = SLIDES / package / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if (installed / path).is_dir():
                shutil.copytree(installed / path, target)
            else:
                shutil.copy(installed / path, target)
    shutil.copy(HERE / "deck" / "deck.css", SLIDES / "reveal.js/dist/theme")
    shutil.copy(HERE / "deck" / "fill.js", SLIDES)


def markdown(source, slide_type, name):
    """Return a markdown cell of a slide."""
    metadata = {"slideshow": {"slide_type": slide_type}, "tags": []}
    return nbformat.v4.new_markdown_cell(source, id=name, metadata=metadata)


def is_heading(cell):
    """Return whether a cell begins with a heading."""
    return cell.cell_type == "markdown" and cell.source.startswith("#")


def of_cell(cell, look):
    """Return the cells of a slide that a lesson's cell becomes, notes among them."""
    cells = []
    if "title" in look:
        cells.append(markdown(f"## {look['title']}", "slide", f"{cell.id}-title"))
        look["slide_type"] = "-"
    cell.metadata["tags"] = look.get("show", [])  # these become classes
    cells.append(cell)
    if "notes" in look:
        cells.append(markdown(look["notes"], "notes", f"{cell.id}-notes"))
    if cell.cell_type == "markdown" and look["slide_type"] != "notes":
        said = re.sub(r"\A#.*\n*", "", cell.source)
        heading = cell.source.removesuffix(said)
        cell.source = heading + look["says"] if "says" in look else shown(cell.source)
        if said:
            cells.append(markdown(said, "notes", f"{cell.id}-said"))
    return cells


def has_picture(cell):
    """Say whether a cell is on a slide, with a picture."""
    on_slide = cell.metadata.get("slideshow", {}).get("slide_type", "skip") != "skip"
    return on_slide and any(
        "image/png" in o.get("data", {}) for o in cell.get("outputs", [])
    )


def for_the_class(nb):
    """Return the two slides of a lesson's exercises and questions, with their notes.

    The questions stand below the lesson's first picture, with which it has begun.
    """
    minutes = re.search(r"about (\d+ minutes) for the exercises", nb.cells[0].source)[1]
    asked, answers = questions(nb.cells)
    told = [f"**{heading}**\n\n{task}" for heading, task, _ in tasks(nb.cells)]
    told = re.sub(r"</?(details|summary)>", "", "\n\n".join(told))
    picture = deepcopy(next(filter(has_picture, nb.cells)))
    picture.id += "-again"
    picture.metadata.update(tags=["output", "low"], slideshow={"slide_type": "-"})
    return [
        markdown(f"## Exercises\n\n{exercises(nb.cells)}", "slide", "exercises-slide"),
        markdown(FOR_WHOM.format(minutes) + told, "notes", "exercises-notes"),
        markdown("## What do you know now?", "slide", "recall-slide"),
        picture,
        markdown(asked, "-", "recall-questions"),
        markdown(answers, "notes", "recall-notes"),
    ]


def let_wait(cells):
    """Let what code prints or draws wait for a click, but for the first slide's."""
    slide = 0
    for cell in cells:
        kind = cell.metadata["slideshow"]["slide_type"]
        slide += kind == "slide"
        known = kind == "fragment" or cell.id.endswith("-again")
        if cell.cell_type == "code" and slide > 1 and not known:
            cell.metadata["tags"] = [*cell.metadata["tags"], "later"]


def deck(nb):
    """Return a notebook of the cells that are shown, with all notes and titles.

    Of the prose it shows what slide_words.py picks; all of it is in the notes. Before
    the summary come the exercises and the questions.
    """
    cells, last = [], for_the_class(nb)
    # The badges' pictures would be asked of the network.
    nb.cells[0].source = without_badges(nb.cells[0].source)
    for cell in nb.cells:
        look = cell.metadata.get("slideshow", {"slide_type": "skip"})
        if cell.source.startswith("## Summary"):
            cells += last
        if look["slide_type"] != "skip":
            cells += of_cell(cell, look)
    let_wait(cells)
    nb.cells = cells
    return nb


def main():
    """Write the slides of every lesson, and a page that lists them."""
    shutil.rmtree(SLIDES, ignore_errors=True)
    copy_packages()
    exporter, items = SlidesExporter(config=CONFIG, **OPTIONS), []
    for path in lesson_paths():
        nb = nbformat.read(path, as_version=4)
        title = title_of(nb)
        resources = {"metadata": {"name": title}}
        page, _ = exporter.from_notebook_node(deck(nb), resources)
        (SLIDES / f"{path.stem}.html").write_text(page, encoding="utf-8")
        items.append(f'<li><a href="{path.stem}.html">{escape(title)}</a></li>')
    page = INDEX.format(items="".join(items))
    (SLIDES / "index.html").write_text(page, encoding="utf-8")
    print(f"wrote slides of {len(items)} lessons: open build/slides/index.html")


if __name__ == "__main__":
    main()
