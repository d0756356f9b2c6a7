"""What all resources have in common: finding, writing down, listing, taking out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.domain.recipes import BUILT_IN, Catalogue, RecipeEntry
from penchant.domain.resources import Resource
from penchant.jobs.kinds import JobKind
from penchant.jobs.queue import JobQueue
from penchant.service.quotas import Quotas
from penchant.service.refusals import refuse_other_kind, refuse_unfinished, refuse_unready
from penchant.service.tag_rules import checked_tags
from penchant.store.resources import Held, Resources
from penchant.store.tags import Tags

R = TypeVar("R", bound=Resource)

Clock = Callable[[], datetime]
PAGE_SIZE: Final = 100
_PARENTS: Final = {
    Kind.DATASET: Kind.DATASET_GROUP,
    Kind.DATASET_IMPORT_JOB: Kind.DATASET,
    Kind.SOLUTION: Kind.DATASET_GROUP,
    Kind.SOLUTION_VERSION: Kind.SOLUTION,
    Kind.CAMPAIGN: Kind.SOLUTION,
    Kind.EVENT_TRACKER: Kind.DATASET_GROUP,
    Kind.FILTER: Kind.DATASET_GROUP,
    Kind.RECOMMENDER: Kind.DATASET_GROUP,
    Kind.METRIC_ATTRIBUTION: Kind.DATASET_GROUP,
    Kind.BATCH_INFERENCE_JOB: Kind.SOLUTION_VERSION,
    Kind.BATCH_SEGMENT_JOB: Kind.SOLUTION_VERSION,
    Kind.DATASET_EXPORT_JOB: Kind.DATASET,
    Kind.DATA_DELETION_JOB: Kind.DATASET_GROUP,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The resources of all owners, and the rules that hold for every kind of them."""

    resources: Resources
    tags: Tags
    queue: JobQueue
    clock: Clock
    recipes: Catalogue = BUILT_IN
    quotas: Quotas = Quotas()

    def recipe(self, arn: str) -> RecipeEntry:
        """The recipe with this ARN, or with this older ARN.

        Raises:
            ResourceNotFoundException: There is none.
        """
        entry = self.recipes.find(arn)
        if entry is None:
            raise ResourceNotFoundException.of(arn)
        return entry

    def find(self, caller: Caller, arn: str, kind: Kind, tx: Connection | None = None) -> Resource:
        """The caller's resource of this kind.

        Raises:
            ResourceNotFoundException: There is none, or it is another owner's.
            InvalidInputException: The ARN is one of another kind.
        """
        return _checked(self.resources.get(arn, tx=tx), caller, arn, kind)

    def find_active(self, caller: Caller, arn: str, kind: Kind, tx: Connection) -> Resource:
        """Like `find`, for a resource that must be ready to be built on; it stays until `tx` ends.

        Raises:
            ResourceInUseException: It is still being made, or on its way out.
            InvalidInputException: It has failed.
        """
        resource = _checked(self.resources.kept(tx, arn), caller, arn, kind)
        refuse_unready(resource)
        return resource

    def hold(
        self, tx: Connection, caller: Caller, arn: str, kind: Kind, *, to_remove: bool = False
    ) -> Held:
        """Like `find`, for a resource that is to be changed as it is found.

        With `to_remove`, nothing is built on it any more until `tx` ends: look for what is only
        afterwards.

        Raises:
            ResourceNotFoundException: There is none, or it is another owner's.
            InvalidInputException: The ARN is one of another kind.
        """
        return _checked(self.resources.held(tx, arn, to_remove=to_remove), caller, arn, kind)

    def hold_active(self, tx: Connection, caller: Caller, arn: str, kind: Kind) -> Held:
        """Like `hold`, and refuses what `find_active` refuses."""
        resource = self.hold(tx, caller, arn, kind)
        refuse_unready(resource)
        return resource

    def write_down(
        self,
        tx: Connection,
        caller: Caller,
        kind: Kind,
        name: str,
        *,
        sent: Mapping[str, Any],
        arn_name: str = "",
        parent_arn: str = "",
        alias: str = "",
        tags: Sequence[Mapping[str, str]] | None = None,
        job: JobKind | None = None,
        status: str = "",
        own: Mapping[str, Any] | None = None,
    ) -> Resource:
        """Add a resource, ACTIVE at once or, with a `job` to do, CREATE PENDING.

        Args:
            tx: The transaction that row, tags and job are written in together.
            caller: Its owner is the resource's.
            kind: Which sort of resource.
            name: The name that its creator gave.
            sent: The members sent, under the API's names; those that are None are left out.
            arn_name: What its ARN ends in where that is not the name.
            parent_arn: What it is listed under.
            alias: A second unique key.
            tags: Tags as sent.
            job: What makes it; None when nothing is left to do.
            status: Its first status where that is another than the two above.
            own: What is kept beside the members sent.

        Raises:
            LimitExceededException: There are as many as the installation's quota allows.
            ResourceAlreadyExistsException: The ARN is taken.
        """
        checked = checked_tags(tags)
        now = self.clock()
        resource = Resource(
            arn=caller.owner.arn(kind, arn_name or name),
            kind=kind,
            owner=caller.owner,
            name=name,
            status=status or (statuses.CREATE_PENDING if job else statuses.ACTIVE),
            created_at=now,
            updated_at=now,
            parent_arn=parent_arn,
            sent={member: value for member, value in sent.items() if value is not None},
            own=own or {},
            alias=alias,
        )
        self.resources.add(tx, resource)
        self.quotas.check(self.resources, tx, resource)
        if checked:
            self.tags.put(tx, resource.arn, checked)
        if job:
            self.queue.enqueue(tx, job, resource.arn, {})
        return resource

    def listed(
        self,
        caller: Caller,
        kind: Kind,
        member: str,
        render: Callable[[Resource], dict[str, Any]],
        *,
        parent_arn: str | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
    ) -> dict[str, Any]:
        """One page of a list as its operation answers it, newest first.

        Args:
            caller: Whose resources.
            kind: Which sort of resource.
            member: The answer's member that holds them.
            render: Makes a summary.
            parent_arn: What they are listed under; None for all of the caller.
            next_token: As the page before said.
            max_results: Length of the page.

        Raises:
            ResourceNotFoundException: `parent_arn` is not there, and the list models that error.
            InvalidInputException: `parent_arn` is not there, or is one of another kind.
            InvalidNextTokenException: `next_token` is not one of this list.
        """
        if parent_arn is not None:
            self._check_parent(caller, parent_arn, kind)
        found, after = self.resources.page(
            caller.owner,
            kind,
            parent_arn=parent_arn,
            after=next_token,
            limit=max_results or PAGE_SIZE,
        )
        return {member: [render(resource) for resource in found], "nextToken": after}

    def _check_parent(self, caller: Caller, arn: str, kind: Kind) -> None:
        try:
            self.find(caller, arn, _PARENTS[kind])
        except ResourceNotFoundException as error:
            if kind is Kind.SOLUTION_VERSION:  # the only list that models the error
                raise
            raise InvalidInputException(error.message) from error

    def every(self, caller: Caller, kind: Kind, tx: Connection | None = None) -> Iterator[Resource]:
        """All of the caller's resources of a kind, page by page."""
        after = None
        while True:
            found, after = self.resources.page(
                caller.owner, kind, after=after, limit=PAGE_SIZE, tx=tx
            )
            yield from found
            if after is None:
                return

    def take_out(
        self,
        tx: Connection,
        resource: Resource,
        paths: Callable[[Resource], Iterable[str]] = lambda _: (),
    ) -> None:
        """Remove a settled resource with its tags.

        Args:
            tx: The transaction that it is removed in.
            resource: Read anew, so that nothing is lost that was written into it meanwhile.
            paths: What it names below the data folder, which goes later.

        Raises:
            ResourceNotFoundException: It has been removed meanwhile.
            ResourceInUseException: It is still being made.
        """
        present = self.resources.held(tx, resource.arn, to_remove=True)
        if present is None:
            raise ResourceNotFoundException.of(resource.arn)
        refuse_unfinished(present)
        self.resources.remove(tx, present.arn)
        self.queue.discard(tx, resource.arn, paths(present))


def _checked(resource: R | None, caller: Caller, arn: str, kind: Kind) -> R:
    if resource is None or resource.owner != caller.owner:
        raise ResourceNotFoundException.of(arn)
    refuse_other_kind(resource, kind)
    return resource
