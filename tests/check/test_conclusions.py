"""What lessons 07 to 09 and the pages conclude follows from the stored runs.

Every statistic is computed again here, from the tables in measured/ and with SciPy, and
compared with what the lesson prints; each conclusion is then held to its statistic.
"""

import re
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from notebooks import printed, read
from tools.course import ROOT, lesson_paths
from tools.measuring import libraries, sweep
from tools.measuring.bands import stored_values

COMPARISONS = [
    ("C", "E"),
    ("B", "E"),
    ("E", "D"),
]  # in lesson 07: the worse, the better


def runs(number, quantity):
    """Return {recipe: numbers by seed} of a lesson's stored table."""
    (path,) = lesson_paths([number])
    found = {}
    for row in sweep.stored_rows(path):
        if row[quantity]:
            found.setdefault(row["recipe"], []).append(float(row[quantity]))
    return {recipe: np.array(values) for recipe, values in found.items()}


def said(number):
    """Return all that a lesson prints."""
    (path,) = lesson_paths([number])
    return printed(read(path).cells)


def text_of(name):
    """Return a page of the repository in one line."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def numbers(pattern, text):
    """Return the numbers that a pattern's groups find in a text, the first time."""
    return [
        float(number.replace(",", "")) for number in re.search(pattern, text).groups()
    ]


def holm(p_values):
    """Return p-values {name: p} by Holm's correction."""
    ranked = sorted(p_values, key=p_values.get)
    products = [(len(ranked) - i) * p_values[name] for i, name in enumerate(ranked)]
    return dict(
        zip(ranked, np.minimum(np.maximum.accumulate(products), 1), strict=True)
    )


def spread_of(values, single=False):
    """Return half the 95 % interval of the mean, or of a single further run."""
    of_what = np.sqrt(single + 1 / len(values))
    return stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * of_what


LAST, BEST = runs("07", "last"), runs("07", "best")


@pytest.mark.parametrize("recipe", "ABCDE")
def test_07_gives_mean_deviation_and_interval(recipe):
    percent = r"([\d.]+)%"
    row = rf"(?m)^{recipe} +{percent} +([\d.]+) +{percent} to {percent} +{percent} to "
    values = 100 * LAST[recipe]
    half = spread_of(values)
    expected = [values.mean(), values.std(ddof=1), values.mean() - half]
    expected += [values.mean() + half, values.min()]
    assert numbers(row, said("07")) == pytest.approx(expected, abs=0.0061)


def test_07_sets_a_single_run_against_the_interval_of_a_single_run():
    values = 100 * LAST["D"]
    mean, half = values.mean(), spread_of(values, single=True)
    ends = [mean - half, mean + half]
    one_more = numbers(r"D, one more run: +([\d.]+)% to ([\d.]+)%", said("07"))
    assert one_more == pytest.approx(ends, abs=0.0061)
    assert ends[0] < 98.15 < ends[1], "the claim is no surprise"
    assert abs(98 - mean) < spread_of(values), "about 98 % is the mean"
    above = numbers(r"lies ([\d.]+) deviations above", said("07"))
    assert above == [round((98.15 - mean) / values.std(ddof=1), 1)]
    threes = np.mean([max(three) for three in combinations(values, 3)])
    assert numbers(r"best of three runs of D: +([\d.]+)%", said("07")) == [
        pytest.approx(threes, abs=0.006)
    ]
    headline = r"claimed; one more run: ([\d.]+)%, .+ ([\d.]+) points"
    assert numbers(headline, said("07")) == pytest.approx([mean, half], abs=0.0051)
    share = stats.binomtest(int((values >= 98.15).sum()), len(values)).proportion_ci()
    (path,) = lesson_paths(["07"])
    prose = " ".join(" ".join(c.source for c in read(path).cells).split())
    assert (
        f"anything from {100 * share.low:.0f} to {100 * share.high:.0f} in 100" in prose
    )


def test_07_takes_a_readme_at_its_word_about_pixels():
    raw, scaled = 100 * LAST["A, raw pixels"], 100 * LAST["A"]
    assert len(raw) == 20
    row = r"A, raw pixels +mean ([\d.]+)%, .+ ([\d.]+)% to ([\d.]+)%, .+ by (\d+)"
    half = spread_of(raw, single=True)
    expected = [raw.mean(), raw.mean() - half, raw.mean() + half, (raw >= 97).sum()]
    assert numbers(row, said("07")) == pytest.approx(expected, abs=0.0061)
    assert (raw >= 97).sum() == 1
    assert (scaled >= 97).all()
    assert stats.ttest_rel(scaled, raw).pvalue < 1e-6


def test_07_corrects_its_comparisons_and_finds_what_counts():
    alone = {pair: stats.ttest_ind(*map(LAST.get, pair)).pvalue for pair in COMPARISONS}
    corrected = holm(alone)
    rows = re.findall(
        r"(\w), (\w): p-value ([\d.]+), after Holm ([\d.]+) +(\w+)", said("07")
    )
    assert len(rows) == len(alone)
    shuffled = holm({(a, b): float(first) for a, b, first, *_ in rows})
    for worse, better, first, after, verdict in rows:
        assert float(after) == pytest.approx(shuffled[worse, better], abs=2e-4)
        assert float(first) == pytest.approx(alone[worse, better], abs=0.01), (
            "by shuffling"
        )
        assert float(after) == pytest.approx(corrected[worse, better], abs=0.02)
        assert verdict == ("counts" if corrected[worse, better] < 0.05 else "open")


@pytest.mark.parametrize("pair", COMPARISONS, ids="-".join)
def test_07_plans_runs_with_a_power_of_80(pair):
    worse, better = map(LAST.get, pair)
    squares = worse.var(ddof=1) + better.var(ddof=1)
    ratio = squares / (better.mean() - worse.mean()) ** 2
    quantiles = stats.norm.ppf(0.975), stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    expected = [round(z.round(2) ** 2 * ratio) for z in quantiles]
    assert numbers(rf"{', '.join(pair)} +(\d+) +(\d+)\n", said("07")) == expected
    half = stats.t.ppf(0.975, 38) * np.sqrt(squares / 20)
    difference = 100 * (better.mean() - worse.mean())
    row = rf"{', '.join(pair)} +([\d.]+) +(-?[\d.]+) to ([\d.]+) +([\d.]+)%"
    upsets = 100 * (worse[:, np.newaxis] > better).mean()
    ends = [difference - 100 * half, difference + 100 * half]
    shown = numbers(row, said("07"))
    assert shown[:3] == pytest.approx([difference, *ends], abs=0.0061)
    assert shown[3] == pytest.approx(upsets, abs=0.051)


def test_07_compares_in_pairs_what_shares_a_seed():
    pairs = 100 * (LAST["E"] - LAST["C"])
    correlation = np.corrcoef(LAST["C"], LAST["E"])[0, 1]
    assert numbers(r"seed by seed: ([\d.]+)", said("07")) == [round(correlation, 2)]
    shown = numbers(r"paired: ([\d.]+) points, give or take ([\d.]+)", said("07"))
    assert shown == pytest.approx([pairs.mean(), spread_of(pairs)], abs=0.0061)
    needed = round(2.8**2 * pairs.var(ddof=1) / pairs.mean() ** 2)
    assert numbers(r"pairs for a power of 80 of 100: (\d+)", said("07")) == [needed]


def test_one_order_costs_the_best_epochs_but_not_surely_the_last():
    recipes = "C", "C, one order"
    assert stats.ttest_ind(*map(LAST.get, recipes)).pvalue > 0.05
    assert stats.ttest_ind(*map(BEST.get, recipes)).pvalue < 0.025


def test_the_courses_own_recipe_scatters_three_fifths_as_much_as_a():
    own = stored_values()["05-judge-the-network", "test_accuracy"]
    ratio = np.std(own, ddof=1) / LAST["A"].std(ddof=1)
    assert ratio == pytest.approx(3 / 5, abs=0.05)


def test_deviations_where_chance_is_taken_away_are_no_different():
    names = "C", "C, same weights", "C, same order", "C, one bit"
    assert stats.levene(*map(LAST.get, names)).pvalue > 0.05


def test_pages_judge_the_claim_by_the_interval_of_one_run():
    values = 100 * LAST["D"]
    half = spread_of(values, single=True)
    for sentence in (
        f"the mean of that one is {values.mean():.2f} %",
        f"{values.mean() - half:.2f} to {values.mean() + half:.2f} %",
    ):
        assert sentence in text_of("docs/results.md"), sentence


SPEED, TO_TARGET = runs("08", "images_per_second"), runs("08", "to_target")
ACCURACY = {recipe: 100 * values for recipe, values in runs("09", "accuracy").items()}


def seconds_of_ten_epochs(recipe):
    """Return the median of the whole call's seconds, for ten epochs."""
    seconds = runs("08", "seconds")[recipe]
    if recipe == "defaults":  # which trains for twenty
        last = runs("08", "seconds_20")[recipe] - runs("08", "seconds_10")[recipe]
        seconds = seconds - last
    return np.median(seconds)


@pytest.mark.parametrize("rung", ["defaults", "batch 480", "bytes", "XLA", "batch 960"])
def test_08_gives_speed_and_clock_of_each_rung(rung):
    row = rf"(?m)^{rung} +([\d,]+) +([\d.]+) +(\d+)% +[\d.]+% +[\d.]+ s"
    row += r" +([\d.]+) s +([\d.]+)"
    speed = np.median(SPEED[rung])
    clock = seconds_of_ten_epochs(rung)
    expected = [speed, speed / np.median(SPEED["defaults"])]
    expected += [100 * speed / SPEED["NumPy"].max(), clock]
    expected += [seconds_of_ten_epochs("defaults") / clock]
    for number, value, within in zip(
        numbers(row, said("08")), expected, (1, 0.06, 0.6, 0.06, 0.06), strict=True
    ):
        assert number == pytest.approx(value, abs=within)


def test_08_says_which_is_first_by_the_clock():
    clocks = {recipe: seconds_of_ten_epochs(recipe) for recipe in SPEED}
    for other in "sprint", "sprint by hand", "NumPy", "NumPy, one thread":
        del clocks[other]  # fewer epochs, or none
    assert min(clocks, key=clocks.get) == "scikit-learn"
    assert 9.5 < np.median(SPEED["batch 960"]) / np.median(SPEED["defaults"]) < 10.5
    assert 5.5 < clocks["defaults"] / clocks["batch 960"] < 6.5
    assert "scikit-learn is first of all" in text_of("docs/results.md")


@pytest.mark.parametrize("target", [96.0, 97.0, 97.5, 97.6])
def test_08_gives_seconds_and_arrivals_for_each_target(target):
    found = []
    for recipe, epochs in ("defaults", 20), ("sprint", 5):
        at, reached = [], []
        for epoch in range(1, epochs + 1):
            at.append(runs("08", f"seconds_{epoch}")[recipe])
            accuracy = runs("08", f"accuracy_{epoch}")[recipe]
            reached.append(100 * accuracy >= target - 1e-9)
        arrived = np.where(reached, at, np.inf).min(axis=0)
        found += [np.median(arrived), np.isfinite(arrived).sum()]
        if target == 97.5:
            assert arrived == pytest.approx(TO_TARGET[recipe], abs=1e-4)
    row = (
        rf"{target}%:  defaults +(\S+) s, (\d) of 5 rounds;  sprint +(\S+) s, (\d) of 5"
    )
    assert numbers(row, said("08")) == pytest.approx(found, abs=0.051)
    if target < 97.6:
        ratio = f"{found[0] / found[2]:.1f}"
        assert f"{ratio} times" in said("08")
        assert ratio in text_of("docs/results.md")
    if target == 97.5:
        assert found[3] == 4
        assert "in four of five rounds" in text_of("docs/results.md")


def test_08_says_how_soon_the_sprint_by_hand_is_there():
    arrived, medians = TO_TARGET["sprint by hand"], {}
    for library, _, _, _, epoch, seconds, _ in libraries.stored_rows():
        last = epoch == ("4" if library == libraries.BY_HAND else "5")
        medians.setdefault(library, []).extend([float(seconds)] * last)
    medians = {library: np.median(seconds) for library, seconds in medians.items()}
    shown = numbers(
        r"97.5 % in ([\d.]+) s \(median\), (\d+) of (\d+) runs got there", said("08")
    )
    assert shown == pytest.approx([np.median(arrived), 20, 20], abs=0.0051)
    assert len(arrived) == 20
    assert np.isfinite(arrived).sum() >= 18, "the bar"
    share = 4 * 48_000 / np.median(arrived) / SPEED["NumPy, one thread"].max()
    shown = numbers(r"(\d+)% of the limit of its one thread", said("08"))
    assert shown == pytest.approx([100 * share], abs=0.51)
    assert share >= 0.6, "the bar"
    own = medians.pop(libraries.BY_HAND)
    for library, seconds in medians.items():
        row = rf"{library} \S+ +takes ([\d.]+) times as long"
        assert numbers(row, said("08")) == pytest.approx([seconds / own], abs=0.051)
    assert own <= medians["keras-tensorflow"] / 2, "the bar"
    assert own < min(medians.values()), "the bar"
    page = text_of("docs/results.md")
    assert f"in {np.median(arrived):.1f} seconds, in all of twenty runs" in page


LADDER = list(ACCURACY)[:14]
BASES = dict(zip(LADDER[1:5], LADDER[:4], strict=True)) | {"longer, strong": "longer"}
BASES["Muon, decay"] = "Muon"


def pairs(rung, base):
    """Return the differences of two recipes of lesson 09, seed by seed, in points."""
    count = min(len(ACCURACY[rung]), len(ACCURACY[base]))
    return ACCURACY[rung][:count] - ACCURACY[base][:count]


def test_09_compares_its_rungs_in_pairs_and_corrects():
    differences = {rung: pairs(rung, BASES.get(rung, "elastic")) for rung in LADDER[1:]}
    alone = {rung: stats.ttest_1samp(d, 0).pvalue for rung, d in differences.items()}
    corrected = holm(alone)
    for rung, values in differences.items():
        row = rf"(?m)^{re.escape(rung)} +([+-][\d.]+) \+- ([\d.]+) on "
        row += r".+ p (\S+) +Holm (\S+) "
        shown = numbers(row, said("09"))
        expected = [values.mean(), spread_of(values), alone[rung], corrected[rung]]
        assert shown[:2] == pytest.approx(expected[:2], abs=0.0051), rung
        close = pytest.approx(expected[2:], rel=0.051, abs=1e-4)
        assert shown[2:] == close, rung
        verdict = re.search(row + r" *(\w+)", said("09"))[5]
        better = "helps" if values.mean() > 0 else "hurts"
        assert verdict == (better if corrected[rung] < 0.05 else "open"), rung
    counts = {rung for rung, p in corrected.items() if p < 0.05}
    helpful = {"two teachers", "Muon", "Muon, decay", "longer"}
    assert counts == {*LADDER[1:3], *helpful}
    for rung, base in ("elastic", "one rate"), ("Muon, decay", "elastic"):
        together = pairs(rung, base)
        assert stats.ttest_1samp(together, 0).pvalue < 0.05 / 15
        row = rf"{rung} on {base}, the steps together: ([+\d.]+) \+- ([\d.]+)"
        expected = [together.mean(), spread_of(together)]
        assert numbers(row, said("09")) == pytest.approx(expected, abs=0.0051)


def test_09_has_ten_pairs_of_each_rung():
    assert {rung: len(ACCURACY[rung]) for rung in LADDER} == dict.fromkeys(LADDER, 10)


def test_09_compares_warps_and_decay_in_long_trainings():
    mild, strong = ACCURACY["400 epochs"], ACCURACY["400 epochs, strong"]
    less = ACCURACY["400 epochs, less decay"]
    assert len(mild) == len(strong) == len(less) == 5
    trials = {"mild": mild, "strong": strong, "strong, less decay": less}
    longest = "long, less decay", "long", "long, straightened"
    trials |= {name: ACCURACY[name] for name in longest}
    for name, runs_of in trials.items():
        row = rf"(?m)^{name} +{5 * r'([0-9.]+) +'}mean ([0-9.]+) %"
        expected = [*runs_of, runs_of.mean()]
        assert numbers(row, said("09")) == pytest.approx(expected, abs=0.0051)
    rows = {"400 epochs on forty, mild": pairs("400 epochs", "Muon, decay")}
    rows["strong on mild warps"] = strong - mild
    rows["less on more decay, 400 epochs"] = less - strong
    rows["both on neither"] = less - mild
    rows["less on more decay, 700 epochs"] = pairs("long, less decay", "long")
    rows["long, straightened on long"] = pairs("long, straightened", "long")
    for start, differences in rows.items():
        shown = numbers(rf"{start} +(\S+) \+- (\S+) points, p (\S+)", said("09"))
        expected = [differences.mean(), spread_of(differences)]
        assert shown[:2] == pytest.approx(expected, abs=0.0051), start
        p = stats.ttest_1samp(differences, 0).pvalue
        assert shown[2] == pytest.approx(p, rel=0.051), start
    for name in "strong on mild warps", *(n for n in rows if n.startswith("less")):
        assert stats.ttest_1samp(rows[name], 0).pvalue > 0.05, f"{name}: open"
    assert 4 * stats.ttest_1samp(less - mild, 0).pvalue < 0.05, "both together"
    assert (less > mild).all(), "both together, in all five pairs"
    assert (pairs("400 epochs", "Muon, decay") > 0).all(), "longer is better"
    assert (rows["long, straightened on long"] > 0).all(), "better in all five pairs"


def test_09_straightens_in_ten_pairs():
    names = "Muon, decay", "straightened"
    as_they_are, upright = (ACCURACY[name] for name in names)
    differences = upright - as_they_are
    assert len(differences) == 10
    assert (differences > 0).all(), "better in all ten pairs"
    p = stats.ttest_1samp(differences, 0).pvalue
    assert p < 0.05
    left = (100 - upright).mean() / (100 - as_they_are).mean()
    assert 0.75 < left < 0.85, "a fifth of the mistakes"
    for name in names:
        shown = numbers(
            rf"(?m)^{name} +{10 * r'([0-9.]+) +'}mean ([0-9.]+) %", said("09")
        )
        expected = [*ACCURACY[name], ACCURACY[name].mean()]
        assert shown == pytest.approx(expected, abs=0.0051), name
    row = r"straightened on as they are +(\S+) \+- (\S+) points, p (\S+)"
    shown = numbers(row, said("09"))
    expected = [differences.mean(), spread_of(differences)]
    assert shown[:2] == pytest.approx(expected, abs=0.0051)
    assert shown[2] == pytest.approx(p, rel=0.051)


def test_09_reaches_the_bar_with_its_longest_training():
    assert ACCURACY["long, straightened"].mean() >= 99.40


def test_09_reports_twenty_seeds():
    (path,) = lesson_paths(["09"])
    twenty = 100 * np.array(stored_values()[path.stem, "test_accuracy"])
    (source,) = (c.source for c in read(path).cells if "TWENTY = " in c.source)
    told = [float(number) for number in source.split('"""')[1].split()]
    assert told == pytest.approx(twenty, abs=1e-6), "make bands measured others"
    assert len(twenty) == 20
    assert twenty.mean() >= 99.15, "the bar"
    assert twenty.min() > 99
    row = (
        r"over 20 seeds: ([\d.]+) % \+- ([\d.]+), standard deviation .+ ([\d.]+) points"
    )
    expected = [twenty.mean(), spread_of(twenty), twenty.std(ddof=1)]
    assert numbers(row, said("09")) == pytest.approx(expected, abs=0.0051)
    assert ACCURACY["short"] == pytest.approx(
        twenty[: len(ACCURACY["short"])], abs=1e-6
    )


def test_09_compares_sizes_as_far_as_five_runs_allow():
    plain, wide = ACCURACY["128-32"], ACCURACY["256-128-32"]
    assert stats.ttest_ind(ACCURACY["784-100"], plain).pvalue < 0.01
    assert stats.ttest_ind(plain, wide).pvalue < 0.01
    assert stats.ttest_1samp(pairs("short", "256-128-32"), 0).pvalue > 0.05, "open"
    for larger in "512-256", "784-800":
        assert stats.ttest_ind(ACCURACY[larger], wide).pvalue > 0.05
        assert ACCURACY[larger].mean() < ACCURACY["long"].mean()
    wider, convolutional = "700 epochs on 256-128-32", "straightened on convolutional"
    both = {wider: pairs("long", "256-128-32")}
    both[convolutional] = pairs("long, straightened", "convolutional")
    for start, differences in both.items():
        p = stats.ttest_1samp(differences, 0).pvalue
        assert bool(p > 0.05) == (start == convolutional), start
        shown = numbers(rf"{start} +(\S+) \+- (\S+) points, p (\S+)", said("09"))
        expected = [differences.mean(), spread_of(differences)]
        assert shown[:2] == pytest.approx(expected, abs=0.0051), start
        assert shown[2] == pytest.approx(p, rel=0.051), start
    assert both[wider].mean() > 0, "better with fewer parameters"
    best_two = sorted(ACCURACY, key=lambda recipe: ACCURACY[recipe].mean())[-2:]
    assert set(best_two) == {"convolutional", "long, straightened"}
