"""Names of resources: building and reading Amazon Resource Names.

Format: `arn:aws:personalize:<region>:<account>:<kind>/<name>`; recipes, algorithms and feature
transformations carry neither region nor account.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_ARN = re.compile(r"arn:([a-z\d-]+):personalize:([^:]*):([^:]*):([a-z-]+)/(.+)", re.DOTALL)


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


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose resources: an account in a region. Nothing is visible outside its owner."""

    account: str
    region: str

    def arn(self, kind: Kind, name: str) -> str:
        """Build the ARN of this owner's resource; `name` may hold slashes (datasets, versions)."""
        word = Kind.SOLUTION if kind is Kind.SOLUTION_VERSION else kind
        return f"arn:aws:personalize:{self.region}:{self.account}:{word}/{name}"


@dataclass(frozen=True, slots=True)
class ParsedArn:
    """The parts of an ARN; `word` is the kind as written, so `solution` for versions too."""

    region: str
    account: str
    word: str
    name: str


def parse(arn: str) -> ParsedArn | None:
    """Read an ARN of the service, or return None where the text is not one."""
    found = _ARN.fullmatch(arn)
    if found is None:
        return None
    _, region, account, word, name = found.groups()
    return ParsedArn(region, account, word, name)


def public(word: str, name: str) -> str:
    """Build the ARN of something that belongs to the service itself, such as a recipe."""
    return f"arn:aws:personalize:::{word}/{name}"
