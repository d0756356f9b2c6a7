"""From the result of an operation to the bytes of its answer."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from botocore.model import ListShape, MapShape, Shape, StructureShape

Write = Callable[[Any], Any]


class AnswerWriter:
    """Writes the answers of one operation.

    Args:
        shape: The output's shape; None for an operation without an output.
        empty: The bytes for a result of None.
        as_is: Encode the result directly and walk over it only where a null turns up, for answers
            whose speed matters. The others are always walked: members that the model does not
            know are left out and datetimes become epoch seconds.
    """

    def __init__(self, shape: StructureShape | None, *, empty: bytes, as_is: bool) -> None:
        self._empty = empty
        self._as_is = as_is
        self._write = _writer(shape) if shape else None

    def __call__(self, result: Any) -> bytes:
        """Encode a result; members that are None or not finite are absent."""
        if self._write is None or result is None:
            return self._empty
        if self._as_is:
            body = orjson.dumps(result, option=orjson.OPT_SERIALIZE_NUMPY)
            if b"null" not in body:
                return body
        return orjson.dumps(self._write(result), option=orjson.OPT_SERIALIZE_NUMPY)


def _writer(shape: Shape) -> Write:
    if isinstance(shape, StructureShape):
        return _structure({name: _writer(member) for name, member in shape.members.items()})
    if isinstance(shape, ListShape):
        return _list(_writer(shape.member))
    if isinstance(shape, MapShape):
        return _map(_writer(shape.value))
    return _epoch_s if shape.type_name == "timestamp" else _same


def _structure(writers: dict[str, Write]) -> Write:
    def write(value: dict[str, Any]) -> dict[str, Any]:
        present = ((name, item) for name, item in value.items() if name in writers)
        return {name: writers[name](item) for name, item in present if not _is_absent(item)}

    return write


def _list(inner: Write) -> Write:
    return lambda values: [inner(value) for value in values]


def _map(inner: Write) -> Write:
    return lambda values: {k: inner(v) for k, v in values.items() if not _is_absent(v)}


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _epoch_s(value: Any) -> Any:
    return round(value.timestamp(), 3) if isinstance(value, datetime) else value


def _same(value: Any) -> Any:
    return value
