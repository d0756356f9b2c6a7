"""Asks for events to be added up."""

from penchant.data.attribution import BUCKET_S
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.worker.attribution.imports import due_again
from penchant.worker.tasks import Workshop


class Attributions:
    """Looks for metric attributions whose groups have new events, or whose report is due.

    Imports that could not be added up are asked for again too.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def look(self) -> None:
        """Ask for those that are due; one at a time each."""
        for attribution in self._shop.stores.resources.every(Kind.METRIC_ATTRIBUTION):
            if self._is_due(attribution):
                self._shop.ask(JobKind.ATTRIBUTE, attribution.arn, {})
            for arn, part in due_again(attribution, self._shop.clock()):
                self._shop.ask(JobKind.ATTRIBUTE_IMPORT, arn, {"part": part})

    def _is_due(self, attribution: Resource) -> bool:
        own = attribution.own
        last = self._shop.stores.events.last_sequence(attribution.parent_arn)
        now = self._shop.clock().timestamp()
        reports = "s3DataDestination" in attribution.sent["metricsOutputConfig"]
        late = own.get("reported", 0) < now // BUCKET_S * BUCKET_S or "report" in own
        return last != own["sequence"] or (reports and late)
