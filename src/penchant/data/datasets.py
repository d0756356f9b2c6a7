"""One dataset as it is kept: files that imports wrote, and records that were put one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penchant.data.fields import Schema

Put = Mapping[str, Mapping[str, Any]]
"""Id to properties; keys are camelCase or the schema's names, a null is a missing value."""


@dataclass(frozen=True)
class Dataset:
    """Where a dataset's data is.

    Attributes:
        schema: Its columns; parts may have been written with fewer.
        parts: Parquet files written by `import_files`, oldest first; of users and items a later
            record of an id wins.
        put: Single users or items, those that no part holds a newer record of; they win over all
            parts.
    """

    schema: Schema
    parts: Sequence[Path] = ()
    put: Put = field(default_factory=dict)
