"""Make the course a static web site, with the stored outputs: build/site/index.html.

    python -m tools.publishing.website

Executes nothing and needs no network. What the site looks like is in site/conf.py.
"""

import re
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from tools.course import ROOT, lesson_paths

SOURCE = ROOT / "build" / "site-source"
DOCTREES = ROOT / "build" / "site-doctrees"
SITE = ROOT / "build" / "site"
LOOK = Path(__file__).parent / "site"
PAGES = {
    "README": "index",
    "INSTRUCTORS": "INSTRUCTORS",
    "CONTRIBUTING": "CONTRIBUTING",
}


def copy(path, target=None):
    """Copy a file of the course to the same place, or to `target`, in SOURCE."""
    target = SOURCE / (target or path.relative_to(ROOT))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def linked(text):
    """Yield the files, other than Markdown, that a Markdown text links to or shows."""
    for link in re.findall(r"\]\(([^)#]+)", text):
        if (ROOT / link).is_file() and not link.endswith(".md"):
            yield ROOT / link


def stage():
    """Gather the site's pages, and what they link to, in a new SOURCE."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    for name, page in PAGES.items():
        path = ROOT / f"{name}.md"
        copy(path, f"{page}.md")
        for file in linked(path.read_text(encoding="utf-8")):
            copy(file)
    for path in lesson_paths():
        copy(path)


def main():
    """Build the site; exit with Sphinx' status, which is not 0 after a warning."""
    stage()
    shutil.rmtree(SITE, ignore_errors=True)
    options = ["--quiet", "--fail-on-warning", "--keep-going"]
    folders = ["--conf-dir", LOOK, "--doctree-dir", DOCTREES, SOURCE, SITE]
    sys.exit(build_main([*options, *map(str, folders)]))


if __name__ == "__main__":
    main()
