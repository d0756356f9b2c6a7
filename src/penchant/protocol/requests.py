"""From the bytes of a request to the arguments of an operation."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

from penchant.domain.errors import SerializationException, ServiceError
from penchant.protocol.normalise import normalise
from penchant.protocol.types import type_of
from penchant.protocol.violations import explain

Convert = Callable[[Any], Any]


class RequestParser:
    """Parses and checks the body of one operation.

    Well-formed requests are decoded and checked in one pass by compiled types; the others are
    decoded again, forgiven or explained.
    """

    def __init__(self, shape: StructureShape | None, invalid: type[ServiceError]) -> None:
        self._shape = shape
        self._invalid = invalid
        self._type = type_of(shape) if shape else dict[str, Any]
        self._decoder = msgspec.json.Decoder(self._type)
        self._names = {name: xform_name(name) for name in shape.members} if shape else {}
        self._revive = _reviver(shape) if shape else None

    def __call__(self, body: bytes) -> dict[str, Any]:
        """Return the arguments: snake_case at the top, the API's names below.

        Raises:
            SerializationException: The body is not JSON of the right types.
            ServiceError: A constraint is violated; which class, the constructor was told.
        """
        if self._shape is None:
            return {}
        try:
            values = self._decode(self._shape, body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SerializationException(f"The body is not JSON: {error}") from None
        names = self._names
        if self._revive:
            values = self._revive(values)
        return {names[name]: value for name, value in values.items()}

    def _decode(self, shape: StructureShape, body: bytes) -> Any:
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError:
            return self._decode_again(shape, body)

    def _decode_again(self, shape: StructureShape, body: bytes) -> Any:
        values = normalise(shape, msgspec.json.decode(body))
        complaint = explain(shape, values)
        if complaint:
            raise self._invalid(complaint)
        try:
            return msgspec.convert(values, self._type)
        except msgspec.ValidationError as error:
            raise self._invalid(f"1 validation error detected: {error}") from None


def _reviver(shape: Shape) -> Convert | None:
    """Compile what turns epoch seconds into datetimes; None where the shape has no timestamp."""
    if shape.type_name == "timestamp":
        return _moment
    if isinstance(shape, ListShape):
        return _list_reviver(_reviver(shape.member))
    if isinstance(shape, MapShape):
        return _map_reviver(_reviver(shape.value))
    if isinstance(shape, StructureShape):
        inner = {name: _reviver(member) for name, member in shape.members.items()}
        return _structure_reviver({name: revive for name, revive in inner.items() if revive})
    return None


def _list_reviver(inner: Convert | None) -> Convert | None:
    return (lambda values: [inner(value) for value in values]) if inner else None


def _map_reviver(inner: Convert | None) -> Convert | None:
    return (lambda values: {k: inner(v) for k, v in values.items()}) if inner else None


def _structure_reviver(inner: dict[str, Convert]) -> Convert | None:
    if not inner:
        return None

    def revive(values: dict[str, Any]) -> dict[str, Any]:
        for name, convert in inner.items():
            if name in values:
                values[name] = convert(values[name])
        return values

    return revive


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
