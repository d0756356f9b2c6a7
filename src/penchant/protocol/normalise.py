"""Forgive what the service forgives, before a request is checked a second time.

A member that is null counts as absent; a member that is JSON text (`properties` of the events API)
may come as the object itself, as the JavaScript SDK sends it; a timestamp beyond the year 9999 was
meant in milliseconds, a frequent slip of callers who pass a number instead of a date.
"""

from typing import Any

import msgspec
from botocore.model import ListShape, MapShape, Shape, StructureShape

from penchant.protocol.types import EPOCH_S


def normalise(shape: Shape, value: Any) -> Any:
    """Return the value in the form that the shape describes; wrong types stay as they are."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: normalise(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [normalise(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: normalise(shape.value, item) for key, item in value.items()}
    if shape.serialization.get("jsonvalue") and isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    if shape.type_name == "timestamp" and isinstance(value, int | float):
        return value / 1000 if value > EPOCH_S[1] else value
    return value
