"""How many resources there may be, where the installation sets a bound.

The managed service bounds nearly everything; here every bound is a setting that is off unless it
is given, and then refuses as the service does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from penchant.data.fields import folded
from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.errors import LimitExceededException
from penchant.domain.resources import Resource
from penchant.filters.syntax import Expression
from penchant.settings import Settings
from penchant.store.resources import Resources

PENDING_QUOTAS: Final = {
    Kind.DATASET_IMPORT_JOB: "quota_pending_import_jobs",
    Kind.BATCH_INFERENCE_JOB: "quota_pending_batch_inference_jobs",
    Kind.BATCH_SEGMENT_JOB: "quota_pending_batch_segment_jobs",
    Kind.SOLUTION_VERSION: "quota_pending_solution_versions",
    Kind.DATA_DELETION_JOB: "quota_pending_data_deletion_jobs",
}
"""Settings that bound what an owner has under way in a region."""
OWNER_QUOTAS: Final = {Kind.SCHEMA: "quota_schemas", Kind.DATASET_GROUP: "quota_dataset_groups"}
"""Settings that bound what an owner has in a region."""
GROUP_QUOTAS: Final = {
    Kind.SOLUTION: "quota_solutions",
    Kind.CAMPAIGN: "quota_campaigns",
    Kind.RECOMMENDER: "quota_recommenders",
    Kind.FILTER: "quota_filters",
}
"""Settings that bound what a dataset group has."""
FIELD_QUOTAS: Final = ("quota_filter_fields", "quota_group_filter_fields")
"""Settings that bound what filters look at: one of them, and all of a dataset group."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """The bounds that are set; none: everything is allowed.

    Attributes:
        most: How many resources of a kind there may be, in the place that its quota is about.
        most_fields: How many fields a filter may name; 0 is no bound.
        most_group_fields: How many the filters of a dataset group may name; 0 is no bound.
    """

    most: Mapping[Kind, int] = field(default_factory=dict)
    most_fields: int = 0
    most_group_fields: int = 0

    @classmethod
    def read(cls, settings: Settings) -> "Quotas":
        """The bounds that the settings give; 0 is none."""
        names = PENDING_QUOTAS | OWNER_QUOTAS | GROUP_QUOTAS
        found = {kind: getattr(settings, name) for kind, name in names.items()}
        fields = (getattr(settings, name) for name in FIELD_QUOTAS)
        return cls({kind: most for kind, most in found.items() if most}, *fields)

    def check(self, resources: Resources, tx: Connection, new: Resource) -> None:
        """Refuse a resource that is one too many.

        Args:
            resources: Where they are counted.
            tx: The transaction that has added it.
            new: The resource.

        Raises:
            LimitExceededException: The quota of its kind was used up before.
        """
        most = self.most.get(new.kind)
        if most is None:
            return
        if new.kind in PENDING_QUOTAS:
            pending = resources.count(new.owner, new.kind, statuses.UNFINISHED, tx)
            if pending > most:
                raise LimitExceededException(
                    f"More than {most} resources with PENDING or IN_PROGRESS status. "
                    f"Wait until a {new.kind.value} has ended, then try again."
                )
        elif _count(resources, tx, new) > most:
            raise LimitExceededException(
                f"Cannot create a {new.kind.value}. More than {most} resources in ACTIVE state. "
                "Please delete some and try again."
            )

    def check_fields(self, new: Expression, all_of_group: Iterable[Expression]) -> None:
        """Refuse a filter that names too many fields.

        Args:
            new: The filter.
            all_of_group: Every filter of its dataset group, this one among them; read only where
                they are bound together.

        Raises:
            LimitExceededException: It does, or the group's filters together do.
        """
        if self.most_fields:
            _refuse_more_fields(self.most_fields, (new,), "The filter")
        if self.most_group_fields:
            _refuse_more_fields(self.most_group_fields, all_of_group, "The dataset group's filters")


def _refuse_more_fields(most: int, filters: Iterable[Expression], whose: str) -> None:
    found = {(one.source, folded(one.name)) for each in filters for one in each.fields}
    if len(found) > most:
        raise LimitExceededException(
            f"{whose} would name {len(found)} distinct fields; {most} are the most. Name fewer, or "
            "delete filters that nobody needs."
        )


def _count(resources: Resources, tx: Connection, new: Resource) -> int:
    """How many there are in the owner's region, or in the whole dataset group."""
    if new.kind not in GROUP_QUOTAS:
        return resources.count(new.owner, new.kind, tx=tx)
    if new.kind is not Kind.CAMPAIGN:
        return len(resources.children(new.parent_arn, new.kind, tx))
    solution = resources.get(new.parent_arn, tx)
    group_arn = "" if solution is None else solution.parent_arn
    solutions = resources.children(group_arn, Kind.SOLUTION, tx)
    return sum(len(resources.children(one.arn, Kind.CAMPAIGN, tx)) for one in solutions)
