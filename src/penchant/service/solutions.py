"""Solutions: create, describe, list, delete."""

from collections.abc import Mapping, Sequence
from typing import Any

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.domain.versions import artifacts
from penchant.service.ledger import (
    Ledger,
    refuse_in_use,
    refuse_unfinished,
    rendered,
    summary,
)
from penchant.service.offers import refuse_true
from penchant.service.recipes import recipe_of
from penchant.service.solution_rules import check_config, check_switches


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
        check_switches(perform_hpo=perform_hpo, perform_auto_ml=perform_auto_ml)
        refuse_true(
            "performIncrementalUpdate",
            perform_incremental_update,
            "it belongs to aws-semantic-similarity.",
        )
        if recipe_arn is None:
            raise InvalidInputException("recipeArn is missing; ListRecipes shows what there is.")
        check_config(recipe_of(recipe_arn), solution_config)
        sent = {
            "name": name,
            "datasetGroupArn": dataset_group_arn,
            "performHPO": perform_hpo,
            "performAutoML": perform_auto_ml,
            "performAutoTraining": perform_auto_training,
            "performIncrementalUpdate": perform_incremental_update,
            "recipeArn": recipe_arn,
            "eventType": event_type,
            "solutionConfig": solution_config,
        }
        with self._ledger.resources.transaction() as tx:
            group = self._ledger.find_active(caller, dataset_group_arn, Kind.DATASET_GROUP, tx)
            resource = self._ledger.write_down(
                tx, caller, Kind.SOLUTION, name, sent=sent, parent_arn=group.arn, tags=tags
            )
        return {"solutionArn": resource.arn}

    def describe_solution(self, caller: Caller, *, solution_arn: str) -> dict[str, Any]:
        """One solution and its newest version."""
        solution = self._ledger.find(caller, solution_arn, Kind.SOLUTION)
        whole = rendered(solution, without=["failureReason"])
        versions, _ = self._ledger.resources.page(
            caller.owner, Kind.SOLUTION_VERSION, parent_arn=solution_arn, limit=1
        )
        latest = version_summary(versions[0]) if versions else None
        return {"solution": {**whole, "latestSolutionVersion": latest}}

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
            solution = self._ledger.find(caller, solution_arn, Kind.SOLUTION, tx)
            children = self._ledger.resources.children(solution.arn, tx=tx)
            refuse_in_use(
                solution.arn, [child for child in children if child.kind is Kind.CAMPAIGN]
            )
            for version in children:
                refuse_unfinished(version)
            for version in children:
                self._ledger.take_out(tx, version, artifacts(version))
            self._ledger.take_out(tx, solution)
        return {}


def version_summary(version: Resource) -> dict[str, Any]:
    """A solution version as lists show it."""
    return summary(version, "trainingMode", "trainingType")


def _summary(resource: Resource) -> dict[str, Any]:
    return summary(resource, "name", "recipeArn", without=["failureReason"])
