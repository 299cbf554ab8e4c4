"""Links within the course lead to a file that is there, and to a heading in it.

Those to other sites are for `make links`, once a week.
"""

import re

import pytest

from notebooks import LESSONS, read
from tools.course import ROOT, prose
from tools.publishing.reference import slug

LINK = re.compile(r"""(?:\]\(|(?:src|href)=")((?!\w+:)[^)"\s]+)""")


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
TEXTS |= {path: prose(read(path)) for path in LESSONS}


def anchors(text):
    """Return the names that GitHub gives the headings of a text."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return set(map(slug, titles))


def broken(path, text):
    """Yield each link of a text at `path` that leads nowhere."""
    for link in LINK.findall(re.sub("`[^`]+`", "", text)):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (
            anchor and anchor not in anchors(TEXTS.get(target, ""))
        ):
            yield link


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    assert not list(broken(path, TEXTS[path]))


@pytest.mark.parametrize(
    ("link", "fits"),
    [
        ("LICENSE", True),
        ("LICENCE", False),
        ("CONTRIBUTING.md#before-a-commit", True),
        ("CONTRIBUTING.md#after-a-commit", False),
        ("https://example.org/nothing", True),
    ],
)
def test_a_broken_link_is_found(link, fits):
    text = f"See [there]({link})."
    assert list(broken(ROOT / "README.md", text)) == ([] if fits else [link])
