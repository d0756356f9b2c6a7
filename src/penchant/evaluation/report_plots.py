"""The four plots of a report, as SVG: figures, curves, buckets, reach."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from penchant.evaluation.report import COMPARED, MAIN, Report
from penchant.evaluation.report_svg import (
    Pen,
    Scale,
    legend,
    pens,
    rule,
    svg,
    text,
    ticks,
    width_of,
)
from penchant.evaluation.report_views import HISTORY, POPULARITY
from penchant.evaluation.report_words import label, number, with_interval

WIDTH: Final = 920
CAPTIONS: Final = {
    "metrics": "Metrics with their intervals. Grey rows are baselines.",
    "curves": "The same at every length of the list.",
    "buckets": "Left: users by how much they did before. Right: by how popular it was what they "
    "then chose; popular, middle and rare items have a third of all training rows each.",
    "reach": "Left: share of the catalogue that stands in any list. Right: share of all "
    "recommendations that goes to the most popular part of the catalogue; a line nearer to the "
    "lower right spreads more.",
}
_ROW: Final = 28
_GAP: Final = 44
_PANEL_HEIGHT: Final = 230
_PANELS: Final = (MAIN, "mean_reciprocal_rank_at_25", "precision_at_10", "recall_at_25")
assert set(_PANELS) <= set(COMPARED)


def plots(report: Report) -> Iterator[tuple[str, str, str]]:
    """Name, caption and SVG of every plot, those of one way with seen items together."""
    draw: Mapping[str, Callable[[Report, str], str]] = {
        "metrics": metrics_plot,
        "curves": curves_plot,
        "buckets": buckets_plot,
        "reach": reach_plot,
    }
    for seen in report.seen:
        for name, caption in CAPTIONS.items():
            yield f"{name}-{seen}", caption, draw[name](report, seen)


def metrics_plot(report: Report, seen: str) -> str:
    """One panel per metric, one row per contestant: the mean and its interval."""
    drawn = pens(report.names, report.baselines)
    left = max(map(width_of, report.names)) + 24
    panel = (WIDTH - left - 12) / len(_PANELS)
    bottom = 30 + _ROW * len(drawn)
    parts = [
        text(left - 14, 30 + _ROW * (row + 0.5) + 4, name, anchor="end")
        for row, name in enumerate(drawn)
    ]
    for place, metric in enumerate(_PANELS):
        intervals = {name: report.interval(name, seen, metric) for name in drawn}
        scale = Scale(
            0,
            max(one.high for one in intervals.values()) * 1.05 or 1,
            left + place * panel,
            left + place * panel + panel - 22,
        )
        parts.append(text(scale.start, 16, label(metric), kind="head"))
        for tick in ticks(0, scale.high, 3):
            parts.append(rule(scale(tick), 26, scale(tick), bottom))
            parts.append(
                text(
                    scale(tick),
                    bottom + 16,
                    number(tick, 2) if tick else "0",
                    kind="soft",
                    anchor="middle",
                )
            )
        for row, (name, pen) in enumerate(drawn.items()):
            y, one = 30 + _ROW * (row + 0.5), intervals[name]
            parts.append(pen.solid([(scale(one.low), y), (scale(one.high), y)], width=3))
            parts.append(pen.dot(scale(one.mean), y, f"{name}: {with_interval(one)}", radius=5))
    return svg(WIDTH, bottom + 26, f"Metrics, seen items {seen}", parts)


def curves_plot(report: Report, seen: str) -> str:
    """NDCG@k and recall@k over k."""
    drawn = pens(report.names, report.baselines)
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    for place, measure in enumerate(("NDCG", "recall")):
        values = {
            one.name: one.values
            for one in report.curves
            if (one.seen, one.measure) == (seen, measure)
        }
        high = max(map(max, values.values())) * 1.05 or 1
        x, y = _axes(place, top, f"{measure}@k", high, (1, 25), parts)
        for k in (1, 5, 10, 15, 20, 25):
            parts.append(text(x(k), y.start + 18, str(k), kind="soft", anchor="middle"))
        parts += [
            drawn[name].line([(x(k), y(value)) for k, value in enumerate(line, start=1)])
            for name, line in values.items()
        ]
    return svg(WIDTH, top + _PANEL_HEIGHT + 30, f"Metrics by length, seen items {seen}", parts)


def buckets_plot(report: Report, seen: str) -> str:
    """NDCG@10 by length of history, and recall@25 by popularity of what was to be found."""
    drawn = pens(report.names, report.baselines)
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    heads = {HISTORY: f"{label(MAIN)} by rows before", POPULARITY: "recall@25 by popularity"}
    for place, (kind, head) in enumerate(heads.items()):
        found = [one for one in report.buckets if (one.kind, one.seen) == (kind, seen)]
        sizes = {one.label: one.n_users for one in found}
        high = max(one.interval.high for one in found) * 1.05 or 1
        x, y = _axes(place, top, head, high, (-0.5, len(sizes) - 0.5), parts)
        for column, (words, n_users) in enumerate(sizes.items()):
            parts.append(text(x(column), y.start + 18, words, kind="soft", anchor="middle"))
            users = f"{n_users:,} users"
            parts.append(text(x(column), y.start + 34, users, kind="soft", anchor="middle"))
        columns = {words: column for column, words in enumerate(sizes)}
        for row, (name, pen) in enumerate(drawn.items()):
            aside = 0.5 * (row / max(1, len(drawn) - 1) - 0.5)
            own = [one for one in found if one.name == name]
            places = [(x(columns[one.label] + aside), y(one.interval.mean)) for one in own]
            parts.append(pen.line(places, width=1.2))
            for (across, up), one in zip(places, own, strict=True):
                parts.append(
                    pen.solid([(across, y(one.interval.low)), (across, y(one.interval.high))])
                )
                parts.append(pen.dot(across, up, f"{name}: {with_interval(one.interval)}"))
    return svg(WIDTH, top + _PANEL_HEIGHT + 46, f"Metrics by group, seen items {seen}", parts)


def reach_plot(report: Report, seen: str) -> str:
    """Coverage, and the share of recommendations that popular items take."""
    drawn = pens(report.names, report.baselines)
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    found = {one.name: one for one in report.reach if one.seen == seen}
    height = max(_PANEL_HEIGHT + 46, 40 + _ROW * len(drawn))
    _coverage_bars({name: found[name].coverage for name in drawn}, drawn, top, parts)
    x, y = _axes(1, top, "share of recommendations to the most popular", 1, (0, 1), parts)
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(text(x(share), y.start + 18, f"{share:.0%}", kind="soft", anchor="middle"))
    middle = (x.start + x.end) / 2
    words = "of the catalogue, most popular first"
    parts.append(text(middle, y.start + 34, words, kind="soft", anchor="middle"))
    for name, pen in drawn.items():
        curve = found[name].curve
        last = len(curve) - 1
        parts.append(pen.line([(x(n / last), y(value)) for n, value in enumerate(curve)]))
    return svg(WIDTH, top + height, f"Reach, seen items {seen}", parts)


def _coverage_bars(
    values: Mapping[str, float], drawn: Mapping[str, Pen], top: float, parts: list[str]
) -> None:
    parts.append(text(10, top + 16, "coverage of the catalogue", kind="head"))
    left = max(map(width_of, values)) + 22
    scale = Scale(0, max(*values.values(), 0.01), left, WIDTH / 2 - 80)
    for row, (name, value) in enumerate(values.items()):
        y = top + 34 + row * _ROW
        parts.append(text(left - 10, y + 13, name, anchor="end"))
        parts.append(drawn[name].bar(left, y, scale(value) - left, 18))
        parts.append(text(scale(value) + 6, y + 13, f"{value:.1%}", kind="soft"))


def _axes(
    place: int, top: float, head: str, high: float, across: tuple[float, float], parts: list[str]
) -> tuple[Scale, Scale]:
    """Draw the frame of the left (0) or right (1) panel; return its scales."""
    half = (WIDTH - _GAP) / 2
    left = place * (half + _GAP) + 38
    x = Scale(*across, left, left + half - 60)
    y = Scale(0, high, top + 30 + _PANEL_HEIGHT - 30, top + 30)
    parts.append(text(left - 28, top + 16, head, kind="head"))
    for tick in ticks(0, high):
        parts.append(rule(x.start, y(tick), x.end, y(tick)))
        parts.append(
            text(
                x.start - 8,
                y(tick) + 4,
                number(tick, 2) if tick else "0",
                kind="soft",
                anchor="end",
            )
        )
    parts.append(rule(x.start, y.start, x.end, y.start, kind="axis"))
    return x, y
