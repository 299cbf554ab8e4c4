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
from tools.publishing.pad import PAGE as PAD_PAGE
from tools.publishing.reference import cheat_sheet, glossary

SOURCE = ROOT / "build" / "site-source"
DOCTREES = ROOT / "build" / "site-doctrees"
SITE = ROOT / "build" / "site"
LOOK = Path(__file__).parent / "site"
# A page of the site: the file that it comes from. Whatever else is in docs/ comes, too.
PAGES = {
    "index": ROOT / "README.md",
    "INSTRUCTORS": ROOT / "INSTRUCTORS.md",
    "CONTRIBUTING": ROOT / "CONTRIBUTING.md",
    "CHANGELOG": ROOT / "CHANGELOG.md",
    **{f"docs/{path.stem}": path for path in sorted((ROOT / "docs").glob("*.md"))},
}
# Those that are made from the lessons.
MADE = {"glossary": glossary, "cheat-sheet": cheat_sheet}


def copy(path, target):
    """Copy a file to `target`, a path in SOURCE."""
    (SOURCE / target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, SOURCE / target)


def linked(path):
    """Yield the files, other than pages, that a Markdown file links to or shows."""
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)|src=\"(.+?)\"", text):
        file = (path.parent / (link[0] or link[1])).resolve()
        if file.is_file() and file.suffix not in (".md", ".ipynb"):
            yield file


def stage():
    """Gather the site's pages, and what they link to, in a new SOURCE."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    for page, path in PAGES.items():
        copy(path, f"{page}.md")
        for file in linked(path):
            copy(file, file.relative_to(ROOT))
    for page, make in MADE.items():
        (SOURCE / f"{page}.md").write_text(make(), encoding="utf-8")
    for path in lesson_paths():
        copy(path, path.relative_to(ROOT))


def main():
    """Build the site; exit with Sphinx' status, which is not 0 after a warning.

    The pad stands on it as a page of its own, as it is.
    """
    stage()
    shutil.rmtree(SITE, ignore_errors=True)
    options = ["--quiet", "--fail-on-warning", "--keep-going"]
    folders = ["--conf-dir", LOOK, "--doctree-dir", DOCTREES, SOURCE, SITE]
    status = build_main([*options, *map(str, folders)])
    (SITE / "pad").mkdir()
    shutil.copy(PAD_PAGE, SITE / "pad")
    print("wrote the site: open build/site/index.html")
    sys.exit(status)


if __name__ == "__main__":
    main()
