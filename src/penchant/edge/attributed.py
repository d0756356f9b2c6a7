"""The sums of metric attributions in Prometheus' text format."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from penchant.data.attribution import BUCKET_S, Cell
from penchant.store.attributed import AttributedMetrics

N_BUCKETS: Final = 4
"""The series tells this many newest buckets; reports tell all."""
_TOTAL: Final = "penchant_attributed"
_SERIES: Final = "penchant_attributed_by_quarter_hour"


class AttributedGauges:
    """Tells sums since the creation of a metric attribution, and those of the last hour."""

    def __init__(self, sums: AttributedMetrics, clock: Callable[[], datetime]) -> None:
        self._sums = sums
        self._clock = clock

    def render(self) -> str:
        """Write all of it down."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"# HELP {_TOTAL} Value of a metric by its source since the metric's creation."
        yield f"# TYPE {_TOTAL} gauge"
        for arn, cell in self._sums.totals():
            yield f"{_TOTAL}{{{_labels(arn, cell)}}} {cell.value}"
        yield f"# HELP {_SERIES} Value over 15 minutes that began at `bucket`, epoch seconds."
        yield f"# TYPE {_SERIES} gauge"
        newest = int(self._clock().timestamp()) // BUCKET_S * BUCKET_S
        for arn, cell in self._sums.recent(newest - (N_BUCKETS - 1) * BUCKET_S):
            yield f'{_SERIES}{{{_labels(arn, cell)},bucket="{cell.bucket}"}} {cell.value}'


def _labels(arn: str, cell: Cell) -> str:
    values = {
        "metric_attribution": arn,
        "metric": cell.metric,
        "event_type": cell.event_type,
        "function": cell.function,
        "source": cell.source,
    }
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
