"""Has moto's CloudWatch tell the metrics of Personalize beside those that programs put there."""

from datetime import UTC, datetime
from typing import Any

from penchant.sandbox.metrics import NAMESPACE, Statistic, Told


def provide(told: Told) -> type[Any]:
    """Have moto ask `told` whenever it is asked for metrics, for as long as the result lives."""
    from moto.cloudwatch import models  # noqa: PLC0415  # an extra, and slow
    from moto.core.common_models import CloudWatchMetricProvider  # noqa: PLC0415  # as above

    zone = models.MetricDatumBase(NAMESPACE, "", [], None).timestamp.tzinfo  # none in newer ones

    def datum(one: Statistic) -> Any:
        name, value = one.dimension
        return models.MetricAggregatedDatum(
            namespace=NAMESPACE,
            name=one.metric,
            min_stat=one.low,
            max_stat=one.high,
            sample_count=one.n,
            sum_stat=one.total,
            dimensions=[{"Name": name, "Value": value}],
            timestamp=datetime.fromtimestamp(one.at, UTC).replace(tzinfo=zone),
            unit=one.unit,
        )

    class Personalize(CloudWatchMetricProvider):
        @staticmethod
        def get_cloudwatch_metrics(account_id: str, region: str) -> list[Any]:
            return [datum(one) for one in told(account_id, region)]

    return Personalize
