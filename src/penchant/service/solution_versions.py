"""Solution versions: create, describe, list, stop, metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
)
from penchant.domain.resources import Resource
from penchant.domain.training_modes import TrainingMode
from penchant.service.ledger import Ledger
from penchant.service.rendering import rendered
from penchant.service.solution_switches import check_mode
from penchant.service.solutions import version_summary, with_shown_ranges
from penchant.service.version_writing import write_version


class SolutionVersionOperations:
    """A solution version is one training and what came of it.

    A version's `own` holds, once ACTIVE, `artifact` (a folder relative to the data folder),
    `metrics` and `leaderboard`; where it chose its recipe, `recipeArn` and `choice`; where it was
    tuned, `tunedHPOParams` and `trials`.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create_solution_version(
        self,
        caller: Caller,
        *,
        solution_arn: str,
        name: str | None = None,
        training_mode: str | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Queue a training."""
        mode = training_mode or TrainingMode.FULL
        with self._ledger.resources.transaction() as tx:
            solution = self._ledger.find_active(caller, solution_arn, Kind.SOLUTION, tx)
            versions = self._ledger.resources.children(solution.arn, Kind.SOLUTION_VERSION, tx=tx)
            entry = self._ledger.recipes.find(solution.sent.get("recipeArn", ""))
            check_mode(mode, entry, versions)
            _refuse_taken_name(solution, name, versions)
            version = write_version(
                self._ledger, tx, caller, solution, mode=mode, name=name, tags=tags
            )
        return {"solutionVersionArn": version.arn}

    def describe_solution_version(
        self, caller: Caller, *, solution_version_arn: str
    ) -> dict[str, Any]:
        """One solution version."""
        version = self._find(caller, solution_version_arn)
        found = {name: version.own.get(name) for name in ("trainingHours", "tunedHPOParams")}
        return {"solutionVersion": {**with_shown_ranges(rendered(version)), **found}}

    def list_solution_versions(
        self,
        caller: Caller,
        *,
        solution_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """Versions of a solution, or all of the caller."""
        return self._ledger.listed(
            caller,
            Kind.SOLUTION_VERSION,
            "solutionVersions",
            version_summary,
            parent_arn=solution_arn,
            next_token=next_token,
            max_results=max_results,
        )

    def get_solution_metrics(self, caller: Caller, *, solution_version_arn: str) -> dict[str, Any]:
        """The metrics of a finished training, by the service's definitions."""
        version = self._find(caller, solution_version_arn)
        if version.status in statuses.UNFINISHED:
            raise ResourceInUseException(
                f"{version.arn} is {version.status}; its metrics are there once it is ACTIVE."
            )
        if version.status != statuses.ACTIVE:
            raise InvalidInputException(
                f"{version.arn} is {version.status} and has no metrics; create another version."
            )
        return {"solutionVersionArn": version.arn, "metrics": version.own["metrics"]}

    def stop_solution_version_creation(
        self, caller: Caller, *, solution_version_arn: str
    ) -> dict[str, Any]:
        """Stop a training: at once where it has not begun, else at its next step."""
        with self._ledger.resources.transaction() as tx:
            arn = self._find(caller, solution_version_arn, tx).arn
            never_began = self._ledger.queue.request_stop(tx, arn)  # jobs before their resources
            version = self._ledger.hold(tx, caller, arn, Kind.SOLUTION_VERSION)
            if version.status not in {statuses.CREATE_PENDING, statuses.CREATE_IN_PROGRESS}:
                raise InvalidInputException(
                    f"{version.arn} is {version.status}; only a version that is "
                    f"{statuses.CREATE_PENDING} or {statuses.CREATE_IN_PROGRESS} can be stopped."
                )
            status = statuses.CREATE_STOPPED if never_began else statuses.CREATE_STOPPING
            self._ledger.resources.change(tx, version, self._ledger.clock(), status=status)
        return {}

    def _find(self, caller: Caller, arn: str, tx: Connection | None = None) -> Resource:
        return self._ledger.find(caller, arn, Kind.SOLUTION_VERSION, tx)


def _refuse_taken_name(solution: Resource, name: str | None, versions: Sequence[Resource]) -> None:
    taken = [version for version in versions if version.name == name]
    if taken:
        raise ResourceAlreadyExistsException(
            f"{solution.arn} has a version named {name!r} already: {taken[0].arn}."
        )
