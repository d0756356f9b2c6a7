"""Has moto's CloudWatch tell the metrics of Personalize beside those that programs put there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from penchant.sandbox.metrics import NAMESPACE, Statistic, Told
from penchant.sandbox.periods import Periods, check_statistics, periods

_MOST_OF_A_METRIC: Final = 1_440
_MOST_OF_A_QUERY: Final = 100_800


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


def replace_periods() -> None:
    """Have moto's CloudWatch sort values into periods as we do."""
    from moto.cloudwatch import models  # noqa: PLC0415  # an extra, and slow

    backend: Any = models.CloudWatchBackend
    backend.get_metric_statistics = _get_metric_statistics
    backend.get_metric_data = _get_metric_data


def _get_metric_statistics(
    backend: Any,
    namespace: str,
    metric_name: str,
    start_time: datetime,
    end_time: datetime,
    period: int,
    stats: list[str],
    dimensions: Sequence[Mapping[str, str]],
    unit: str | None = None,
) -> list[Any]:
    """The datapoints of one metric, as moto's own method returns them."""
    from moto.cloudwatch.exceptions import InvalidParameterValue  # noqa: PLC0415  # an extra

    metric = {"Namespace": namespace, "MetricName": metric_name, "Dimensions": dimensions}
    try:
        check_statistics(stats or ["ExtendedStatistics"])
        asked = periods(start_time, end_time, int(period), _MOST_OF_A_METRIC)
    except ValueError as refused:
        raise InvalidParameterValue(str(refused)) from None
    return _datapoints(backend.get_all_metrics(), metric, unit, asked, stats)


def _get_metric_data(
    backend: Any,
    queries: Sequence[Mapping[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """The answers to queries, as moto's own method returns them."""
    from moto.cloudwatch.exceptions import ValidationError  # noqa: PLC0415  # an extra
    from moto.cloudwatch.metric_data_expression_parser import (  # noqa: PLC0415  # an extra
        parse_expression,
    )

    data = backend.get_all_metrics()
    try:
        told = {
            query["Id"]: _answer(data, query, start_time, end_time)
            for query in queries
            if "MetricStat" in query
        }
    except ValueError as refused:
        raise ValidationError(str(refused)) from None
    found = list(told.values())
    for query in queries:
        if "MetricStat" not in query:
            if query["Expression"].lstrip().upper().startswith("SELECT"):
                raise ValidationError("SELECT is not answered here; ask with MetricStat.")
            values, times = parse_expression(query["Expression"], found)
            told[query["Id"]] = _result(query.get("Label") or query["Id"], query, values, times)
    wanted = [told[query["Id"]] for query in queries if query.get("ReturnData", True)]
    if scan_by == "TimestampDescending":
        for one in wanted:
            one |= {"values": one["values"][::-1], "timestamps": one["timestamps"][::-1]}
    return wanted


def _answer(
    data: Sequence[Any], query: Mapping[str, Any], start: datetime, end: datetime
) -> dict[str, Any]:
    asked, metric = query["MetricStat"], query["MetricStat"]["Metric"]
    check_statistics([asked["Stat"]])
    within = periods(start, end, int(asked["Period"]), _MOST_OF_A_QUERY)
    points = _datapoints(data, metric, asked.get("Unit"), within, [asked["Stat"]])
    values = [one.get_statistics_for_type(asked["Stat"]) for one in points]
    label = query.get("Label") or f"{metric['MetricName']} {asked['Stat']}"
    return _result(label, query, values, [one.timestamp for one in points])


def _result(
    label: str, query: Mapping[str, Any], values: list[Any], times: list[datetime]
) -> dict[str, Any]:
    return {
        "id": query["Id"],
        "label": label,
        "values": values,
        "timestamps": times,
        "status_code": "Complete",
    }


def _datapoints(
    data: Sequence[Any],
    metric: Mapping[str, Any],
    unit: str | None,
    asked: Periods,
    stats: list[str],
) -> list[Any]:
    from moto.cloudwatch.models import Statistics  # noqa: PLC0415  # an extra

    named = [
        one
        for one in data
        if one.name == metric["MetricName"]
        and one.namespace == metric["Namespace"]
        and unit in (None, one.unit)
        and _is_about(one, metric.get("Dimensions") or ())
    ]
    points = []
    for at, values in asked.sort(named).items():
        point = Statistics(stats, at, values[0].unit)
        point.metric_data = values
        points.append(point)
    return points


def _is_about(one: Any, dimensions: Sequence[Mapping[str, str]]) -> bool:
    """Whether a value has these dimensions and no others; none asks for those of any."""
    wanted = {(each["Name"], each["Value"]) for each in dimensions}
    return not wanted or wanted == {(each.name, each.value) for each in one.dimensions}
