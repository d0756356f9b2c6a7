"""Names of resources: building Amazon Resource Names.

Format: `arn:<partition>:personalize:<region>:<account>:<kind>/<name>`; recipes, algorithms and
feature transformations carry neither region nor account.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PARTITION: Final = "aws"
"""The partition of most regions, in which the ARNs of recipes are kept."""
_OTHERS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
"""Partitions of their own, by how the names of their regions begin."""


class Kind(StrEnum):
    """The kinds of resources, spelled as in their ARNs."""

    DATASET_GROUP = "dataset-group"
    SCHEMA = "schema"
    DATASET = "dataset"
    DATASET_IMPORT_JOB = "dataset-import-job"
    SOLUTION = "solution"
    SOLUTION_VERSION = "solution-version"  # its ARN reads solution/<solution name>/<8 hex>
    CAMPAIGN = "campaign"
    EVENT_TRACKER = "event-tracker"
    FILTER = "filter"
    RECOMMENDER = "recommender"
    METRIC_ATTRIBUTION = "metric-attribution"
    BATCH_INFERENCE_JOB = "batch-inference-job"
    BATCH_SEGMENT_JOB = "batch-segment-job"
    DATASET_EXPORT_JOB = "dataset-export-job"
    DATA_DELETION_JOB = "data-deletion-job"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose resources: an account in a region. Nothing is visible outside its owner."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition that the region belongs to, the second word of its ARNs."""
        found = (name for start, name in _OTHERS.items() if self.region.startswith(start))
        return next(found, PARTITION)

    def arn(self, kind: Kind, name: str) -> str:
        """Build the ARN of this owner's resource; `name` may hold slashes (datasets, versions)."""
        word = Kind.SOLUTION if kind is Kind.SOLUTION_VERSION else kind
        place = f"{self.region}:{self.account}"
        return f"arn:{self.partition}:personalize:{place}:{word}/{name}"


def public(word: str, name: str) -> str:
    """Build the ARN of something that belongs to the service itself, such as a recipe."""
    return f"arn:{PARTITION}:personalize:::{word}/{name}"


def in_partition(arn: str, partition: str = PARTITION) -> str:
    """The same ARN in another partition; what is no ARN stays as it is."""
    first, *rest = arn.split(":", 2)
    return f"{first}:{partition}:{rest[-1]}" if first == "arn" and len(rest) > 1 else arn
