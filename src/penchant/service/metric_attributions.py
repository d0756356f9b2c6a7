"""Metric attributions: create, describe, list, update, delete."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger
from penchant.service.metric_attribution_rules import (
    MOST_METRICS,
    MetricRules,
    changed,
    check_output,
)
from penchant.service.rendering import rendered, summary
from penchant.store.attributed import AttributedMetrics
from penchant.store.cursors import Cursors
from penchant.store.events import EventLog


class MetricAttributionOperations:
    """A metric attribution adds up what events are worth by the campaign that led to them.

    Its `own` holds `metrics`, as they were sent, and `sequence`: up to there the group's events
    have been added up.
    """

    def __init__(
        self, ledger: Ledger, events: EventLog, attributed: AttributedMetrics, cursors: Cursors
    ) -> None:
        self._ledger = ledger
        self._events = events
        self._attributed = attributed
        self._cursors = cursors
        self._rules = MetricRules(ledger.resources)

    def create_metric_attribution(
        self,
        caller: Caller,
        *,
        name: str,
        dataset_group_arn: str,
        metrics: Sequence[Mapping[str, str]],
        metrics_output_config: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Begin to add up the events of a group; it is ACTIVE at once."""
        check_output(metrics_output_config)
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "metricsOutputConfig": metrics_output_config,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            self._refuse_second(group, tx)
            self._rules.check(group, changed((), metrics, ()), tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.METRIC_ATTRIBUTION,
                name,
                sent=sent,
                parent_arn=group.arn,
                own={"metrics": metrics, "sequence": self._events.last_sequence(group.arn)},
            )
            self._attributed.drop(tx, resource.arn)
        return {"metricAttributionArn": resource.arn}

    def describe_metric_attribution(
        self, caller: Caller, *, metric_attribution_arn: str
    ) -> dict[str, Any]:
        """One metric attribution; its metrics have a list of their own."""
        return {"metricAttribution": rendered(self._find(caller, metric_attribution_arn))}

    def list_metric_attributions(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Metric attributions of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.METRIC_ATTRIBUTION,
            "metricAttributions",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def list_metric_attribution_metrics(
        self,
        caller: Caller,
        *,
        metric_attribution_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """The metrics of one metric attribution, or of all of the caller, at most ten a page."""
        found = self._listed(caller, metric_attribution_arn)
        metrics = [metric for one in found for metric in one.own["metrics"]]
        owner = caller.owner
        scope = f"metrics\n{owner.account}\n{owner.region}\n{metric_attribution_arn or ''}"
        limit = min(max_results or MOST_METRICS, MOST_METRICS)
        shown, after = self._cursors.part(metrics, scope, after=next_token, limit=limit)
        return {"metrics": shown, "nextToken": after}

    def update_metric_attribution(
        self,
        caller: Caller,
        *,
        add_metrics: Sequence[Mapping[str, str]] | None = None,
        remove_metrics: Sequence[str] | None = None,
        metrics_output_config: Mapping[str, Any] | None = None,
        metric_attribution_arn: str | None = None,
    ) -> dict[str, Any]:
        """Add and remove metrics, or write elsewhere; events from now on are added up so."""
        arn = _given(metric_attribution_arn)
        with self._ledger.resources.transaction() as tx:
            found = self._ledger.hold_active(tx, caller, arn, Kind.METRIC_ATTRIBUTION)
            group = self._ledger.find(caller, found.parent_arn, Kind.DATASET_GROUP, tx)
            metrics = changed(found.own["metrics"], add_metrics or (), remove_metrics or ())
            self._rules.check(group, metrics, tx)
            sent = dict(found.sent)
            if metrics_output_config is not None:
                check_output(metrics_output_config)
                sent["metricsOutputConfig"] = metrics_output_config
            own = {**found.own, "metrics": metrics}
            self._ledger.resources.change(tx, found, self._ledger.clock(), sent=sent, own=own)
        return {"metricAttributionArn": arn}

    def delete_metric_attribution(
        self, caller: Caller, *, metric_attribution_arn: str
    ) -> dict[str, Any]:
        """Stop adding up, and forget the sums."""
        with self._ledger.resources.transaction() as tx:
            found = self._find(caller, metric_attribution_arn, tx)
            self._attributed.drop(tx, found.arn)
            self._ledger.take_out(tx, found)
        return {}

    def _listed(self, caller: Caller, arn: str | None) -> list[Resource]:
        """One, or all of the caller; the list models no error for one that is not there."""
        if arn is None:
            return list(self._ledger.every(caller, Kind.METRIC_ATTRIBUTION))
        try:
            return [self._find(caller, arn)]
        except ResourceNotFoundException as error:
            raise InvalidInputException(error.message) from error

    def _find(self, caller: Caller, arn: str, tx: Connection | None = None) -> Resource:
        return self._ledger.find(caller, arn, Kind.METRIC_ATTRIBUTION, tx)

    def _refuse_second(self, group: Resource, tx: Connection) -> None:
        there = self._ledger.resources.children(group.arn, Kind.METRIC_ATTRIBUTION, tx=tx)
        if there:
            raise ResourceAlreadyExistsException(
                f"{group.arn} has a metric attribution already: {there[0].arn}. "
                "Update it, or delete it first."
            )


def _given(arn: str | None) -> str:
    if not arn:
        raise InvalidInputException(
            "metricAttributionArn is missing; ListMetricAttributions shows the ARNs."
        )
    return arn


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name")
