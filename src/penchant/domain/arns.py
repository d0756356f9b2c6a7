"""Names of resources: building Amazon Resource Names.

Format: `arn:aws:personalize:<region>:<account>:<kind>/<name>`; recipes, algorithms and feature
transformations carry neither region nor account.
"""

from dataclasses import dataclass
from enum import StrEnum


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

    def arn(self, kind: Kind, name: str) -> str:
        """Build the ARN of this owner's resource; `name` may hold slashes (datasets, versions)."""
        word = Kind.SOLUTION if kind is Kind.SOLUTION_VERSION else kind
        return f"arn:aws:personalize:{self.region}:{self.account}:{word}/{name}"


def public(word: str, name: str) -> str:
    """Build the ARN of something that belongs to the service itself, such as a recipe."""
    return f"arn:aws:personalize:::{word}/{name}"
