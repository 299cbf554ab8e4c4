"""Badges stand where the repository has a name, lead somewhere, and go away again."""

import functools
import re

import nbformat

from notebooks import LESSONS, read
from tools import refresh
from tools.course import ROOT
from tools.publishing.badges import REPOSITORY, with_badges
from tools.refresh import normalise

TEXT = "# A title\n\nThe first sentence.\n\nThe second.\n"
BADGES = re.compile(r"\[!\[(.+?)\]\((.+?)\)\]\((.+?)\)")


def test_no_badges_without_a_repository():
    assert with_badges(TEXT, "01.ipynb", repository="") == TEXT


def test_badges_stand_below_the_title_once_and_go_away():
    once = with_badges(TEXT, "01.ipynb", repository="somebody/digits")
    title, badges, rest = once.split("\n\n", 2)
    assert (title, rest) == ("# A title", "The first sentence.\n\nThe second.\n")
    assert [name for name, *_ in BADGES.findall(badges)] == [
        "Open in Colab",
        "Open on Binder",
    ]
    assert with_badges(once, "01.ipynb", repository="somebody/digits") == once
    moved = with_badges(once, "01.ipynb", repository="another/digits")
    assert "somebody" not in moved
    assert with_badges(once, "01.ipynb", repository="") == TEXT


def test_badges_open_the_lesson_itself():
    for path in LESSONS:
        text = with_badges(TEXT, path.name, repository="somebody/digits")
        for _, _, link in BADGES.findall(text):
            assert "somebody/digits" in link
            place = re.search(r"notebooks/.+\.ipynb$", link)[0]
            assert (ROOT / place).exists(), link


def test_every_lesson_and_the_readme_have_the_badges_they_should():
    for path in LESSONS:
        nb = read(path)
        source = nb.cells[0].source
        normalise(nb, path.name)
        assert nb.cells[0].source == source, f"{path.name}: run make refresh"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_badges(readme, LESSONS[0].name), "run make refresh"
    assert bool(BADGES.search(readme)) == bool(REPOSITORY)


def test_normal_form_puts_badges_below_a_title_and_nowhere_else(monkeypatch):
    named = functools.partial(with_badges, repository="somebody/digits")
    monkeypatch.setattr(refresh, "with_badges", named)
    for make_cell, source, expected in (
        (nbformat.v4.new_markdown_cell, TEXT.strip(), named(TEXT, "any.ipynb").strip()),
        (nbformat.v4.new_code_cell, "1 + 1", "1 + 1"),
    ):
        nb = nbformat.v4.new_notebook(cells=[make_cell(source)])
        normalise(nb, "any.ipynb")
        assert nb.cells[0].source == expected


def test_binder_installs_what_learners_need():
    folder = ROOT / ".binder"
    wanted = (folder / "requirements.txt").read_text(encoding="utf-8").split()[1]
    assert (folder / wanted).resolve() == ROOT / "requirements.txt"
    python = (folder / "runtime.txt").read_text(encoding="utf-8").strip()
    assert python == "python-3.11", "the version that the README names first"
