"""Every figure has its title, labels, legends, and a description of its kind.

What each figure shows is tested in test_figures_NN.py, lesson by lesson.
"""

import numpy as np
import pytest

from figures import WORDS, bars_in, curves_in
from notebooks import LESSONS, code_cells, read

FIGURES = [
    f"{path.name[:2]} {cell.id}"
    for path in LESSONS
    for cell in code_cells(read(path))
    if "alt" in cell.metadata
]
every_figure = pytest.mark.parametrize("drawn", FIGURES, indirect=True)


@every_figure
def test_titles_labels_and_legends_are_there(drawn):
    titles = [ax.get_title() for ax in drawn.panels]
    titled = drawn.title or all(titles)
    if not titled and len(titles) == 2 * grid_columns(drawn):
        titled = all(titles[: len(titles) // 2])  # of the column, which stand on top
    assert titled, "the figure, or one of its panels, has no title"
    for ax in (ax for ax in drawn.panels if ax.axison):
        for axis in ax.xaxis, ax.yaxis:
            shared = getattr(ax, f"get_shared_{axis.axis_name}_axes")()
            labels = [
                getattr(other, f"get_{axis.axis_name}label")()
                for other in shared.get_siblings(ax)  # itself, at least
            ]
            missing = len(axis.get_ticklocs()) and not any(labels)
            assert not missing, f"the {axis.axis_name} axis has ticks, but no label"
        curves = sum(len(line.get_xdata()) > 2 for line in ax.lines)
        named = len(ax.get_legend_handles_labels()[1])
        if ax.get_legend():
            assert len(curves_in(ax)) >= max(curves, named), "a curve has no name"
        elif curves > 1 and "solid" not in drawn.title:  # or texts at the curves
            near = ax.get_shared_y_axes().get_siblings(ax)  # itself, at least
            texts = max(len(other.texts) for other in near)
            rows = sum(
                any(map(str.isalpha, t.get_text())) for t in ax.get_yticklabels()
            )
            assert max(texts, rows) >= curves, "a curve has no name"


def grid_columns(drawn):
    """Return how many panels stand side by side."""
    return drawn.panels[0].get_subplotspec().get_gridspec().ncols


def bars(ax):
    """Return whether a panel has bars; error bars are none."""
    return any(hasattr(container, "orientation") for container in ax.containers)


@every_figure
def test_description_names_the_kind_of_figure(drawn):
    count = len(drawn.panels)
    kinds = {2: ["left", "right"], 3: ["left", "middle", "right"]}.get(count, [])
    if count == 2 and grid_columns(drawn) == 1:
        kinds = ["top", "bottom"]
    if count == 3 and grid_columns(drawn) == 2:
        kinds = ["left", "right", "below"]
    if count > 3:
        counted = {WORDS.get(count, "many")}
        if count == 2 * grid_columns(drawn):  # pairs of panels may be counted, too
            counted.add(WORDS.get(count // 2, "many"))
        assert any(word in drawn.alt.lower() for word in counted), (
            f"`alt` does not say {' or '.join(counted)!r}: {drawn.alt}"
        )
    for ax in drawn.panels:
        if not ax.axison:
            kinds.append("diagram")
        elif any(hasattr(artist, "get_coordinates") for artist in ax.collections):
            kinds.append("heatmap")
        elif bars(ax) and ax.containers[0].orientation == "horizontal":
            kinds.append("horizontal bars")
        elif bars(ax):
            edges, widths, _ = bars_in(ax)
            touching = len(edges) > 1 and np.allclose(np.diff(edges), widths[1:])
            kinds.append("histogram" if touching else "bar chart")
        elif long := [line for line in ax.lines if len(line.get_xdata()) > 2]:
            joined = any(line.get_linestyle() != "None" for line in long)
            kinds.append("line plot" if joined else "dot")
    for kind in kinds:
        assert kind in drawn.alt.lower(), f"`alt` does not say {kind!r}: {drawn.alt}"
