"""Solutions: create, describe, list, delete."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain.arns import Kind, in_partition
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeEntry
from penchant.domain.resources import Resource
from penchant.domain.search_spaces import shown
from penchant.domain.updates import last_update, shown_update
from penchant.domain.versions import artifacts
from penchant.service.dataset_updates import updates_so_far
from penchant.service.ledger import Ledger
from penchant.service.refusals import refuse_in_use, refuse_unfinished
from penchant.service.rendering import rendered, summary
from penchant.service.solution_data import check_data, check_domain
from penchant.service.solution_rules import check_config
from penchant.service.solution_switches import check_choosing, check_switches


class SolutionOperations:
    """A solution is a recipe with its settings; its versions are what is trained."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_solution(
        self,
        caller: Caller,
        *,
        name: str,
        dataset_group_arn: str,
        perform_hpo: bool | None = None,
        perform_auto_ml: bool | None = None,
        perform_auto_training: bool | None = None,
        perform_incremental_update: bool | None = None,
        recipe_arn: str | None = None,
        event_type: str | None = None,
        solution_config: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Create a solution; it is ACTIVE at once, and nothing is trained yet."""
        config = solution_config or {}
        entry = self._recipe(recipe_arn, config, chooses=bool(perform_auto_ml))
        if entry is not None:
            check_config(entry, config, event_type)
            check_switches(entry, config, hpo=perform_hpo, incremental=perform_incremental_update)
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "performHPO": perform_hpo,
            "performAutoML": perform_auto_ml,
            "performAutoTraining": perform_auto_training,
            "performIncrementalUpdate": perform_incremental_update,
            "recipeArn": None if entry is None else entry.arn,
            "eventType": event_type,
            "solutionConfig": solution_config,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            if entry is not None:
                check_domain(group, entry)
                check_data(self._ledger, group, config, tx)
            resource = self._ledger.write_down(
                tx,
                caller,
                Kind.SOLUTION,
                name,
                sent=sent,
                parent_arn=group.arn,
                tags=tags,
                own={"datasetUpdates": updates_so_far(self._ledger, group, tx)},
            )
        return {"solutionArn": resource.arn}

    def describe_solution(self, caller: Caller, *, solution_arn: str) -> dict[str, Any]:
        """One solution and its newest version."""
        solution = self._ledger.find(caller, solution_arn, Kind.SOLUTION)
        whole = with_shown_ranges(rendered(solution, without=["failureReason"]))
        versions, _ = self._ledger.resources.page(
            caller.owner, Kind.SOLUTION_VERSION, parent_arn=solution_arn, limit=1
        )
        latest = version_summary(versions[0]) if versions else None
        found = {
            "autoMLResult": self._choice(solution),
            "latestSolutionVersion": latest,
            "latestSolutionUpdate": shown_update(last_update(solution)),
        }
        return {"solution": {**whole, **found}}

    def list_solutions(
        self,
        caller: Caller,
        *,
        dataset_group_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Solutions of a group, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.SOLUTION,
            "solutions",
            _summary,
            parent_arn=dataset_group_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def delete_solution(self, caller: Caller, *, solution_arn: str) -> dict[str, Any]:
        """Delete a solution that no campaign uses, with all its versions."""
        with self._ledger.resources.transaction() as tx:
            solution = self._ledger.hold(tx, caller, solution_arn, Kind.SOLUTION, to_remove=True)
            children = self._ledger.resources.children
            versions = children(solution.arn, Kind.SOLUTION_VERSION, tx)
            for version in versions:
                self._ledger.resources.held(tx, version.arn, to_remove=True)
            refuse_in_use(solution.arn, children(solution.arn, Kind.CAMPAIGN, tx))
            for version in versions:
                self._take_out_version(tx, version)
            self._ledger.take_out(tx, solution)
        return {}

    def _take_out_version(self, tx: Connection, version: Resource) -> None:
        """Take out a version, and the record of the batch jobs that it did."""
        refuse_unfinished(version)
        for job in self._ledger.resources.children(version.arn, tx=tx):
            self._ledger.take_out(tx, job)
        self._ledger.take_out(tx, version, artifacts)

    def _recipe(
        self, arn: str | None, config: Mapping[str, Any], *, chooses: bool
    ) -> RecipeEntry | None:
        """The recipe that is named, by an older ARN too; None for a solution that chooses one."""
        if chooses:
            check_choosing(arn, config, self._ledger.recipes)
            return None
        if arn is None:
            raise InvalidInputException(
                "recipeArn is missing; ListRecipes shows what there is, or let performAutoML"
                " choose."
            )
        entry = self._ledger.recipe(arn)
        if entry.use_case is not None:
            raise InvalidInputException(
                f"{entry.arn} is a recipe of the domain {entry.use_case.domain}; call "
                "CreateRecommender with it, or take a recipe that ListRecipes shows without one."
            )
        return entry

    def _choice(self, solution: Resource) -> dict[str, str] | None:
        """What the newest version that was trained has chosen."""
        if not solution.sent.get("performAutoML"):
            return None
        versions = self._ledger.resources.children(solution.arn, Kind.SOLUTION_VERSION)
        chosen = [one.own["recipeArn"] for one in versions if "recipeArn" in one.own]
        best = in_partition(chosen[0], solution.owner.partition) if chosen else ""
        return {"bestRecipeArn": best} if best else None


def with_shown_ranges(described: dict[str, Any]) -> dict[str, Any]:
    """A solution or version as described, the ranges of its search under the names shown."""
    config = described.get("solutionConfig", {})
    if "hpoConfig" not in config:
        return described
    return described | {"solutionConfig": {**config, "hpoConfig": shown(config["hpoConfig"])}}


def version_summary(version: Resource) -> dict[str, Any]:
    """A solution version as lists show it."""
    return summary(version, "trainingMode", "trainingType")


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name", "recipeArn", without=["failureReason"])
