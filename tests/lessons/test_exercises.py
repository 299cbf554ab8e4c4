"""The hand-outs run alone, and every exercise answers back.

Each lesson's hand-out runs once, from the folder that `make handout` writes. In its
kernel the checks are then given the solution and the wrong answers below.
"""

import ast

import pytest

from notebooks import LESSONS, code_cells, name, printed, read, tagged, tags
from tools.execution import Execution
from tools.publishing.handout import handout, write_handouts

# {exercise: {a wrong answer: words of the remark that it deserves}}. An answer is a
# Python expression or, as (old, new), a change to the solution.
WRONG = {
    "most_ink": {
        "1": "uses the least",
        "8": "compare all ten means",
        "train_images[y_train == 0].mean()": "the mean itself",
        "'0'": "without quotes or brackets",
    },
    "squared_distance": {
        "lambda a, b: ((a - b) ** 2).sum()": "a byte cannot go below 0",
        "lambda a, b: ((a - b).astype(float) ** 2).sum()": "a byte cannot go below 0",
        "lambda a, b: np.linalg.norm(a.astype(float) - b)": "leave the root out",
        "lambda a, b: abs(a.astype(float) - b).sum()": "square, then add up",
        ("(difference**2).sum()", "(difference**2).sum(axis=1)"): "return one number",
        "lambda a, b: ((a.astype('i2') - b) ** 2).sum(dtype='i2')": "large enough",
        "lambda a, b: ((a.astype(float) - b) ** 2).mean()": "then add up all of them",
    },
    "read_digits": {
        ("reference_labels[squares.argmin()]", "squares.argmin()"): "the labels",
        ("argmin", "argmax"): "the farthest",
        (") ** 2).sum", ")).sum"): "no square",
        ("reference_images[:3000]", "reference_images[:300]"): "and with enough",
        ('.astype("float32")', ""): "a type that is too small",
        "lambda images: np.array([((mean_digits - i) ** 2).sum(axis=(1, 2)).argmin()"
        " for i in images])": "not with means",
        "lambda images: 7": "one digit for each picture",
    },
    "empty_position": {
        "406": "pictures have ink there",
        "784": "from 0 to 783",
        "(0, 0)": "give one number",
        "'corner'": "from 0 to 783",
    },
    "row_and_column": {
        "lambda p: (p % 28, p // 28)": "the row comes first",
        "lambda p: (p / 28, p % 28)": "a row is a whole number",
        "lambda p: (p // 28, p // 28)": "what is left over",
        "lambda p: (p // 28 + 1, p % 28 + 1)": "count from 0",
        "lambda p: (p // 27, p % 27)": "27 should give (0, 27), and yours gives (1, 0)",
        "lambda p: (round(p / 28), p % 28)": "15 should give (0, 15)",
        "lambda p: (7, 8)": "0 should give (0, 0), and yours gives (7, 8)",
        "lambda p: '(7, 8)'": "yours gives '(7, 8)'",
    },
    "fair_split": {
        "lambda y, share: (np.arange(700), np.arange(700, 1000))": "by itself",
        (
            "return np.concatenate(training), np.concatenate(validation)",
            "return np.concatenate(validation), np.concatenate(training)",
        ): "return training first",
        ("np.flatnonzero(labels == digit)", "labels[labels == digit]"): "once",
        ("positions[cut:]", "positions"): "one of the two parts, once",
        "lambda y, share: y < 3": "return two arrays",
        "lambda y, share: (y < 3, y >= 3)": "not labels or True and False",
        ("round(share * len(positions))", "round(0.2 * len(positions))"): "use `share`",
        ("round(share", "int(share"): "and round",
        ("positions[:cut]", "positions[-cut:]"): "once",
    },
    "larger_count": {
        "238_314 - 426": "these are the weights",
        "104_938": "this lesson's network",
        "426": "these are the neurons",
        "100_000": "(inputs + 1) x neurons",
        "(238, 314)": "without commas",
    },
    "stable_softmax": {
        "softmax": "still give nan",
        "lambda z: softmax(z - z.max())": "of each row",
        "lambda z: softmax(z - z.mean(axis=-1, keepdims=True))": "of each row",
        "lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()": "a batch does not",
        "lambda z: softmax(z - z[..., :1])": "of each row, of no other",
        "lambda z: softmax(z - 1000)": "small scores go wrong now",
        "lambda z: softmax(z / 1000)": "subtracting keeps the differences",
        "lambda z: np.exp(z - z.max(axis=-1, keepdims=True))": "should add up to 1",
    },
    "answer_of_network": {
        ("return softmax(", "return ("): "softmax is missing",
        ("vectors = relu(", "vectors = ("): "ReLU is missing",
        (
            "return softmax(vectors @ last_weights + last_biases)",
            "return softmax(relu(vectors @ last_weights + last_biases))",
        ): "the last layer has no ReLU",
        (" + layer_biases", ""): "@ its weights, + its biases",
        ("softmax(vectors @ last_weights + last_biases)", "vectors"): "(4, 3) here",
    },
    "steps_taken": {
        "1_500": "that is one epoch",
        "37_500": "a fifth of 60,000",
        "7_500": "batches of 128",
        "960_000": "these are images",
        "640": "batches in an epoch, times epochs",
    },
    "breaking_rate": {
        "0.1": "it still gets",
        "1.0": "0.3 fails already",
        "0.2": "the answer is one of",
    },
    "stop_early": {
        "lambda v, p: (len(v), int(np.argmin(v)) + 1)": "the best of all epochs",
        ("epoch - best >= patience", "epoch - best > patience"): "one epoch too long",
        ("start=1", "start=0"): "count the epochs from 1",
        ("return epoch, best", "return best, epoch"): "the last epoch comes first",
        ("loss < lowest", "loss <= lowest"): "patience 2: (5, 3)",
        ("break\n    return epoch, best", "return epoch, best"): "no more epochs",
    },
    "precision_of_nines": {
        "1": "that is its recall",
        "0": "it does find nines",
        "0.9": "of its answers is wrong",
        "0.971": "that is the network's",
        "10": "not per cent",
        "'10 %'": "not per cent",
        "0.5": "divide the true nines",
    },
    "f1_scores": {
        "lambda m: m.diagonal() / m.sum(axis=0)": "that is precision",
        "lambda m: m.diagonal() / m.sum(axis=1)": "that is recall",
        "lambda m: m.diagonal() * (1 / m.sum(axis=0) + 1 / m.sum(axis=1)) / 2": (
            "F1 is the harmonic one"
        ),
        "lambda m: m.trace() / m.sum()": "for 4 classes, shape (4,)",
        "lambda _: solution_f1_scores(matrix)": "not `matrix`",
        "lambda m: solution_f1_scores(m).round(2)": "do not round",
    },
    "images_needed": {
        ("np.sqrt(sum(squares))", "sum(np.sqrt(squares))"): "add the squares",
        ("np.sqrt(sum(squares))", "np.sqrt(squares[0])"): "both scores have an error",
        ("return n", "return n - 1000"): "round up",
        ("n += 1000", "n += 1"): "a multiple of 1,000",
        ("return n", "return n / 1000"): "not the thousands",
        ("1.96 * error", "error"): "need 4,000 images",
        ("return n", "return n if n > 10_000 else None"): "it returns nothing",
    },
    "shape_of_five": {
        "(10, 5)": "images come first",
        "(5,)": "ten probabilities, not one digit",
        "(10,)": "five images give five rows",
        "(5, 784)": "what goes in",
        "(1, 10)": "that is for one image",
        "(5, 1)": "how many rows",
        "50": "how many rows",
    },
    "most_doubtful": {
        ("argsort()", "argsort()[::-1]"): "the least doubtful",
        "lambda p, y, n: p.max(axis=1).argsort()[:n]": "look at the label's",
        "lambda p, y, n: np.sort(p[np.arange(len(y)), y])[:n]": "Return the positions",
        "lambda p, y, n: [i for i in p.max(axis=1).argsort()[::-1]"
        " if p[i].argmax() != y[i]][:n]": "not the answer's confidence",
        ("[:count]", ""): "`count` positions",
    },
    "lowest_threshold": {
        "lambda c, h, t: np.sort(c)[::-1][np.argmin(np.cumsum(h[c.argsort()[::-1]])"
        " / np.arange(1, len(c) + 1) >= t) - 1]": "may dip and recover",
        "lambda c, h, t: c.max()": "the highest that will do",
        ("return threshold", "return (confidences >= threshold).mean()"): "the share",
        ("confidences >= threshold", "confidences > threshold"): "from the lowest up",
    },
    "runs_for_half": {
        "40": "the root of two only",
        "60": "the runs that you have to add",
        "10": "fewer runs say less",
        "20": "there are already",
        "400": "not of 20",
        "100": "the root of which number",
        "'80'": "the root of which number",
    },
    "share_of_wins": {
        "lambda a, b: (a[:, np.newaxis] > b).mean()": "counts as half a win.",
        "lambda a, b: (a[:, np.newaxis] >= b).mean()": "not as a whole",
        "lambda a, b: (a[:, np.newaxis] > b).sum() / (a[:, np.newaxis] != b).sum()": (
            "do not leave the ties out"
        ),
        "lambda a, b: solution_share_of_wins(b, a)": "the wins of the second",
        "lambda a, b: 100 * solution_share_of_wins(a, b)": "not per cent",
        (").mean()", ").sum()"): "divide by the number of pairs",
        "lambda a, b: np.mean([(x > y) + (x == y) / 2 for x, y in zip(a, b)])": (
            "every run meets every other"
        ),
        "lambda a, b: float(a.mean() > b.mean())": "compares the means",
        "lambda a, b: solution_share_of_wins(a, b[:3])": "should give 0.75",
        "lambda a, b: (a > b).mean()": "it stops with ValueError",
    },
    "best_of": {
        "lambda a, k: a.max()": "the best of all runs",
        "lambda a, k: a.mean()": "the mean of all runs",
        "lambda a, k: a[:k].max()": "not the first",
        "lambda a, k: np.sort(a)[-k:].mean()": "the mean of the best runs",
        ("max(chosen)", "min(chosen)"): "the worst of them",
        "lambda a, k: sum(x * ((i / len(a)) ** k - ((i - 1) / len(a)) ** k)"
        " for i, x in enumerate(np.sort(a), 1))": "only once",
        "lambda a, k: np.mean([np.random.default_rng(i).choice(a, k, False).max()"
        " for i in range(2000)])": "go through all choices",
        "lambda a, k: np.median([max(c) for c in combinations(a, k)])": "so 0.4667",
    },
    "seconds_needed": {
        "0.2": "that is one epoch",
        "0.25": "upside down",
        "5": "a fifth of 60,000",
        "4000": "these are milliseconds",
        "'4 s'": "all images, divided by the speed",
        "960_000": "all images, divided by the speed",
    },
    "count_operations": {
        "lambda n: sum(a * b for a, b in pairwise(n))": "these are the weights",
        "lambda n: sum((a + 1) * b for a, b in pairwise(n))": "the parameters",
        "lambda n: 2 * sum(a * b for a, b in pairwise(n))": "that is forward only",
        "lambda n: 4 * sum(a * b for a, b in pairwise(n))": "hand slopes on",
        "lambda n: 6 * sum(a * b for a, b in pairwise(n))": "hands no slopes on",
        "lambda n: solution_count_operations(n) / 2": "are two operations",
        ("weights[0]", "weights[-1]"): "it is the first layer",
        "lambda n: 427_904": "use `sizes`",
        "lambda n: sum(n)": "for (5, 4) it should be 80",
    },
    "predict_speed": {
        ("batch / (overhead", "(overhead"): "How many images is it for",
        "lambda b, s, n: float(np.polyval(np.polyfit(b, s, 1), n))": "not on a line",
        "lambda b, s, n: s[1] * n / b[1]": "overhead is missing",
        ("batch / (overhead", "1 / (overhead"): "steps per second",
        ("batch / (overhead + ", "batch / ("): "what a batch of 0 would take",
    },
    "between": {
        "110": "the plain mean",
        "135": "not to the lower",
        "95": "a half how far right",
        "60": "between the upper two",
        "160": "a pixel below the upper",
        "40 + 0.25 * (120 - 40) + 0.5 * (80 - 40)": "then mix the results",
        "40": "then mix the results",
        "'85'": "then mix the results",
    },
    "averaged": {
        ("keep * old + (1 - keep) * new", "(1 - keep) * old + keep * new"): "old share",
        ("keep * old + (1 - keep) * new", "(old + new) / 2"): "the plain mean",
        ("keep * old", "old"): "the shares exceed 1",
        ("(1 - keep) * new", "new"): "keep x old",
        ("keep * old + (1 - keep) * new", "0.998 * old + 0.002 * new"): "keep x old",
        "lambda a, w, keep: keep * a + (1 - keep) * w": "it stops with TypeError",
        "lambda a, w, keep: keep * a[0] + (1 - keep) * w[0]": "a list of arrays",
        ("(1 - keep) * new", "((1 - keep) * new).mean()"): "keep x old",
        (
            "[keep * old + (1 - keep) * new for",
            "[np.mean(old + new) for",
        ): "list of arrays",
        "lambda a, w, keep: keep": "a list of arrays",
        "lambda a, w, keep: a + w": "a list of arrays",
    },
    "read_five_times": {
        ("np.mean(", "np.sum("): "Divide by five",
        ("[images, *moved]", "moved"): "as it is counts, too",
        "lambda predict, images: predict(images)": "that is one reading",
        (
            "np.mean([predict(version) for version in [images, *moved]], axis=0)",
            "predict(np.mean([images, *moved], axis=0))",
        ): "average the answers",
        (
            "np.mean([predict(version) for version in [images, *moved]], axis=0)",
            "[predict(version) for version in [images, *moved]]",
        ): "shape (6, 10), not (5, 6, 10)",
        "lambda predict, images: [predict(images), 0]": "not a ragged list",
        (", axis=0)", ")"): "shape (6, 10), not ()",
        ("in (1, 2)]", "in (0, 1)]"): "axis 1 and axis 2",
        ("by in (-1, 1)", "by in (1, 2)"): "axis 1 and axis 2",
        ("in (1, 2)]", "in (2, 2)]"): "axis 1 and axis 2",
        ("axis=0)", "axis=0).argmax(axis=1)"): "shape (6, 10), not (6,)",
        "lambda predict, images: model.predict(images, verbose=0)": "it stops with",
    },
    "corner": {
        "(10, 5)": "rows come first",
        "(4, 8)": "that centres the box",
        "(4, 9)": "Centre the balance",
        "(9, 4)": "the centre of mass itself",
        "(5, 9)": "Round, do not cut off",
        "(14 - 8.6, 14 - 4.3)": "a pixel is whole",
        "(round(14 + 8.6), round(14 + 4.3))": "Subtract",
        "(14, 14)": "above and left of the balance",
        "(6, 10)": "above and left of the balance",
        "14 - 8.6": "above and left of the balance",
        "'(5, 10)'": "above and left of the balance",
    },
    "best_turn": {
        ("np.rot90(picture, quarters)", "np.rot90(picture, -quarters)"): "other way",
        (".argmax())", ".argmin())"): "where it is least sure",
        "lambda predict, picture: predict([np.rot90(picture, k)"
        " for k in range(4)]).max()": "return the number of turns",
        "lambda predict, picture: 0": "always finds the picture upright",
        (".max(axis=1)", ""): "the four largest",
        "lambda predict, picture: predict([picture])[0].argmax()": "the four largest",
        "lambda predict, picture: [k for k in range(4)"
        " if predict([np.rot90(picture, k)]).max() > 0.5][0]": "the picture upright",
        ("range(4)", "range(1, 4)"): "the four largest",
        (".max(axis=1)", ".max(axis=0)"): "the four largest",
        "lambda predict, picture: predict(picture).argmax(axis=0)": "the four largest",
        "lambda predict, picture: int(model.predict(picture, verbose=0).argmax())": (
            "it stops with"
        ),
    },
    "pieces_of": {
        ("(int(a), int(b))", "(int(a), int(b) - 1)"): "one column behind its last",
        ("diff(has_ink.astype(int)))", "diff(has_ink[1:-1].astype(int))) + 1"): (
            "at the page's edge"
        ),
        (".any(axis=0)", ".any(axis=1)"): "a column counts if any",
        (".any(axis=0)", ".all(axis=0)"): "a column counts if any",
        ("ink > 0.5", "ink > 0"): "an empty page has no pieces",
        "lambda ink: np.flatnonzero((ink > 0.5).any(axis=0))": "a list of pairs",
        "lambda ink: np.flatnonzero(np.diff((ink > 0.5).any(axis=0)))": "list of pairs",
        "lambda ink: [(int(np.argmax(ink.max(axis=0) > 0.5)), 40)]": "gaps separate",
        ("(ink > 0.5).any(axis=0)", "ink.mean(axis=0) > 0.5"): "a column counts if any",
        "lambda ink: solution_pieces_of(ink)[::-1]": "from left to right",
        "lambda ink: [(a - 1, b) for a, b in solution_pieces_of(ink)]": "Not right: ",
        "lambda ink: solution_pieces_of(ink) or None": "a list of pairs",
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that an instructor hands out."""
    folder = tmp_path_factory.mktemp("handout") / "of-the-course"
    write_handouts(folder)
    return folder


@pytest.fixture(scope="module", params=LESSONS, ids=name)
def lesson(request, folder):
    """A lesson as stored, and its hand-out after it ran, in the kernel that ran it."""
    execution = Execution(read(folder / request.param.name), request.param.name, folder)
    with execution.kernel():
        execution.run(progress=False)
        yield read(request.param), execution


def exercises(nb):
    """Yield (name of the answer, check cell, solution cell) for each exercise."""
    cells = code_cells(nb)
    for number, cell in enumerate(cells):
        if "exercise" in tags(cell):
            (stub,) = ast.parse(cell.source).body
            answer = getattr(stub, "name", None) or stub.targets[0].id
            yield answer, cells[number + 1], cells[number + 2]


def is_function(nb, answer):
    """Say whether an exercise asks for a function."""
    return any(f"def {answer}(" in cell.source for cell in tagged(nb, "exercise"))


def wrong_code(answer, wrong, solution):
    """Return Python code that defines a wrong answer as `wrong`.

    The solution keeps its name and its code: other wrong answers call it.
    """
    if isinstance(wrong, str):
        return f"wrong = {wrong}"
    old, new = wrong
    source = solution.source.partition("\n\n\nassert ")[0]
    assert old in source, f"{answer}: the solution does not hold {old!r}"
    return source.replace(old, new).replace(f"solution_{answer}", "wrong")


def test_each_exercise_has_a_check_and_a_folded_solution(lesson):
    nb, _ = lesson
    found = list(exercises(nb))
    assert len(found) == 3, "three exercises"
    for answer, check, solution in found:
        assert tags(check) == ["check"], f"{answer}: the check comes next"
        assert f"say(check_{answer}({answer}))" in check.source
        assert tags(solution) == ["solution"], f"{answer}: then the solution"
        assert f"assert check_{answer}(solution_{answer}).startswith" in solution.source
        for cell in check, solution:
            assert cell.source.startswith("# @title "), "Colab folds cells with a title"
            assert cell.metadata.jupyter.source_hidden
            assert cell.metadata.cellView == "form"


def test_untouched_stub_is_told_that_it_is_not_started(lesson):
    nb, execution = lesson
    ran = {cell.source: printed([cell]) for cell in code_cells(execution.nb)}
    for answer, check, _ in exercises(nb):
        assert ran[check.source].startswith("Not started yet:"), answer


def test_solution_is_told_that_it_is_right(lesson):
    nb, execution = lesson
    for answer, _, solution in exercises(nb):
        said = execution.ask(
            f"{solution.source}\nprint(check_{answer}(solution_{answer}))"
        )
        assert said.startswith("Right"), answer


def test_wrong_answers_are_told_what_is_wrong(lesson):
    nb, execution = lesson
    for answer, check, solution in exercises(nb):
        assert len(WRONG[answer]) >= 3, f"{answer}: three likely wrong answers"
        remarks = []
        for wrong, words in WRONG[answer].items():
            code = wrong_code(answer, wrong, solution)
            said = execution.ask(f"{code}\nprint(check_{answer}(wrong))")
            assert said.startswith("Not right: "), f"{answer}, {wrong}: {said}"
            assert words in said, f"{answer}, {wrong}: {said}"
            remarks.append(said)
        for node in ast.walk(ast.parse(check.source)):
            text = getattr(node, "value", None)
            if isinstance(text, str) and text.startswith("Not right: "):
                assert any(said.startswith(text) for said in remarks), (
                    f"{answer}: no wrong answer brings up {text!r}"
                )


def test_constant_does_not_pass_for_a_function_nor_does_one_that_fails(lesson):
    nb, execution = lesson
    for answer, *_ in exercises(nb):
        if is_function(nb, answer):
            said = execution.ask(f"print(check_{answer}(7))")
            assert said.startswith("Not right: a function is asked for"), answer
            said = execution.ask(f"print(check_{answer}(lambda *_: 1 / 0))")
            assert said.startswith("Not right: it stops with ZeroDivisionError"), answer


def test_every_exercise_has_wrong_answers():
    found = {answer for path in LESSONS for answer, *_ in exercises(read(path))}
    assert found == WRONG.keys()


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_handout_holds_nothing_of_a_solution(path):
    nb = read(path)
    given = handout(nb)
    for cell in code_cells(given):
        assert "solution" not in tags(cell)
        assert not cell.outputs
        assert cell.execution_count is None
    # Everything in the file, sources, outputs and metadata.
    text = "\n".join(str(value) for cell in given.cells for value in cell.values())
    text = text.replace("\\n", "\n").replace("\\'", "'")
    lines = {line.strip() for line in text.splitlines()}
    for cell in tagged(nb, "solution"):
        for line in cell.source.splitlines():
            if "solution" in line or len(line.strip()) > 30:
                assert line.strip() not in lines, f"{cell.id}: {line}"
    assert "solution_" not in text
