"""The four plots of a report, as SVG: figures, curves, buckets, reach."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from penchant.cli.evaluate.report.axes import HEIGHT, Axes, left, right, share_of
from penchant.cli.evaluate.report.svg import (
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
from penchant.cli.evaluate.report.words import label, with_interval
from penchant.domain.metrics import MAIN, RECIPROCAL_RANK
from penchant.evaluation.report import Report
from penchant.evaluation.report_views import HISTORY, POPULARITY, Bucket
from penchant.evaluation.significance import Interval

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
_PANELS: Final = (MAIN, RECIPROCAL_RANK, "precision_at_10", "recall_at_25")

Pens = Mapping[str, Pen]
"""How each contestant is drawn, by name."""


def plots(report: Report) -> Iterator[tuple[str, str, str]]:
    """Name, caption and SVG of every plot, those of one way with seen items together."""
    draw: Mapping[str, Callable[[Report, str, Pens], str]] = {
        "metrics": _metrics,
        "curves": _curves,
        "buckets": _buckets,
        "reach": _reach,
    }
    drawn = pens(report.names, report.baselines)
    for seen in report.seen:
        for name, caption in CAPTIONS.items():
            yield f"{name}-{seen}", caption, draw[name](report, seen, drawn)


def _metrics(report: Report, seen: str, drawn: Pens) -> str:
    """One panel per metric, one row per contestant: the mean and its interval."""
    start = max(map(width_of, drawn)) + 24
    width = (WIDTH - start - 12) / len(_PANELS)
    parts = [text(start - 14, _row(n) + 4, name, anchor="end") for n, name in enumerate(drawn)]
    for place, metric in enumerate(_PANELS):
        intervals = {name: report.interval(name, seen, metric) for name in drawn}
        parts += _panel(label(metric), intervals, drawn, start + place * width, width - 22)
    return svg(WIDTH, _row(len(drawn)) + 12, f"Metrics, seen items {seen}", parts)


def _panel(
    head: str, intervals: Mapping[str, Interval], drawn: Pens, start: float, width: float
) -> Iterator[str]:
    scale = Scale(0, _room(one.high for one in intervals.values()), start, start + width)
    bottom = _row(len(drawn)) - _ROW / 2
    yield text(start, 16, head, kind="head")
    for tick in ticks(0, scale.high, 3):
        yield rule(scale(tick), 26, scale(tick), bottom)
        yield text(scale(tick), bottom + 16, share_of(tick), kind="soft", anchor="middle")
    for row, (name, pen) in enumerate(drawn.items()):
        one = intervals[name]
        yield pen.solid([(scale(one.low), _row(row)), (scale(one.high), _row(row))], width=3)
        yield pen.dot(scale(one.mean), _row(row), f"{name}: {with_interval(one)}", radius=5)


def _row(place: int) -> float:
    """The middle of a row of `_metrics`, in pixels from the top."""
    return 30 + _ROW * (place + 0.5)


def _curves(report: Report, seen: str, drawn: Pens) -> str:
    """NDCG@k and recall@k over k."""
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    for measure, half in (("NDCG", left), ("recall", right)):
        curves = [one for one in report.curves if (one.seen, one.measure) == (seen, measure)]
        high = _room(max(one.values) for one in curves)
        axes = half(WIDTH, top, f"{measure}@k", high, (1, 25))
        parts += axes.frame()
        for k in (1, 5, 10, 15, 20, 25):
            parts += axes.below(k, str(k))
        parts += [drawn[one.name].line(axes.points(enumerate(one.values, 1))) for one in curves]
    return svg(WIDTH, top + HEIGHT + 30, f"Metrics by length, seen items {seen}", parts)


def _buckets(report: Report, seen: str, drawn: Pens) -> str:
    """NDCG@10 by length of history, and recall@25 by popularity of what was to be found."""
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    for kind, head, half in (
        (HISTORY, f"{label(MAIN)} by rows before", left),
        (POPULARITY, "recall@25 by popularity", right),
    ):
        found = [one for one in report.buckets if (one.kind, one.seen) == (kind, seen)]
        sizes = {one.label: one.n_users for one in found}
        high = _room(one.interval.high for one in found)
        axes = half(WIDTH, top, head, high, (-0.5, len(sizes) - 0.5))
        parts += axes.frame()
        for column, (words, n_users) in enumerate(sizes.items()):
            parts += axes.below(column, words, f"{n_users:,} users")
        for row, (name, pen) in enumerate(drawn.items()):
            aside = 0.5 * (row / max(1, len(drawn) - 1) - 0.5)
            parts += _groups([one for one in found if one.name == name], pen, axes, aside)
    return svg(WIDTH, top + HEIGHT + 46, f"Metrics by group, seen items {seen}", parts)


def _groups(found: list[Bucket], pen: Pen, axes: Axes, aside: float) -> Iterator[str]:
    """One contestant's means of all groups, `aside` of the middles so that all are seen."""
    yield pen.line(
        axes.points((n + aside, one.interval.mean) for n, one in enumerate(found)), width=1.2
    )
    for column, one in enumerate(found):
        x, y, interval = axes.x(column + aside), axes.y, one.interval
        yield pen.solid([(x, y(interval.low)), (x, y(interval.high))])
        yield pen.dot(x, y(interval.mean), f"{one.name}: {with_interval(interval)}")


def _reach(report: Report, seen: str, drawn: Pens) -> str:
    """Coverage, and the share of recommendations that popular items take."""
    parts, top = legend(drawn, 10, 14, WIDTH - 20)
    found = [one for one in report.reach if one.seen == seen]
    parts += _coverage_bars({one.name: one.coverage for one in found}, drawn, top)
    axes = right(WIDTH, top, "share of recommendations to the most popular", 1, (0, 1))
    parts += axes.frame()
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts += axes.below(share, f"{share:.0%}")
    parts += axes.below(0.5, "", "of the catalogue, most popular first")
    for one in found:
        last = len(one.curve) - 1
        points = axes.points((n / last, value) for n, value in enumerate(one.curve))
        parts.append(drawn[one.name].line(points))
    height = max(HEIGHT + 46, 40 + _ROW * len(drawn))
    return svg(WIDTH, top + height, f"Reach, seen items {seen}", parts)


def _coverage_bars(values: Mapping[str, float], drawn: Pens, top: float) -> Iterator[str]:
    yield text(10, top + 16, "coverage of the catalogue", kind="head")
    start = max(map(width_of, values)) + 22
    scale = Scale(0, max(*values.values(), 0.01), start, WIDTH / 2 - 80)
    for row, (name, value) in enumerate(values.items()):
        y = top + 34 + row * _ROW
        yield text(start - 10, y + 13, name, anchor="end")
        yield drawn[name].bar(start, y, scale(value) - start, 18)
        yield text(scale(value) + 6, y + 13, f"{value:.1%}", kind="soft")


def _room(values: Iterable[float]) -> float:
    """The end of an axis for these values: a little above the highest, 1 where all are 0."""
    return max(values) * 1.05 or 1
