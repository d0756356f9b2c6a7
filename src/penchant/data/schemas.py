"""Avro schema text to a `Schema`, checked as the service checks it."""

import json
import re
from typing import Any, Final

from penchant.data.domain_rules import domain_rules
from penchant.data.fields import TYPES, Field, Schema
from penchant.data.rules import DatasetRules, rules_of
from penchant.data.schema_checks import check_fields

_EXAMPLES: Final = {"name": "Interactions", "namespace": "com.amazonaws.personalize.schema"}
_NAME: Final = re.compile(r"(?!_+$)[A-Za-z_][A-Za-z0-9_]*")
_OURS: Final = frozenset({"_ROW", "_ARRIVAL"})
"""Columns that imported data get beside their own."""


def parse_schema(text: str, domain: str = "") -> Schema:
    """Read and check a schema.

    Args:
        text: JSON.
        domain: The domain whose rules it has to fulfil; empty for none.

    Raises:
        ValueError: The text breaks a rule of the service; the message names the field, what is
            wrong and what would be right.
    """
    document = _document(text)
    rules = _rules(document, domain)
    fields = tuple(_field(value) for value in document["fields"])
    check_fields(fields, rules)
    return Schema(rules.record, fields)


def schema_json(schema: Schema) -> str:
    """A schema as `CreateSchema` takes it, a line per field; `parse_schema` reads it back."""
    fields = ",\n".join(f"    {json.dumps(_written(field))}" for field in schema.fields)
    return (
        f'{{\n  "type": "record",\n  "name": "{schema.record}",\n'
        f'  "namespace": "{_EXAMPLES["namespace"]}",\n'
        f'  "fields": [\n{fields}\n  ],\n  "version": "1.0"\n}}'
    )


def check_dataset_type(schema: Schema, dataset_type: str) -> None:
    """Check that a dataset of this type, in any case, may use the schema.

    Raises:
        ValueError: The schema describes another dataset type.
    """
    wanted = rules_of(dataset_type).record
    if schema.record != wanted:
        raise ValueError(
            f"the schema's record is {schema.record!r}, which cannot describe a dataset of type "
            f"{dataset_type!r}; name the record {wanted!r}"
        )


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("the schema is nested too deeply; a record of fields is enough") from None
    except ValueError as error:
        raise ValueError(f"the schema is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("type") != "record":
        raise ValueError('the schema must be a JSON object with "type": "record"')
    for name in ("name", "namespace"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise ValueError(f'the schema lacks "{name}", a text such as "{_EXAMPLES[name]}"')
    if not isinstance(document.get("fields"), list) or not document["fields"]:
        raise ValueError('the schema lacks "fields", a list of {"name": ..., "type": ...}')
    return document


def _rules(document: dict[str, Any], domain: str) -> DatasetRules:
    try:
        rules = rules_of(document["name"])
        return domain_rules(domain, rules.record) if domain else rules
    except ValueError as error:
        raise ValueError(f"the schema's record name: {error}") from None


def _field(value: Any) -> Field:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise ValueError(f'field {json.dumps(value)} lacks a "name"')  # noqa: TRY004
    name = value["name"]
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"field name {name!r} must begin with a letter or an underscore and consist of "
            "letters, digits and underscores, not of underscores alone"
        )
    if name.upper() in _OURS:
        raise ValueError(f"field name {name!r} is kept for what imports add; choose another")
    types = _types(name, value.get("type"))
    flags = {flag: _flag(name, value, flag) for flag in ("categorical", "textual", "itemName")}
    plain = tuple(kind for kind in types if kind != "null")
    field = Field(
        name,
        plain,
        "null" in types,
        flags["categorical"],
        flags["textual"],
        flags["itemName"],
    )
    _check_flags(field)
    return field


def _written(field: Field) -> dict[str, Any]:
    types = [*(["null"] if field.nullable else []), *field.types]
    flags = {
        "categorical": field.categorical,
        "textual": field.textual,
        "itemName": field.item_name,
    }
    told = {flag: True for flag, given in flags.items() if given}
    return {"name": field.name, "type": types if len(types) > 1 else types[0], **told}


def _types(name: str, given: Any) -> list[str]:
    types = given if isinstance(given, list) else [given]
    for kind in types:
        if kind not in (*TYPES, "null"):
            raise ValueError(
                f"field {name} has type {json.dumps(kind)}; use {', '.join(TYPES)}, or a union "
                'with null such as ["null", "string"]. Schemas are flat'
            )
    if all(kind == "null" for kind in types):
        raise ValueError(
            f'field {name} has no type beside null; use ["null", "string"] or the like'
        )
    if len(set(types)) != len(types):
        raise ValueError(f"field {name} names a type twice: {json.dumps(types)}")
    return types


def _flag(name: str, value: dict[str, Any], flag: str) -> bool:
    given = value.get(flag, False)
    if isinstance(given, str) and given.lower() in ("true", "false"):
        given = given.lower() == "true"
    if not isinstance(given, bool):
        raise ValueError(  # noqa: TRY004 - schemas fail with one error
            f"field {name}: {flag} is {json.dumps(given)}; write true or false"
        )
    return given


def _check_flags(field: Field) -> None:
    if field.categorical and field.textual:
        raise ValueError(f"field {field.name} is categorical and textual; keep one of the two")
    for flag, given in (("categorical", field.categorical), ("textual", field.textual)):
        if given and field.kind != "string":
            raise ValueError(
                f"field {field.name} is {flag} but has type {field.kind}; {flag} fields have type "
                "string"
            )
