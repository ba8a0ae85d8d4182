"""Pictures of a run for docs/benchmarks: SVG, the same bytes for the same figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.benchmarks.results import Depth, Results, ratio_text, times_faster
from tests.benchmarks.serving import Served

OURS, USUAL, WORDS = "#2a9d8f", "#e76f51", "#808890"  # legible on white and on black
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sins",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": WORDS,
    "axes.labelcolor": WORDS,
    "axes.edgecolor": WORDS,
    "xtick.color": WORDS,
    "ytick.color": WORDS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": WORDS,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}


def draw(results: Results, folder: Path) -> list[Path]:
    """The pictures that the document shows."""
    with mpl.rc_context(STYLE):
        drawn = {
            "history-queries": _queries(results),
            "history-depth": _depth(results.depths),
            "history-http": _http(results.served),
        }
        return save(drawn, folder)


def save(drawn: Mapping[str, Figure], folder: Path) -> list[Path]:
    """Within STYLE, like the drawing itself."""
    paths = [folder / f"{name}.svg" for name in drawn]
    for path, figure in zip(paths, drawn.values(), strict=True):
        figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
    return paths


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _queries(results: Results) -> Figure:
    outcomes = results.outcomes[::-1]
    figure, axes = new_figure(9, 0.75 * len(outcomes) + 1.2)
    for place, outcome in enumerate(outcomes):
        naive, ours = outcome.naive.sql_p50, outcome.ours.sql_p50
        axes.barh(place + 0.2, ours, 0.38, color=OURS, label="SINS" if not place else None)
        axes.barh(place - 0.2, naive, 0.38, color=USUAL, label=None if place else "usual form")
        axes.annotate(
            f" {outcome.contest.naive_name}: {ratio_text(outcome.ratio)}",
            (naive, place - 0.2),
            va="center",
            fontsize=9,
        )
    axes.set_yticks(range(len(outcomes)), [outcome.contest.name for outcome in outcomes])
    axes.set_xscale("log")
    figures = [figure for one in outcomes for figure in (one.naive.sql_p50, one.ours.sql_p50)]
    axes.set_xlim(min(figures) / 3, max(figures) * 30)  # room for the words at the longest bar
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("median ms in SQL (logarithmic)")
    axes.grid(axis="x")
    figure.legend(loc="outside upper right", ncols=2)
    return figure


def _depth(depths: Sequence[Depth]) -> Figure:
    figure, axes = new_figure(8, 4)
    rows = [depth.rows for depth in depths]
    usual = [depth.outcome.naive.sql_p50 for depth in depths]
    ours = [depth.outcome.ours.sql_p50 for depth in depths]
    axes.plot(rows, usual, "o-", color=USUAL, label="OFFSET")
    axes.plot(rows, ours, "o-", color=OURS, label="SINS, by key")
    axes.set_xscale("symlog", linthresh=100)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("rows before the page (logarithmic)")
    axes.set_ylabel("median ms in SQL (logarithmic)")
    axes.grid()
    axes.legend(loc="upper left")
    return figure


def _http(served: Sequence[Served]) -> Figure:
    figure, axes = new_figure(9, 0.45 * len(served) + 1)
    for place, one in enumerate(reversed(served)):
        is_ours = times_faster(served, one) is None
        axes.barh(place, one.requests_per_s, 0.6, color=OURS if is_ours else USUAL)
        axes.annotate(f" {one.requests_per_s:,.1f}/s", (one.requests_per_s, place), va="center")
    names = [f"{one.form.name}, {one.form.page}" for one in reversed(served)]
    axes.set_yticks(range(len(served)), names)
    axes.set_xlim(right=max(one.requests_per_s for one in served) * 1.15)
    axes.set_xlabel("requests per second")
    axes.grid(axis="x")
    return figure
