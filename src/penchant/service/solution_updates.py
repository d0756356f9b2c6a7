"""`UpdateSolution`: the few things of a solution that may change."""

from collections.abc import Mapping
from typing import Any

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.auto_training import trains_itself
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.resources import Resource
from penchant.domain.updates import new_update
from penchant.service.ledger import Ledger
from penchant.service.solution_rules import check_event_choice, check_schedule
from penchant.service.solution_switches import check_incremental


class SolutionUpdateOperations:
    """An update holds at once, for trainings and renewals to come.

    A solution's `own` holds `update`, its last update, and `trainsSince`, the moment at which an
    update turned automatic training on.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def update_solution(
        self,
        caller: Caller,
        *,
        solution_arn: str,
        perform_auto_training: bool | None = None,
        perform_incremental_update: bool | None = None,
        solution_update_config: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Turn automatic training or incremental updates on or off, or change what they follow."""
        config = solution_update_config or {}
        with self._ledger.resources.transaction() as tx:
            solution = self._ledger.hold_active(tx, caller, solution_arn, Kind.SOLUTION)
            self._check(solution, config, incremental=perform_incremental_update)
            now = self._ledger.clock()
            given = {
                "performAutoTraining": perform_auto_training,
                "performIncrementalUpdate": perform_incremental_update,
            }
            switches = {name: value for name, value in given.items() if value is not None}
            sent = {**solution.sent, **switches}
            if config:
                sent["solutionConfig"] = {**solution.sent.get("solutionConfig", {}), **config}
            members = {**given, "solutionUpdateConfig": solution_update_config}
            update = new_update(now, status=statuses.ACTIVE, **members)
            own = {**solution.own, "update": update}
            if trains_itself(sent) and not trains_itself(solution.sent):
                own["trainsSince"] = now.isoformat()
            self._ledger.resources.change(tx, solution, now, sent=sent, own=own)
        return {"solutionArn": solution.arn}

    def _check(
        self, solution: Resource, config: Mapping[str, Any], *, incremental: bool | None
    ) -> None:
        check_schedule(config.get("autoTrainingConfig", {}).get("schedulingExpression"))
        entry = self._ledger.recipes.find(solution.sent.get("recipeArn", ""))
        if entry is not None:
            check_incremental(entry, incremental)
            if "eventsConfig" in config:
                whole = {**solution.sent.get("solutionConfig", {}), **config}
                check_event_choice(entry, whole, solution.sent.get("eventType"))
        elif incremental or "eventsConfig" in config:
            member = "performIncrementalUpdate=true" if incremental else "eventsConfig"
            raise InvalidInputException(
                f"{member} is nothing for {solution.arn}, which chooses its recipe by "
                "performAutoML; leave it out."
            )
