"""Recommenders: create, describe, list, update, delete, start, stop."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.recommenders import config_of
from penchant.domain.resources import Resource
from penchant.domain.updates import last_update, new_update, shown_update
from penchant.domain.versions import artifacts
from penchant.jobs.kinds import JobKind
from penchant.service.dataset_updates import updates_so_far
from penchant.service.defaults import with_defaults
from penchant.service.ledger import Ledger
from penchant.service.recommender_rules import (
    check_config,
    check_group,
    refuse_changing,
    refuse_unless,
    same_columns,
    use_case_of,
)
from penchant.service.rendering import rendered, summary
from penchant.store.resources import Held

SEEN: Final = "datasetUpdates"
_MEMBERS: Final = ("name", "datasetGroupArn", "recipeArn", "recommenderConfig")


class RecommenderOperations:
    """A recommender trains a use case of its group's domain, answers it, and keeps itself fresh.

    What it keeps in `own` is told by `penchant.domain.recommenders`; jobs of the kind
    `TRAIN_RECOMMENDER` make its model, those of the kind `SWITCH_RECOMMENDER` start, stop and
    reconfigure it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_recommender(
        self,
        caller: Caller,
        *,
        name: str,
        dataset_group_arn: str,
        recipe_arn: str,
        recommender_config: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Queue the training of a recommender, which answers as soon as it is ACTIVE."""
        entry = self._ledger.recipe(recipe_arn)
        use_case_of(entry)
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "recipeArn": entry.arn,
            "recommenderConfig": recommender_config,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            check_group(self._ledger, group, entry, tx)
            check_config(self._ledger, group, entry, recommender_config or {}, tx)
            made = self._ledger.write_down(
                tx,
                caller,
                Kind.RECOMMENDER,
                name,
                sent=sent,
                parent_arn=group.arn,
                tags=tags,
                job=JobKind.TRAIN_RECOMMENDER,
                own={SEEN: updates_so_far(self._ledger, group, tx)},
            )
        return {"recommenderArn": made.arn}

    def describe_recommender(self, caller: Caller, *, recommender_arn: str) -> dict[str, Any]:
        """One recommender with its model's metrics, and its last update where there was one."""
        found = self._find(caller, recommender_arn)
        return {
            "recommender": {
                **rendered(found),
                "modelMetrics": found.own.get("metrics"),
                "latestRecommenderUpdate": _rendered_update(found),
            }
        }

    def list_recommenders(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Recommenders of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.RECOMMENDER,
            "recommenders",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def update_recommender(
        self, caller: Caller, *, recommender_arn: str, recommender_config: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Queue another configuration; the recommender answers as before until it is in force.

        A training comes with it where other columns are to be learned from, those included that
        UpdateDataset has added since, or where none was done yet.
        """
        with self._ledger.resources.transaction() as tx:
            found = self._hold(tx, caller, recommender_arn)
            refuse_unless(found, statuses.ACTIVE, statuses.CREATE_FAILED, to="be updated")
            group = self._ledger.find(caller, found.parent_arn, Kind.DATASET_GROUP, tx)
            entry = self._ledger.recipe(found.sent["recipeArn"])
            check_config(self._ledger, group, entry, recommender_config, tx)
            now, seen = self._ledger.clock(), updates_so_far(self._ledger, group, tx)
            update = new_update(now, recommenderConfig=recommender_config)
            own = {**found.own, SEEN: seen, "update": update}
            self._ledger.resources.change(tx, found, now, own=own)
            same = same_columns(config_of(found), recommender_config)
            trained = "serving" in found.own and same and found.own.get(SEEN) == seen
            kind = JobKind.SWITCH_RECOMMENDER if trained else JobKind.TRAIN_RECOMMENDER
            self._ledger.queue.enqueue(tx, kind, found.arn, {"to": "update"})
        return {"recommenderArn": recommender_arn}

    def delete_recommender(self, caller: Caller, *, recommender_arn: str) -> dict[str, Any]:
        """Delete a recommender with its models; it answers no more."""
        with self._ledger.resources.transaction() as tx:
            found = self._hold(tx, caller, recommender_arn)
            refuse_changing(found)
            self._ledger.take_out(tx, found, artifacts)
        return {}

    def start_recommender(self, caller: Caller, *, recommender_arn: str) -> dict[str, Any]:
        """Queue the start of a stopped recommender, which answers again with the model it had."""
        with self._ledger.resources.transaction() as tx:
            found = self._hold(tx, caller, recommender_arn)
            refuse_unless(found, statuses.INACTIVE, to="be started")
            self._switch(tx, found, statuses.START_PENDING, "start")
        return {"recommenderArn": recommender_arn}

    def stop_recommender(self, caller: Caller, *, recommender_arn: str) -> dict[str, Any]:
        """Queue the stop of a recommender: it answers no more and is not trained any more."""
        with self._ledger.resources.transaction() as tx:
            found = self._hold(tx, caller, recommender_arn)
            refuse_unless(found, statuses.ACTIVE, to="be stopped")
            self._switch(tx, found, statuses.STOP_PENDING, "stop")
        return {"recommenderArn": recommender_arn}

    def _switch(self, tx: Connection, found: Held, status: str, to: str) -> None:
        self._ledger.resources.change(
            tx, found, self._ledger.clock(), status=status, failure_reason=""
        )
        self._ledger.queue.enqueue(tx, JobKind.SWITCH_RECOMMENDER, found.arn, {"to": to})

    def _find(self, caller: Caller, arn: str) -> Resource:
        return self._ledger.find(caller, arn, Kind.RECOMMENDER)

    def _hold(self, tx: Connection, caller: Caller, arn: str) -> Held:
        return self._ledger.hold(tx, caller, arn, Kind.RECOMMENDER)


def _rendered_update(found: Resource) -> dict[str, Any] | None:
    update = last_update(found)
    return shown_update(with_defaults(Kind.RECOMMENDER, update)) if update else None


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, *_MEMBERS, without=["failureReason"])
