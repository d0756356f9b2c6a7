"""What is wrong with a request, in the words of AWS."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from penchant.domain.errors import SerializationException
from penchant.protocol.patterns import translate
from penchant.protocol.types import EPOCH_S, FLOATS, INTEGERS

_LONGEST_ECHO: Final = 1000
_SCALARS: Final = {"string": "a String", "boolean": "a Boolean", "timestamp": "a Date"}


def explain(shape: StructureShape, value: Any) -> str | None:
    """Name every violated constraint of a normalised request; None where there is none.

    Raises:
        SerializationException: A value has another JSON type than its member.
    """
    found = list(_violations(shape, value, ""))
    if not found:
        return None
    noun = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {noun} detected: {'; '.join(found)}"


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    _check_type(shape, value, path)
    violated = list(_limits(shape, value))
    for limit in violated:
        yield f"{_where(shape, value, path)} failed to satisfy constraint: {limit}"
    if violated:
        return  # the entries of a list that is too long are not gone through
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _list(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map(shape, value, path)


def _structure(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        inner = f"{path}.{name}" if path else name
        if name in value:
            yield from _violations(member, value[name], inner)
        elif name in shape.required_members:
            yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"


def _list(shape: ListShape, value: list[Any], path: str) -> Iterator[str]:
    if isinstance(shape.member, StructureShape | ListShape | MapShape):
        for number, item in enumerate(value, 1):
            yield from _violations(shape.member, item, f"{path}.{number}.member")
        return
    limits = _of_all(shape.member, value, path)
    if limits:
        where = _where(shape, value, path)
        yield f"{where} failed to satisfy constraint: Member must satisfy constraint: [{limits}]"


def _map(shape: MapShape, value: dict[str, Any], path: str) -> Iterator[str]:
    limits = _of_all(shape.key, list(value), path)
    where = _where(shape, value, path)
    if limits:
        yield f"{where} failed to satisfy constraint: Map keys must satisfy constraint: [{limits}]"
    if isinstance(shape.value, StructureShape | ListShape | MapShape):
        for key, item in value.items():
            yield from _violations(shape.value, item, f"{path}.{key}.member")
        return
    limits = _of_all(shape.value, list(value.values()), path)
    if limits:
        yield (
            f"{where} failed to satisfy constraint: Map value must satisfy constraint: [{limits}]"
        )


def _of_all(shape: Shape, values: list[Any], path: str) -> str:
    for value in values:
        _check_type(shape, value, path)
    violated = {limit: None for value in values for limit in _limits(shape, value)}
    return ", ".join(violated)


def _limits(shape: Shape, value: Any) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    measure, noun = (value, "value") if isinstance(value, int | float) else (len(value), "length")
    if low is not None and measure < low:
        yield f"Member must have {noun} greater than or equal to {low}"
    if high is not None and measure > high:
        yield f"Member must have {noun} less than or equal to {high}"
        return  # a pattern over text of any length could take any time
    if kind == "string":
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(translate(pattern), value):
            yield f"Member must satisfy regular expression pattern: {pattern}"
        words = shape.metadata.get("enum")
        if words and value not in words:
            yield f"Member must satisfy enum value set: [{', '.join(words)}]"
    if kind == "timestamp" and not EPOCH_S[0] <= value <= EPOCH_S[1]:
        yield "Member must be a number of seconds since 1970-01-01, within the years 1 to 9999"


def _where(shape: Shape, value: Any, path: str) -> str:
    if _is_sensitive(shape):
        return f"Value at '{path}'"
    text = _text(value)
    if len(text) > _LONGEST_ECHO:
        text = f"{text[:_LONGEST_ECHO]}..."
    return f"Value '{text}' at '{path}'"


def _is_sensitive(shape: Shape) -> bool:
    below: list[Shape] = []
    if isinstance(shape, StructureShape):
        below = list(shape.members.values())
    elif isinstance(shape, ListShape):
        below = [shape.member]
    elif isinstance(shape, MapShape):
        below = [shape.key, shape.value]
    return bool(shape.metadata.get("sensitive")) or any(map(_is_sensitive, below))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        pairs = islice(value.items(), _LONGEST_ECHO)
        return "{" + ", ".join(f"{key}={_text(item)}" for key, item in pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value[:_LONGEST_ECHO]) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_type(shape: Shape, value: Any, path: str) -> None:
    kind = shape.type_name
    if isinstance(value, _python_types(kind)) and (kind == "boolean") == isinstance(value, bool):
        if kind in INTEGERS:
            _check_width(kind, value, path)
        return
    found = _json_word(value)
    if kind in _SCALARS or kind in INTEGERS or kind in FLOATS:
        wanted = _SCALARS.get(kind, "an Integer" if kind in INTEGERS else "a Double")
        if isinstance(value, dict | list):
            text = "Start of structure or map found where not expected"
        else:
            text = f"{found} can not be converted to {wanted}"
    else:
        text = f"Unexpected {found}: expected a JSON {'array' if kind == 'list' else 'object'}"
    raise SerializationException(f"{text} at '{path or 'the top of the body'}'")


def _check_width(kind: str, value: Any, path: str) -> None:
    low, high = INTEGERS[kind]
    if not low <= value <= high:
        raise SerializationException(f"{value} at '{path}' does not lie between {low} and {high}")


def _python_types(kind: str) -> tuple[type, ...]:
    if kind in INTEGERS:
        return (int,)
    if kind in FLOATS or kind == "timestamp":
        return (int, float)
    return {"string": (str,), "boolean": (bool,), "list": (list,)}.get(kind, (dict,))


def _json_word(value: Any) -> str:
    if value is None:
        return "NULL_VALUE"
    if isinstance(value, bool):
        return f"{str(value).upper()}_VALUE"
    if isinstance(value, int | float):
        return "NUMBER_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
