"""Dataset groups: create, describe, list, delete."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.domain.resources import Resource
from penchant.service.ledger import Ledger
from penchant.service.refusals import refuse_in_use
from penchant.service.rendering import rendered, summary
from penchant.store.attributed import AttributedMetrics
from penchant.store.events import EventLog

_GO_ALONG: Final = frozenset({Kind.DATA_DELETION_JOB, Kind.FILTER, Kind.METRIC_ATTRIBUTION})


class DatasetGroupOperations:
    """A dataset group holds datasets, solutions and the like; one of a domain recommenders too."""

    def __init__(self, ledger: Ledger, events: EventLog, attributed: AttributedMetrics) -> None:
        self._ledger = ledger
        self._events = events
        self._attributed = attributed

    def create_dataset_group(
        self,
        caller: Caller,
        *,
        name: str,
        role_arn: str | None = None,
        kms_key_arn: str | None = None,
        domain: str | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Create a dataset group, custom or of a domain; it is ACTIVE at once."""
        if (role_arn is None) != (kms_key_arn is None):
            given, missing = ("kmsKeyArn", "roleArn") if kms_key_arn else ("roleArn", "kmsKeyArn")
            raise InvalidInputException(
                f"{given} is given without {missing}; give both to name a key, or neither."
            )
        sent = {"name": name, "roleArn": role_arn, "kmsKeyArn": kms_key_arn, "domain": domain}
        with self._ledger.resources.transaction() as tx:
            resource = self._ledger.write_down(
                tx, caller, Kind.DATASET_GROUP, name, sent=sent, tags=tags
            )
            self._events.drop(tx, resource.arn)  # late ones of a group that had the name before
        return {"datasetGroupArn": resource.arn, "domain": domain}

    def describe_dataset_group(self, caller: Caller, *, dataset_group_arn: str) -> dict[str, Any]:
        """One dataset group."""
        group = self._ledger.find(caller, dataset_group_arn, Kind.DATASET_GROUP)
        return {"datasetGroup": rendered(group)}

    def list_dataset_groups(
        self, caller: Caller, *, next_token: str | None = None, max_results: int | None = None
    ) -> dict[str, Any]:
        """All dataset groups of the caller."""
        return self._ledger.listed(
            caller,
            Kind.DATASET_GROUP,
            "datasetGroups",
            _summary,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_dataset_group(self, caller: Caller, *, dataset_group_arn: str) -> dict[str, Any]:
        """Delete a dataset group without trackers, solutions, recommenders and datasets.

        What an event tracker took that it once had goes with it; its filters and metric
        attribution too, as well as data deletion jobs, which nobody can delete.
        """
        with self._ledger.resources.transaction() as tx:
            group = self._to_delete(caller, dataset_group_arn, tx)
            children = self._ledger.resources.children(group.arn, tx=tx)
            refuse_in_use(group.arn, [one for one in children if one.kind not in _GO_ALONG])
            for child in children:
                if child.kind is Kind.METRIC_ATTRIBUTION:
                    self._attributed.drop(tx, child.arn)
                self._ledger.take_out(tx, child)
            self._events.drop(tx, group.arn)
            self._ledger.take_out(tx, group)
        return {}

    def _to_delete(self, caller: Caller, arn: str, tx: Connection) -> Resource:
        try:
            return self._ledger.hold(tx, caller, arn, Kind.DATASET_GROUP, to_remove=True)
        except ResourceNotFoundException as error:
            raise ResourceNotFoundException.of_group(arn) from error


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name", "domain")
