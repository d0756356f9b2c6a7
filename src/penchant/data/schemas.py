"""Avro schema text to a `Schema`, checked as the service checks it."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from penchant.data.rules import DatasetRules, rules_of

NUMBERS: Final = ("int", "long", "float", "double")
TYPES: Final = (*NUMBERS, "string", "boolean")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Field:
    """One column of a dataset.

    Attributes:
        name: Column name as in the schema.
        types: The types other than null, in the schema's order.
        nullable: Null is one of the types.
    """

    name: str
    types: tuple[str, ...]
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    item_name: bool = False

    @property
    def kind(self) -> str:
        """The one type that holds every value of the union."""
        if "string" in self.types or len(set(self.types) & {"boolean", *NUMBERS}) == 1:
            return "string" if "string" in self.types else self.types[0]
        numbers = [kind for kind in NUMBERS if kind in self.types]
        if "boolean" in self.types:
            return "string"
        return "double" if numbers == ["long", "float"] else numbers[-1]

    @property
    def is_number(self) -> bool:
        """Whether values are numbers."""
        return self.kind in NUMBERS

    @property
    def is_metadata(self) -> bool:
        """Whether recipes can learn from the column."""
        return self.categorical or self.textual or self.is_number


@dataclass(frozen=True)
class Schema:
    """A dataset's columns; `record` is the dataset type as the service writes it."""

    record: str
    fields: tuple[Field, ...]

    @property
    def rules(self) -> DatasetRules:
        """What the service demands of this dataset type."""
        return rules_of(self.record)

    def find(self, name: str) -> Field | None:
        """The field of this name, or the one that a camelCase property key stands for."""
        wanted = _folded(name)
        return next((one for one in self.fields if _folded(one.name) == wanted), None)


def parse_schema(text: str) -> Schema:
    """Read and check a schema.

    Raises:
        ValueError: The text breaks a rule of the service; the message names the field, what is
            wrong and what would be right.
    """
    document = _document(text)
    rules = _rules(document)
    fields = tuple(_field(value) for value in document["fields"])
    _check_names(fields)
    _check_required(fields, rules)
    _check_reserved(fields, rules)
    _check_metadata(fields, rules)
    return Schema(rules.record, fields)


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


def _folded(name: str) -> str:
    return name.replace("_", "").upper()


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
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


_EXAMPLES: Final = {"name": "Interactions", "namespace": "com.amazonaws.personalize.schema"}


def _rules(document: dict[str, Any]) -> DatasetRules:
    try:
        return rules_of(document["name"])
    except ValueError as error:
        raise ValueError(f"the schema's record name: {error}") from None


def _field(value: Any) -> Field:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise ValueError(f'field {json.dumps(value)} lacks a "name"')  # noqa: TRY004
    name = value["name"]
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"field name {name!r} must begin with a letter and consist of letters, digits and "
            "underscores"
        )
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


def _check_names(fields: tuple[Field, ...]) -> None:
    seen: dict[str, str] = {}
    for field in fields:
        other = seen.setdefault(_folded(field.name), field.name)
        if other is not field.name:
            raise ValueError(
                f"fields {other} and {field.name} have the same name (underscores and case do not "
                "count); rename one"
            )


def _written(types: frozenset[str]) -> str:
    return " or ".join(sorted(types - {"null"}))


def _check_required(fields: tuple[Field, ...], rules: DatasetRules) -> None:
    by_name = {field.name: field for field in fields}
    missing = [name for name in rules.required if name not in by_name]
    if missing:
        raise ValueError(
            f"the schema of {rules.record} lacks the required "
            f"field{'s'[: len(missing) > 1]} {', '.join(missing)}"
        )
    for name, types in rules.required.items():
        _check_fixed(by_name[name], types, rules)


def _check_reserved(fields: tuple[Field, ...], rules: DatasetRules) -> None:
    for field in fields:
        if field.name in rules.reserved:
            _check_fixed(field, rules.reserved[field.name], rules)


def _check_fixed(field: Field, types: frozenset[str], rules: DatasetRules) -> None:
    given = frozenset(field.types)
    if not given <= types:
        raise ValueError(
            f"field {field.name} of {rules.record} has type {', '.join(field.types)}; it must be "
            f"{_written(types)}"
        )
    if field.nullable and "null" not in types:
        raise ValueError(
            f"field {field.name} of {rules.record} allows null; it must be {_written(types)} alone"
        )
    if field.categorical or field.textual:
        raise ValueError(
            f"field {field.name} of {rules.record} is reserved and must be neither categorical "
            "nor textual"
        )


def _check_metadata(fields: tuple[Field, ...], rules: DatasetRules) -> None:
    own = [field for field in fields if field.name not in rules.required]
    free = [field for field in own if field.name not in rules.reserved]
    counted = free if rules.is_log else own
    if len(counted) > rules.max_metadata:
        raise ValueError(
            f"the schema of {rules.record} has {len(counted)} metadata fields; at most "
            f"{rules.max_metadata} are allowed"
        )
    if rules.needs_metadata and not any(field.is_metadata for field in own):
        raise ValueError(
            f"the schema of {rules.record} needs at least one metadata field: a number, or a "
            'string with "categorical": true' + (' or "textual": true' * rules.takes_text)
        )
    _check_texts(own, rules)


def _check_texts(fields: list[Field], rules: DatasetRules) -> None:
    texts = [field.name for field in fields if field.textual]
    if texts and not rules.takes_text:
        raise ValueError(f"field {texts[0]} of {rules.record} is textual; only Items take texts")
    if len(texts) > 1:
        raise ValueError(f"fields {', '.join(texts)} are textual; only one of them can be")
    named = [field.name for field in fields if field.item_name]
    if named and not rules.takes_text:
        raise ValueError(f"field {named[0]} of {rules.record} has itemName; only Items have names")
