"""What metrics may be."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from penchant.data.attribution import INTERACTIONS, Metric
from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
)
from penchant.domain.resources import Resource
from penchant.service.addresses import check_address
from penchant.service.group_schemas import schemas_of
from penchant.store.resources import Resources

MOST_METRICS: Final = 10


def check_output(config: Mapping[str, Any]) -> None:
    """Check where a `metricsOutputConfig` has reports written; nowhere is fine.

    Raises:
        InvalidInputException: Nothing can be written there.
    """
    destination = config.get("s3DataDestination")
    if destination is not None:
        check_address(
            "metricsOutputConfig.s3DataDestination.path", destination["path"], "s3://bucket/folder/"
        )


def changed(
    present: Sequence[Mapping[str, str]],
    added: Sequence[Mapping[str, str]],
    removed: Sequence[str],
) -> list[Mapping[str, Any]]:
    """The metrics without those removed, by name, and with those added.

    Raises:
        InvalidInputException: A name to remove is none of them, or too few or too many are left.
        ResourceAlreadyExistsException: A name is taken.
    """
    names = {metric["metricName"] for metric in present}
    unknown = [name for name in removed if name not in names]
    if unknown:
        raise InvalidInputException(
            f"removeMetrics names {unknown[0]!r}, which is no metric; "
            f"there are {', '.join(sorted(names))}."
        )
    left = [metric for metric in present if metric["metricName"] not in removed]
    for metric in added:
        if any(one["metricName"] == metric["metricName"] for one in left):
            raise ResourceAlreadyExistsException(
                f"There is a metric {metric['metricName']!r} already; give each a name of its own."
            )
        left.append(metric)
    if not 1 <= len(left) <= MOST_METRICS:
        raise InvalidInputException(
            f"{len(left)} metrics are too {'many' if left else 'few'}; a metric attribution has 1 "
            f"to {MOST_METRICS}."
        )
    return left


class MetricRules:
    """Checks metrics against the schemas of their dataset group."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def check(self, group: Resource, metrics: Sequence[Mapping[str, str]], tx: Connection) -> None:
        """Refuse metrics that can never be added up.

        Raises:
            InvalidInputException: There is no event type to tell interactions apart by, or an
                expression is none, or names no column of numbers.
        """
        schemas = schemas_of(self._resources, group, tx)
        interactions = schemas.get(INTERACTIONS)
        if interactions is None or not any(one.name == "EVENT_TYPE" for one in interactions.fields):
            raise InvalidInputException(
                f"{group.arn} has no Interactions dataset with a column EVENT_TYPE; create one "
                "before its metric attribution."
            )
        for sent in metrics:
            try:
                Metric.read(sent).expression.field(schemas)
            except ValueError as error:
                raise InvalidInputException(f"Metric {sent['metricName']!r}: {error}.") from error
