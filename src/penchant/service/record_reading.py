"""Individually put items, users and actions, checked against their dataset's schema."""

import json
import sys
from collections.abc import Mapping
from types import UnionType
from typing import Any, Final

from penchant.data.columns import number_in
from penchant.data.fields import Field, Schema
from penchant.domain.errors import InvalidInputException
from penchant.service.event_reading import read_properties

_INT: Final = 2**31
_LONG: Final = 2**63
_LARGEST: Final = {"float": 3.4028234663852886e38, "double": sys.float_info.max}


def read_record(
    sent: Mapping[str, Any], schema: Schema, id_member: str
) -> tuple[str, dict[str, Any]]:
    """Read one item, user or action: its id, and its values under the schema's column names.

    Property keys are the columns in camelCase; case and underscores do not count. Numbers and
    booleans may be written as texts, as the API's own examples have them, and texts as numbers;
    they are read as an import reads them.

    Raises:
        InvalidInputException: A property is unknown, missing or of another type; the text names
            it and the record.
    """
    record_id, id_column = sent[id_member], schema.rules.keys[0]
    where = f"{id_member} {record_id!r}"
    if not _is_storable(record_id):
        raise InvalidInputException(
            f"{where} holds characters that cannot be kept; leave them out."
        )
    properties = read_properties(sent.get("properties"), f"properties of {where}")
    values: dict[str, Any] = {}
    for key, value in properties.items():
        field = schema.find(key)
        if field is None:
            known = ", ".join(one.name for one in schema.fields)
            raise InvalidInputException(
                f"{where}: the schema has no column for the property {key!r}; it has {known}."
            )
        if field.name in values:
            raise InvalidInputException(f"{where}: the property {key!r} stands twice.")
        values[field.name] = _checked(field, key, _as_written(value, field), where)
        _check_bounds(schema, field, values[field.name], where)
    if values.pop(id_column, record_id) != record_id:
        raise InvalidInputException(f"{where}: its properties name another {id_member}.")
    _check_complete(schema, values, id_column, where)
    return record_id, values


def _check_complete(schema: Schema, values: Mapping[str, Any], id_column: str, where: str) -> None:
    for field in schema.fields:
        if field.name not in values and not field.nullable and field.name != id_column:
            raise InvalidInputException(
                f"{where}: the column {field.name} allows no null and has no value; "
                "add it to properties."
            )


def _as_written(value: Any, field: Field) -> Any:
    """A value in the column's own type where it is spelled in another; else the value itself."""
    if field.kind == "string":
        fits = any(_fits(kind, value) for kind in field.types)
        is_plain = isinstance(value, bool) or _fits("double", value)
        return json.dumps(value) if is_plain and not fits else value
    if not isinstance(value, str):
        return value
    if field.nullable and not value.strip():
        return None
    if field.is_number:
        number = number_in(value)
        return value if number is None else number
    return {"true": True, "false": False}.get(value, value)


def _check_bounds(schema: Schema, field: Field, value: Any, where: str) -> None:
    if value is None or field.name not in schema.rules.bounds:
        return
    low, high = schema.rules.bounds[field.name]
    if not low <= value <= high:
        raise InvalidInputException(
            f"{where}: the column {field.name} is {value!r}; give a number from {low} to {high}."
        )


def _checked(field: Field, key: str, value: Any, where: str) -> Any:
    if value is None and field.nullable:
        return None
    if any(_fits(kind, value) for kind in field.types):
        return value
    wanted = " or ".join((*field.types, *(("null",) if field.nullable else ())))
    raise InvalidInputException(
        f"{where}: the property {key!r} is {value!r}; the column {field.name} takes {wanted}."
    )


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str) and _is_storable(value)
        case "boolean":
            return isinstance(value, bool)
        case "int" | "long":
            bound = _INT if kind == "int" else _LONG
            return _is_number(value, int) and -bound <= value < bound
        case _:
            return _is_number(value, int | float) and abs(value) <= _LARGEST[kind]


def _is_number(value: Any, kind: type | UnionType) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_storable(text: str) -> bool:
    """Whether every database can keep a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
