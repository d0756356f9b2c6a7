"""From a shape of a service model to the type that msgspec checks while it decodes.

What the type lets through is right; whatever it stops is looked at again by `normalise` and
`violations`, which forgive or explain.
"""

import keyword
from typing import Annotated, Any, Final, Literal, Required, TypedDict, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape
from msgspec import Meta

from penchant.protocol.patterns import translate

INT32: Final = (-(2**31), 2**31 - 1)
INT64: Final = (-(2**63), 2**63 - 1)
EPOCH_S: Final = (-62_135_596_800, 253_402_300_799)  # the years 1 to 9999
INTEGERS: Final = {"integer": INT32, "long": INT64}
FLOATS: Final = frozenset({"float", "double"})


def type_of(shape: Shape) -> Any:
    """Build the type of a shape.

    Timestamps come out as epoch seconds; structures as typed dictionaries with the API's names.
    """
    if isinstance(shape, StructureShape):
        return _structure(shape)
    if isinstance(shape, ListShape):
        return _sized(list[type_of(shape.member)], shape)  # type: ignore[misc]
    if isinstance(shape, MapShape):
        return _sized(dict[type_of(shape.key), type_of(shape.value)], shape)  # type: ignore[misc]
    return _scalar(shape)


def _structure(shape: StructureShape) -> Any:
    members = {
        name: Required[type_of(member)] if name in shape.required_members else type_of(member)
        for name, member in shape.members.items()
    }
    name = shape.name if not keyword.iskeyword(shape.name) else f"{shape.name}_"
    return cast("Any", TypedDict)(name, members, total=False)


def _scalar(shape: Shape) -> Any:
    kind = shape.type_name
    if kind == "string":
        return _string(shape)
    if kind == "boolean":
        return bool
    if kind == "timestamp":
        return Annotated[float, Meta(ge=EPOCH_S[0], le=EPOCH_S[1])]
    if kind in FLOATS:
        return _bounded(float, shape, None, None)
    if kind in INTEGERS:
        return _bounded(int, shape, *INTEGERS[kind])
    raise ValueError(f"shape {shape.name} has the type {kind!r}, which no operation used before")


def _string(shape: Shape) -> Any:
    if "enum" in shape.metadata:
        return Literal[tuple(shape.metadata["enum"])]
    limits: dict[str, Any] = {}
    if "pattern" in shape.metadata:
        limits["pattern"] = translate(shape.metadata["pattern"])
    return _sized(str, shape, **limits)


def _sized(base: Any, shape: Shape, **limits: Any) -> Any:
    if "min" in shape.metadata:
        limits["min_length"] = shape.metadata["min"]
    if "max" in shape.metadata:
        limits["max_length"] = shape.metadata["max"]
    return Annotated[base, Meta(**limits)] if limits else base


def _bounded(base: Any, shape: Shape, low: int | None, high: int | None) -> Any:
    bounds = {"ge": shape.metadata.get("min", low), "le": shape.metadata.get("max", high)}
    limits = {name: bound for name, bound in bounds.items() if bound is not None}
    return Annotated[base, Meta(**limits)] if limits else base
