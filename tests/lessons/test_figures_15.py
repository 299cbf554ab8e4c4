"""The figures of lesson 15 show what their titles, labels and descriptions say."""

import re
from itertools import pairwise

import numpy as np

from figures import has, of, same, says


def spans_by_row(bars):
    """Return {row: [(left, right) of each bar, from left to right]}."""
    rows = {}
    for bar in sorted(bars, key=lambda bar: bar.get_x()):
        row = round(bar.get_y() + bar.get_height() / 2)
        rows.setdefault(row, []).append((bar.get_x(), bar.get_x() + bar.get_width()))
    return rows


def overlap_nowhere(spans):
    problem = "two bars of one worker overlap"
    assert all(b[0] >= a[1] - 1e-6 for a, b in pairwise(spans)), problem


@of("15 scale-out-7")
def test_ten_bars_and_a_start_for_each_worker(drawn):
    for ax, workers, total in zip(drawn.panels, (1, 2, 5), (12, 7, 4), strict=True):
        starts, bars = ax.containers
        boxes = [(b.get_x(), b.get_width()) for b in starts]
        same(boxes, [(0, 2)] * workers, "a start is not 2 seconds")
        same(len(bars), 10, "not ten trainings")
        for spans in spans_by_row(bars).values():
            assert spans[0][0] >= 2, "a bar begins before its worker has started"
            overlap_nowhere(spans)
        end = max(b.get_x() + b.get_width() for b in bars)
        same(end, total, "the last training ends at another time")
        same([text.get_text() for text in ax.texts], [f"{total} s"], "another time")
        assert f"{total}" in drawn.alt, "`alt` says another time"
    labels = "seconds | 5 workers"
    words = [f"{ax.get_xlabel()} | {ax.get_ylabel()}" for ax in drawn.panels]
    same(words[-1], labels, "the labels are others")
    assert "Ten trainings of one second" in drawn.title


@of("15 an-engine-and-a-worker-that-is-lost-8")
def test_each_training_lies_with_the_process_that_did_it(drawn):
    (ax,) = drawn.panels
    done, lost = drawn.names["done"], drawn.names["lost"]
    begin = min(lost[1], *(start for *_, start, _ in done))
    (hatched,) = (bar for bar in ax.patches if bar.get_hatch())
    bars = [bar for bar in ax.patches if bar is not hatched]
    texts = {text.get_text().strip(): text for text in ax.texts}
    same(sorted(texts), sorted([*map(str, range(1, 11)), "lost"]), "other numbers")
    row_of = {}
    for number, (bar, (_, who, start, end)) in enumerate(
        zip(bars, done, strict=True), 1
    ):
        shown = bar.get_x(), bar.get_width()
        same(
            shown, (start - begin, end - start), "a bar has another's time", within=1e-4
        )
        row = round(bar.get_y() + bar.get_height() / 2)
        same(row_of.setdefault(who, row), row, "one process in two rows")
        middle = (start + end) / 2 - begin, row
        place = texts[str(number)].get_position()
        same(place, middle, "a number is not on its bar", within=1e-4)
    row = round(hatched.get_y() + hatched.get_height() / 2)
    assert row != row_of[done[3][1]], "the lost training is done by whoever lost it"
    same(texts["lost"].get_position()[1], row, "`lost` names another worker")
    for spans in spans_by_row(ax.patches).values():
        overlap_nowhere(spans)
    rows = len({lost[0], *(who for _, who, *_ in done)})
    names = [label.get_text() for label in ax.get_yticklabels()]
    same(names, [f"worker {n + 1}" for n in range(rows)], "other workers")
    assert ax.yaxis_inverted(), "worker 1 is not at the top"
    says(drawn, "A worker is lost", "seconds | who", "hatched", 10)


@of("15 when-more-workers-pay-10")
def test_throughput_and_amdahl_are_those_that_were_measured(drawn):
    left, right = drawn.panels
    names = drawn.names
    walls, workers = names["walls"], names["worker_counts"]
    few, many, alone = left.lines[:3]
    for line, count in (few, 10), (many, 100):
        same(line.get_xdata(), workers, "other workers")
        same(line.get_ydata(), count / np.array(walls[count]), "not jobs per second")
    same(set(alone.get_ydata()), {1 / names["job"]}, "not this notebook alone")
    for text, line in zip(left.texts, (few, many), strict=False):
        same(text.get_position()[1], line.get_ydata()[-1], "a name at another line")
    curves, points = right.lines[:3], right.collections
    for text, line in zip(right.texts, curves, strict=True):
        count = int(re.sub(r"\D", "", text.get_text()))
        share = names["start"] / (names["start"] + count * names["job"])
        n, speed_up = line.get_data()
        same(n, 2 ** np.arange(7), "not one to 64 workers")
        expected = 1 / (share + (1 - share) / n)
        same(speed_up, expected, "a curve has the name of another number of jobs")
        same(text.get_position()[1], speed_up[-1], "a name is not at its curve's end")
    for line, count in zip(points, (10, 100), strict=True):
        measured = walls[count][0] / np.array(walls[count])
        shown = line.get_offsets()
        same(shown, np.transpose([workers, measured]), "the points are no speed-up")
    for ax in drawn.panels:
        same(set(ax.lines[-1].get_xdata()), {names["cores"]}, "not the cores")
        same(ax.get_xscale(), "log", "`alt`: powers of two")
    labels = "workers | jobs per second; workers | speed-up"
    says(drawn, "Throughput", labels, "cores", 64, "measured")


@of("15 a-search-that-stops-bad-runs-early-6")
def test_half_of_the_settings_stop_at_each_mark(drawn):
    (ax,) = drawn.panels
    found, winner = drawn.names["found"], drawn.names["winner"]
    has(ax, lines=24, texts=1)
    for line, (setting, shares) in zip(ax.lines, found.items(), strict=True):
        ends = [1000, 2000, 3000, 5000][: len(shares)]
        same(line.get_data(), [ends, shares], "a line shows another setting")
        stopped = len(shares) < 4
        look = line.get_linestyle(), line.get_marker()
        same(
            look, ("--", "x") if stopped else ("-", "o"), "`alt`: dashed, with crosses"
        )
        same(line.get_color() == "C1", setting == winner, "another winner")
    same(sorted(len(line.get_xdata()) for line in ax.lines).count(4), 3, "not three")
    (text,) = ax.texts
    same(text.get_position()[1], found[winner][-1], "the winner's name is elsewhere")
    labels = "images trained on | share read of 1,000"
    says(drawn, "Dashed settings are stopped", labels, 24, "twelve", "six", "three")


@of("15 the-best-of-many-and-its-luck-4")
def test_the_winner_among_fresh_seeds_and_the_luck_of_the_best(drawn):
    left, right = drawn.panels
    fresh = drawn.names["fresh"]
    dots, mean, diamond = left.lines[0], left.collections[0], left.lines[1]
    same(dots.get_data(), [fresh, np.zeros(20)], "other fresh seeds")
    same(mean.get_segments()[0][:, 0], [fresh.mean()] * 2, "the line is not the mean")
    best = max(shares[-1] for shares in drawn.names["found"].values() if shares[3:])
    same(np.ravel(diamond.get_data()), [best, 1], "the diamond is not the winner")
    names = [label.get_text() for label in left.get_yticklabels()]
    same(names, ["fresh", "searched"], "other rows")
    has(right, lines=1)
    runs, luck = right.lines[0].get_data()
    draws = np.random.default_rng(1).normal(size=(4000, 1000))
    expected = [draws[:, :n].max(axis=1).mean() for n in runs]
    same(luck, expected, "not the mean of the best of so many", within=0.06)
    assert right.get_xscale() == "log", "`alt`: a logarithmic scale"
    labels = (
        "share read of 1,000 | seeds; runs | luck of the best\n(standard deviations)"
    )
    says(drawn, "The more runs", labels, "twenty", "diamond", 1.5, 2.5, 3.2, "1,000")


@of("15 one-network-on-many-devices-9")
def test_speed_up_of_each_network(drawn):
    (ax,) = drawn.panels
    networks = {
        "Wi-Fi": (12.5e6, 2e-3),
        "cables": (125e6, 1e-4),
        "centre": (12.5e9, 5e-6),
    }
    lines = ax.lines[1:7]
    same(*ax.lines[0].get_data(), "the diagonal is not the ideal")
    for line, text in zip(lines, ax.texts, strict=True):
        ((speed, wait),) = (v for k, v in networks.items() if k in text.get_text())
        longer = "100 times" in text.get_text()
        same(line.get_linestyle(), "--" if longer else "-", "`alt`: dashed for longer")
        devices, speed_up = line.get_data()
        same(devices, 2 ** np.arange(8), "not one to 128 devices")
        one = 4e-3 * (100 if longer else 1)
        sent = 2 * (devices - 1) / devices * 419_752
        seconds = one / devices + 2 * (devices - 1) * wait + sent / speed
        same(speed_up, one / seconds, "a line has the name of another network")
        same(text.get_position()[1], speed_up[-1], "a name is not at its line's end")
    same((ax.get_xscale(), ax.get_yscale()), ("log", "log"), "`alt`: powers of two")
    assert lines[0].get_ydata()[1:].max() < 1, "`alt`: falls at once"
    says(drawn, "When the network", "devices | speed-up", 128, "dashed", "hundred", 4)


@of("15 a-thousand-times-more-6")
def test_useful_share_rises_and_falls(drawn):
    (ax,) = drawn.panels
    has(ax, lines=3, texts=3)
    for line, text in zip(ax.lines, ax.texts, strict=True):
        devices = int(re.sub(r"\D", "", text.get_text()))
        hours, share = line.get_data()
        same([hours[0] * 64, hours[-1]], [1, 32], "not a minute to 32 hours")
        same(text.get_position()[1], share[-1], "a name is not at its line's end")
        highest = int(np.argmax(share))
        assert 0 < highest < len(share) - 1, "no highest point inside"
        # What theory says of short gaps between saves: Young's first-order rule.
        between = 365 * 24 / devices
        lost = 1 / 60 / hours + (hours / 2 + 0.1) / between
        near = lost < 0.2
        assert near.sum() >= (devices < 10_000), "nothing to compare"
        rough = "far from what the first-order rule says of so many devices"
        same(share[near], 1 - lost[near], rough, within=0.06)
    labels = "time between saves | useful share of the time"
    says(
        drawn,
        "A hundred hours of work in step",
        labels,
        100,
        "1,000",
        "10,000",
        0.9,
        32,
    )
