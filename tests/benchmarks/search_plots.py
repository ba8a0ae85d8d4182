"""Pictures of a run of the search benchmark: SVG, in the look of the history's."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.benchmarks.plots import OURS, STYLE, USUAL, WORDS, new_figure, save
from tests.benchmarks.results import ms_text, ratio_text
from tests.benchmarks.search_results import OURS as OUR_NAME
from tests.benchmarks.search_results import Bin, Quality, Results
from tests.benchmarks.search_targets import LEAST_TEN_OF_A_CLASS, times_faster

# Of the other ways, in their order; legible on white and on black.
OTHERS = (USUAL, "#e9b44c", "#6c8ebf")


def draw(found: Results, folder: Path) -> list[Path]:
    """Those for which the run has figures."""
    with mpl.rc_context(STYLE):
        drawn = {}
        if found.speed:
            drawn["search-speed"] = _speed(found)
        if found.whole.classes:
            drawn["search-recall"] = _recall(found.whole, found.quality)
        if found.reliability:
            drawn["search-reliability"] = _reliability(found.reliability)
        return save(drawn, folder)


def _speed(found: Results) -> Figure:
    """A bar to p50, a line on to p95."""
    ways = found.speed[::-1]
    figure, axes = new_figure(9, 0.6 * len(ways) + 1)
    for place, way in enumerate(ways):
        is_ours = way.name == OUR_NAME
        axes.barh(place, way.p50_ms, 0.55, color=OURS if is_ours else USUAL)
        axes.plot([way.p50_ms, way.p95_ms], [place, place], color=WORDS, marker="|", markersize=9)
        times = "" if is_ours else f", {ratio_text(times_faster(found, way))}"
        axes.annotate(
            f"{ms_text(way.p50_ms)}{times}", (way.p95_ms, place),
            xytext=(9, 0), textcoords="offset points", va="center",
        )  # fmt: skip
    axes.set_yticks(range(len(ways)), [way.name for way in ways])
    axes.set_xscale("log")
    axes.set_xlim(min(way.p50_ms for way in ways) / 3, max(way.p95_ms for way in ways) * 12)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("ms per question (logarithmic): bars to p50, lines to p95")
    axes.grid(axis="x")
    return figure


def _recall(whole: Quality, quality: Sequence[Quality]) -> Figure:
    """Recall@10 of each class of error: a dot for each way."""
    kinds = sorted(whole.classes, key=lambda kind: whole.classes[kind].at_10)
    figure, axes = new_figure(9, 0.42 * len(kinds) + 1.2)
    others = [one for one in quality if one.name != OUR_NAME]
    for other, colour in zip(others, OTHERS, strict=False):
        asked = [kind for kind in kinds if kind in other.classes]
        axes.plot(
            [other.classes[kind].at_10 for kind in asked],
            [kinds.index(kind) for kind in asked],
            "D", color=colour, markersize=6, label=other.name,
        )  # fmt: skip
    ours = [whole.classes[kind].at_10 for kind in kinds]
    axes.plot(ours, range(len(kinds)), "o", color=OURS, markersize=9, label=OUR_NAME)
    axes.axvline(LEAST_TEN_OF_A_CLASS, color=WORDS, linestyle=":")
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_xlim(right=1.01)
    axes.set_xlabel("right person among the first ten (dotted: what SINS has to reach)")
    axes.grid()
    figure.legend(loc="outside upper right", ncols=len(others) + 1)
    return figure


def _reliability(bins: Sequence[Bin]) -> Figure:
    """Where the score says what comes true, the dots lie on the line."""
    filled = [one for one in bins if one.answers]
    most = max(one.answers for one in filled)
    figure, axes = new_figure(6, 5)
    axes.plot([0, 1], [0, 1], color=WORDS, linestyle=":")
    axes.plot([one.mean_score for one in filled], [one.share for one in filled], color=OURS)
    axes.scatter(
        [one.mean_score for one in filled],
        [one.share for one in filled],
        s=[30 + 270 * one.answers / most for one in filled],
        color=OURS,
    )
    axes.set_xlim(0, 1.04)
    axes.set_ylim(0, 1.04)
    axes.set_xlabel("score of the first answer (larger dots: more answers)")
    axes.set_ylabel("share that was the right person")
    axes.grid()
    return figure
