"""Every lesson keeps the template and the rules that nbval cannot see."""

import ast
import base64
import functools
import re
from collections import Counter
from itertools import pairwise

import pytest

from notebooks import (
    ALLOWED_IMPORTS,
    LESSONS,
    code_cells,
    name,
    read,
    tagged,
    tags,
)
from tools.course import prose
from tools.refresh import FOLDED_TAGS, problems
from tools.run_lessons import headline_of
from tools.shared_cells import FILES, FOLDER, PROGRAMS, source_of

# Cells whose subject is the clock, a version or the machine: {(lesson, cell id)}.
IGNORED_OUTPUTS = {
    ("08-train-faster", "time-it-fairly-7"),
    ("08-train-faster", "what-a-step-costs-3"),
    ("08-train-faster", "the-limit-of-the-machine-7"),
    ("08-train-faster", "the-sprint-by-hand-15"),
    ("11-network-from-scratch", "who-is-faster-5"),
    # Whether there is a C compiler, how fast things are, and what memory they take.
    ("14-ship-the-network", "numpy-in-six-lines-9"),
    ("14-ship-the-network", "a-page-and-a-program-in-c-8"),
    ("14-ship-the-network", "one-table-one-picture-4"),
    ("14-ship-the-network", "behind-a-web-address-14"),
    # What a computer with these cores and these packages does, and how fast.
    ("15-scale-out", "an-engine-and-a-worker-that-is-lost-8"),
    ("15-scale-out", "when-more-workers-pay-6"),
    ("15-scale-out", "when-more-workers-pay-8"),
    ("15-scale-out", "when-more-workers-pay-10"),
    ("15-scale-out", "when-more-workers-pay-13"),
    ("15-scale-out", "one-network-on-many-devices-12"),
    ("15-scale-out", "a-thousand-times-more-8"),
}
# How a cell becomes part of a slide: tools/publishing/slides.py explains the words.
SLIDE_TYPES = {"slide", "-", "fragment", "notes", "skip"}
SHOW = {"code", "output", "right", "beside", "low", "small"}
ABSOLUTE_PATH = r"(?<![\w.:/])/(?:home|root|tmp|usr|opt|work|Users)/|\b[A-Z]:\\\\\w"

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)


def test_the_six_core_lessons_are_there():
    assert [path.name[:2] for path in LESSONS[:6]] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
    ]


@every_lesson
def test_title_and_goals(path):
    first = prose(read(path)).split("\n## ")[0]
    assert re.match(r"# \w", first), "the first cell opens with the title"
    assert re.search(
        r"^\*About \d+ minutes to read, (about \d+ minutes for the exercises, )?"
        r"about \d+ seconds to run\.\*$",
        first,
        re.M,
    )
    for part in "do", "learn", "need":
        assert f"**What you'll {part}**" in first, f"What you'll {part} is missing"


@every_lesson
def test_summary_answers_the_goals(path):
    text = prose(read(path))
    goals = text.split("**What you'll learn**")[1].split("**What you'll need**")[0]
    summary = text.split("## Summary")[1].split("**Next:**")[0]
    count = len(re.findall(r"^- ", goals, re.M))
    assert 3 <= count <= 5, "three to five goals"
    assert len(re.findall(r"^- ", summary, re.M)) == count, "one summary line a goal"


@every_lesson
def test_sections_stand_in_order(path):
    headings = re.findall(r"^(#+) (.+)$", prose(read(path)), re.M)
    levels = [len(marks) for marks, _ in headings]
    titles = [title for _, title in headings]
    assert levels.count(1) == 1, "one title"
    assert all(after <= before + 1 for before, after in pairwise(levels)), (
        "level skipped"
    )
    exercises = titles.index("Exercises")
    assert [title.split(":")[0] for title in titles[exercises:]] == [
        "Exercises",
        "Warm-up",
        "Core",
        "Stretch",
        "Recall",
        "Summary",
    ]


@every_lesson
def test_five_questions_recall_the_lesson(path):
    recall = prose(read(path)).split("\n## Recall\n")[1].split("\n## ")[0]
    folded = re.findall(
        r"<details><summary>(\d)\. (.+?\?)</summary>\n\n(.+?)\n\n</details>",
        recall,
        re.DOTALL,
    )
    assert [number for number, *_ in folded] == list("12345")
    for _, question, answer in folded:
        assert len(answer) > 20, f"{question} wants an answer"
        assert "<" not in re.sub("</?code>", "", question), "no markup but code"


@every_lesson
def test_footer_gives_licence_and_credit(path):
    footer = read(path).cells[-1].source
    assert "MIT licence" in footer
    assert "LeCun" in footer
    assert "CC BY-SA 3.0" in footer


@every_lesson
def test_next_lesson_exists(path):
    text = prose(read(path))
    assert "**Next:**" in text
    for file in re.findall(r"\d\d-[\w-]+\.ipynb", text):
        assert (path.parent / file).exists(), f"{file} does not exist"


def test_ignored_outputs_are_the_listed_ones():
    ignored = {
        (path.stem, cell.id)
        for path in LESSONS
        for cell in tagged(read(path), "nbval-ignore-output")
    }
    assert ignored == IGNORED_OUTPUTS, "outputs are ignored that no list allows"


@every_lesson
def test_no_comment_switches_nbval_off(path):
    for cell in code_cells(read(path)):
        assert "NBVAL" not in cell.source.upper(), f"cell {cell.id} steers nbval"


@every_lesson
def test_parts_of_the_template_are_there(path):
    nb = read(path)
    once = "setup", "names", "recap-data", "checker"
    for tag in *once, "checkpoint", "exercise", "figure":
        assert tagged(nb, tag) or (tag == "figure" and path.name < "03"), (
            f"no {tag} cell"
        )
    assert code_cells(nb)[0] is tagged(nb, "setup")[0], "the set-up comes first"


def test_shared_cells_stand_in_several_lessons():
    used = Counter(tag for path in LESSONS for c in read(path).cells for tag in tags(c))
    assert min(used[tag] for tag in FILES) > 1, "for one lesson, no file is needed"


@pytest.mark.parametrize("tag", FILES)
def test_a_shared_cell_says_what_it_does_and_names_no_file(tag):
    assert re.match(r"# @title \S", source_of(tag))
    assert "shared_cells" not in source_of(tag), "one short line for such an import"


@every_lesson
def test_parameters_stand_once_and_are_the_lines_of_the_file(path):
    defaults = (FOLDER / "parameters.py").read_text(encoding="utf-8").splitlines()
    cells = tagged(read(path), "parameters")
    assert len(cells) <= 1
    for cell in cells:
        assert set(cell.source.splitlines()) <= set(defaults)


@every_lesson
def test_every_cell_was_run_in_order(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1))


@every_lesson
def test_notebook_is_in_normal_form_and_its_shared_cells_are_their_files(path):
    assert problems(path) == []


@every_lesson
def test_one_cell_prints_the_headline(path):
    assert sum("headline" in cell.metadata for cell in code_cells(read(path))) == 1
    assert headline_of(read(path)), "the cell with the headline prints nothing"


@every_lesson
def test_no_errors_and_no_stderr(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", f"cell {cell.id} failed"
            assert output.get("name") != "stderr", f"cell {cell.id} wrote to stderr"


@every_lesson
def test_pictures_are_described(path):
    for cell in code_cells(read(path)):
        alts = [
            output.metadata.get("image/png", {}).get("alt")
            for output in cell.outputs
            if "image/png" in output.get("data", {})
        ]
        alt = cell.metadata.get("alt")
        if alts or alt:
            assert alts == [alt], f"cell {cell.id}: one picture, described by alt"
            assert len(alt) > 60, f"cell {cell.id}: say what there is to see"
        if "figure" in tags(cell):
            assert cell.metadata["figure"].endswith(".png"), f"cell {cell.id}: name it"
            assert alts, f"cell {cell.id}: tagged figure, but draws nothing"


@every_lesson
def test_imports_are_what_colab_has(path):
    for cell in code_cells(read(path)):
        for node in ast.walk(ast.parse(cell.source)):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module]
                assert node.names[0].name != "*", f"cell {cell.id}: star import"
            for module in modules:
                assert module.split(".")[0] in ALLOWED_IMPORTS, f"{module} in {cell.id}"


@every_lesson
def test_cells_are_short(path):
    nb = read(path)
    lengths = {cell.id: len(cell.source.splitlines()) for cell in code_cells(nb)}
    for cell in code_cells(nb):
        limit = 25 if "plt." in cell.source else 20
        if FOLDED_TAGS & set(tags(cell)):  # not for reading
            limit = 50
        # What stands in several lessons is read once; a table is as long as what was
        # measured; the pad is a page with its own program, and others are folded whole.
        if not {"table", "pad", *PROGRAMS, *FILES} & set(tags(cell)):
            assert lengths[cell.id] <= limit, (
                f"cell {cell.id} has {lengths[cell.id]} lines"
            )


@every_lesson
def test_no_path_of_a_machine(path):
    assert not re.search(ABSOLUTE_PATH, path.read_text(encoding="utf-8"))


@every_lesson
def test_file_and_figures_are_small(path):
    assert path.stat().st_size <= 1_000_000
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            png = base64.b64decode(output.get("data", {}).get("image/png", ""))
            assert len(png) <= 150_000, f"cell {cell.id}: {len(png)} bytes"


@functools.cache
def expressions(source):
    """Return the calls, sums and look-ups in Python code, each in one normal form."""
    kinds = ast.Call, ast.BinOp, ast.Subscript
    nodes = ast.walk(ast.parse(source))
    return {ast.unparse(node) for node in nodes if isinstance(node, kinds)}


@every_lesson
def test_hints_leave_the_answer_to_the_reader(path):
    cells = read(path).cells
    for number, cell in enumerate(cells):
        hint = cell.source.partition("<details><summary>Hint</summary>")[2]
        after = [c.source for c in cells[number:] if c.cell_type == "code"]
        answers = set().union(*map(expressions, after))
        for span in re.findall(r"`([^`]+)`", hint):
            try:
                given = expressions(span)
            except SyntaxError:  # a lone operator, such as %
                continue
            assert not given & answers, f"the hint gives the answer away: {span}"


@every_lesson
def test_eight_to_twelve_slides_each_with_advice_for_the_speaker(path):
    looks = [cell.metadata.get("slideshow", {}) for cell in read(path).cells]
    slides = [look for look in looks if look.get("slide_type") == "slide"]
    assert 8 <= len(slides) <= 12, f"{len(slides)} slides"
    assert looks[0] in slides, "the title starts the first slide"
    for look in looks:
        assert ("notes" in look) == (look in slides), f"notes and slide: {look}"


@every_lesson
def test_slides_are_described_in_the_known_words(path):
    for cell in read(path).cells:
        look = cell.metadata.get("slideshow", {"slide_type": "skip"})
        assert look["slide_type"] in SLIDE_TYPES, f"cell {cell.id}: no such type"
        assert set(look.get("show", [])) <= SHOW, f"cell {cell.id}: unknown word"
        assert look.keys() <= {"slide_type", "notes", "says", "show", "title"}, (
            f"cell {cell.id}"
        )
        headed = cell.cell_type == "markdown" and cell.source.startswith("#")
        untitled = look["slide_type"] == "slide" and not headed
        assert ("title" in look) == untitled, f"cell {cell.id}: a slide has one heading"


@every_lesson
def test_setup_checkpoints_and_exercises_are_on_no_slide(path):
    hidden = {"exercise", *FOLDED_TAGS} - {"drawing"}
    for cell in read(path).cells:
        if hidden & set(tags(cell)) and "taught" not in tags(cell):
            look = cell.metadata.get("slideshow", {"slide_type": "skip"})
            assert look["slide_type"] == "skip", f"cell {cell.id} is on a slide"
