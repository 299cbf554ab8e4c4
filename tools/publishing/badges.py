"""Badges that open a lesson in Colab and on Binder, once the repository has a name.

The name stands in pyproject.toml. As long as it is empty there are no badges, for they
would lead nowhere. `make refresh` writes them, and takes them away.
"""

import re
import tomllib

from tools.course import ROOT

with (ROOT / "pyproject.toml").open("rb") as file:
    REPOSITORY = tomllib.load(file)["tool"]["course"]["repository"]

COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
LINE = re.compile(r"^\[!\[Open in Colab\].*\n\n", re.MULTILINE)


def without_badges(text):
    """Return a Markdown text without the badges below its title."""
    return LINE.sub("", text, count=1)


def with_badges(text, lesson, repository=REPOSITORY):
    """Return a Markdown text with badges below its title, or without, if unnamed.

    lesson: the file name that they open; repository: "owner/name" on GitHub, or "".
    """
    text = without_badges(text)
    if not repository:
        return text
    title, rest = text.split("\n\n", 1)
    colab = f"{COLAB}/github/{repository}/blob/main/notebooks/{lesson}"
    binder = f"{BINDER}/v2/gh/{repository}/main?labpath=notebooks/{lesson}"
    badges = (
        f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({colab}) "
        f"[![Open on Binder]({BINDER}/badge_logo.svg)]({binder})"
    )
    return f"{title}\n\n{badges}\n\n{rest}"
