"""The instructor's page: its times add up, and it names what exists."""

import re

import pytest

from notebooks import LESSONS, read
from tools.course import ROOT, prose, title_of

DAYS = "One day", "Half a day more", "An hour with pens and phones"
DAYS += ("Half a day inside the network",)
DAYS += ("An hour about trust", "An hour about shipping")
DAYS += ("An hour about scaling out",)
TEXT = (ROOT / "INSTRUCTORS.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### Lesson (\d\d): (.+?)\n(?=\n)", TEXT, re.M))


def part(heading):
    """Return the text below a heading of level 2 or 3."""
    return re.split(r"\n##+ ", TEXT.split(f" {heading}\n")[1])[0]


def minutes():
    """Return {lesson number: minutes to teach} from the lessons' headings."""
    return {n: int(title.split(", ")[-1].split()[0]) for n, title in SECTIONS.items()}


def test_every_lesson_is_there_under_its_own_title():
    titles = {path.name[:2]: title_of(read(path)) for path in LESSONS}
    assert {n: title.rsplit(", ", 1)[0] for n, title in SECTIONS.items()} == titles


def day(heading):
    """Return a day's rows: [hour, minute, minutes, what]."""
    return re.findall(r"^\| (\d+):(\d+) \| (\d+) \| (.+) \|$", part(heading), re.M)


@pytest.mark.parametrize("heading", DAYS)
def test_what_begins_follows_what_ends(heading):
    rows = day(heading)
    start = [60 * int(hour) + int(minute) for hour, minute, *_ in rows]
    end = [at + int(row[2]) for at, row in zip(start, rows, strict=True)]
    assert start[1:] == end[:-1], "what begins does not follow what ends"


def test_the_days_teach_every_lesson_once():
    rows = [row for heading in DAYS for row in day(heading)]
    taught = [(row[3][-2:], int(row[2])) for row in rows if row[3].startswith("lesson")]
    assert taught == sorted(minutes().items())


def test_the_weeks_teach_every_lesson_within_the_hour_and_five_minutes_of_recall():
    rows = re.findall(r"^\| \d+ \| (\d\d) \| (\d+) \|", part("Weekly hours"), re.M)
    wanted = {number: min(length, 55) for number, length in minutes().items()}
    assert {number: int(length) for number, length in rows} == wanted


def test_headings_named_for_a_lesson_are_its_own():
    for path in LESSONS:
        heading = f"Lesson {path.name[:2]}: {SECTIONS[path.name[:2]]}"
        headings = re.findall(r"^#+ (.+)$", prose(read(path)), re.M)
        named = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", part(heading))
        assert len(named) >= 3, f"{heading}: what to ask, and what to skip"
        for name in named:
            assert name in headings, f"{heading} names {name!r}"
        for point in "Say", "Ask before", "Learners stumble over", "Skip":
            assert f"**{point}" in part(heading), f"{heading}: {point}"


def test_commands_exist():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    for line in re.findall(r"`?make ([a-z ]+)", TEXT):
        for target in line.split():
            assert target in targets, f"make {target}"


def test_what_a_week_must_show_is_in_the_lessons_of_its_day():
    rows = re.findall(
        r"^\| \d \| (\d\d)(?: to (\d\d))?.* \| (.+) \|$", part("A week"), re.M
    )
    shown = set()
    for first, last, must in rows:
        numbers = range(int(first), int(last or first) + 1)
        shown.update(numbers)
        texts = [prose(read(LESSONS[number - 1])) for number in numbers]
        headings = {h for text in texts for h in re.findall(r"^##+ (.+)$", text, re.M)}
        for heading in re.findall(r"\*(.+?)\*(?=[;| ]|$)", must):
            assert heading in headings, f"no lesson of that day has {heading}"
    assert shown == set(range(1, len(LESSONS) + 1))
