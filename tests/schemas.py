"""Avro schemas as `CreateSchema` takes them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def avro(record: str, fields: Sequence[Mapping[str, Any]], **changes: Any) -> dict[str, Any]:
    """The schema of a record with these fields; `changes` replace members of it."""
    return {
        "type": "record",
        "name": record,
        "namespace": "com.amazonaws.personalize.schema",
        "fields": list(fields),
        "version": "1.0",
        **changes,
    }


def avro_text(record: str, fields: Sequence[Mapping[str, Any]], **changes: Any) -> str:
    """`avro` as JSON."""
    return json.dumps(avro(record, fields, **changes))
