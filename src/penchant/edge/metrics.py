"""Counts and latencies of the requests this process answered, in Prometheus' text format."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_NAME: Final = "penchant_request_duration_seconds"


@dataclass(slots=True)
class _Histogram:
    """Requests per latency bucket, the last one for those beyond every bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    sum_s: float = 0.0


class Metrics:
    """Histograms per operation and status; used on the event loop only, hence without a lock."""

    def __init__(self) -> None:
        self._histograms: dict[tuple[str, int], _Histogram] = {}

    def observe(self, operation: str, status: int, taken_s: float) -> None:
        """Count one answered request; `status` is 0 for one that nobody waited for."""
        histogram = self._histograms.get((operation, status))
        if histogram is None:
            histogram = self._histograms[operation, status] = _Histogram()
        histogram.counts[bisect_left(BOUNDS_S, taken_s)] += 1
        histogram.sum_s += taken_s

    def render(self) -> str:
        """Write all of it down."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield "# HELP penchant_requests_total Requests answered."
        yield "# TYPE penchant_requests_total counter"
        for key, histogram in sorted(self._histograms.items()):
            yield f"penchant_requests_total{{{_labels(key)}}} {sum(histogram.counts)}"
        yield f"# HELP {_NAME} Time from the head of a request to the end of its answer."
        yield f"# TYPE {_NAME} histogram"
        for key, histogram in sorted(self._histograms.items()):
            yield from _histogram_lines(_labels(key), histogram)


def _histogram_lines(labels: str, histogram: _Histogram) -> Iterator[str]:
    total = 0
    for bound, count in zip((*BOUNDS_S, "+Inf"), histogram.counts, strict=True):
        total += count
        yield f'{_NAME}_bucket{{{labels},le="{bound}"}} {total}'
    yield f"{_NAME}_sum{{{labels}}} {histogram.sum_s:.6f}"
    yield f"{_NAME}_count{{{labels}}} {total}"


def _labels(key: tuple[str, int]) -> str:
    operation, status = key
    return f'operation="{operation}",status="{status}"'
