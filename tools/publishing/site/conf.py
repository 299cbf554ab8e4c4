"""How Sphinx makes the web site; `make site` stages its source folder."""

import json
import re

from tools.publishing.badges import REPOSITORY, without_badges

project = "Read handwritten digits"
language = "en"
smartquotes = False  # a word is found as the lesson spells it
root_doc = "index"
extensions = ["myst_nb"]

# What the notebooks store is what the site shows.
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = "Show the code", "Hide the code"
# Headings can be linked to, as in README.md#run-it.
# The README shows its small pictures by <img>, which Markdown cannot size.
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 3
# What search engines and chats show of a page.
DESCRIPTION = (
    "Train a small neural network that reads handwritten digits, see what it looks "
    "for, and say how sure its answers are: Jupyter notebooks, every number checked."
)
myst_html_meta = {
    "description": DESCRIPTION,
    "property=og:title": project,
    "property=og:description": DESCRIPTION,
    "property=og:type": "website",
}
if REPOSITORY:  # a card's picture needs a whole address
    owner, name = REPOSITORY.split("/")
    html_baseurl = f"https://{owner}.github.io/{name}/"
    myst_html_meta["property=og:image"] = f"{html_baseurl}_images/digit-grid.png"
# A block without a language is for a shell or PowerShell, not Python.
highlight_language = "none"

html_theme = "sphinx_book_theme"
html_title = project
html_css_files = ["custom.css"]
html_static_path = ["custom.css"]
html_favicon = "favicon.svg"
html_use_index = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_fullscreen_button": False,
    # The search stands at the side already, and the licence at each lesson's end.
    "navbar_persistent": [],
    "footer_content_items": [],
}

PAD_LINK = re.compile(r"\[([^\[\]]+)\]\(((?:\.\./)?pad/pad\.html)\)")

# The lessons' order, and what follows them, on the title page and at the side.
CONTENTS = """
```{toctree}
:hidden:
:caption: Lessons
:numbered: 1
:glob:

notebooks/*
```

```{toctree}
:hidden:
:caption: At hand

cheat-sheet
glossary
```

```{toctree}
:hidden:
:caption: About the course
:glob:

docs/*
CHANGELOG
```

```{toctree}
:hidden:
:caption: For teachers and authors

INSTRUCTORS
CONTRIBUTING
```
"""


def prepare_cell(cell):
    """Tell myst-nb, in its own words, what a cell's metadata say."""
    metadata = cell["metadata"]
    options = metadata.setdefault("mystnb", {})
    if "alt" in metadata:
        options["image"] = {"alt": metadata["alt"]}
    if metadata.get("jupyter", {}).get("source_hidden"):
        metadata.setdefault("tags", []).append("hide-input")
        first = "".join(cell["source"]).splitlines()[0]
        if title := re.match("# @title (.+)", first):
            options["code_prompt_show"] = options["code_prompt_hide"] = title[1]


def open_pad(text):
    """Let links to the pad open its page; Sphinx would offer the file for download."""
    return PAD_LINK.sub(r"<a href=\2>\1</a>", text)


def prepare(app, page, source):
    """Change what Sphinx read of a page before it is parsed; the file stays as it is.

    The page's button offers the file for download, and it is the course's own. Badges
    go, since their pictures would be asked of the network.
    """
    if page.startswith("notebooks/"):
        nb = json.loads(source[0])
        for cell in nb["cells"]:
            prepare_cell(cell)
            if cell["cell_type"] == "markdown":
                cell["source"] = open_pad("".join(cell["source"]))
        title = nb["cells"][0]
        title["source"] = without_badges("".join(title["source"]))
        source[0] = json.dumps(nb)
    else:
        text = without_badges(source[0])
        source[0] = re.sub(r"\]\((\.\./)?README\.md", r"](\1index.md", open_pad(text))
    if page == root_doc:
        source[0] += CONTENTS


def open_to_all(app, page, template, context, doctree):
    """Let the keyboard scroll what is wider than the page, and folds name themselves.

    A region that scrolls has to take the focus (axe: scrollable-region-focusable), and
    a name without the words that are shown is a violation of WCAG 2.5.3.
    """
    body = context.get("body", "")
    body = body.replace(' aria-label="Toggle hidden content"', "")
    context["body"] = body.replace("<pre>", '<pre tabindex="0">')


def setup(app):
    """Sphinx calls this when it starts."""
    app.connect("source-read", prepare)
    app.connect("html-page-context", open_to_all)
