"""Reports of metric attributions: one CSV object each."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from penchant.data.attribution import Cell
from penchant.domain.resources import Resource
from penchant.worker.tasks import Workshop

PUT: Final = "PUT"
"""The method of what was streamed."""
BULK: Final = "BULK"
"""The method of what a job imported."""
_COLUMNS: Final = (
    "METRIC_NAME",
    "EVENT_TYPE",
    "VALUE",
    "MATH_FUNCTION",
    "EVENT_ATTRIBUTION_SOURCE",
    "TIMESTAMP",
)


def write_report(
    shop: Workshop, attribution: Resource, method: str, at: int, cells: Iterable[Cell]
) -> None:
    """Write a report, whole or not at all; one of the same method and time is replaced.

    Args:
        shop: Has the objects.
        attribution: Its `metricsOutputConfig` tells where to.
        method: `PUT` or `BULK`.
        at: Epoch seconds, for its name.
        cells: A line each.

    Raises:
        ObjectError: The address cannot be written.
    """
    path = attribution.sent["metricsOutputConfig"]["s3DataDestination"]["path"]
    address = f"{path.rstrip('/')}/AggregatedAttributionMetrics - {method} - {at}.csv"
    with shop.stores.objects.open_writer(address, account=attribution.owner.account) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for cell in cells:
            names = (cell.metric.upper(), cell.event_type.upper())
            writer.writerow((*names, cell.value, cell.function, cell.source, cell.bucket))
        text.flush()
        text.detach()
