"""The service's rules for the columns of each dataset type."""

from collections.abc import Sequence

from penchant.data.fields import Field, folded
from penchant.data.rules import DatasetRules


def check_fields(fields: Sequence[Field], rules: DatasetRules) -> None:
    """Check a schema's fields together.

    Raises:
        ValueError: They break a rule; the message names the field and what would be right.
    """
    _check_names(fields)
    _check_required(fields, rules)
    _check_reserved(fields, rules)
    _check_metadata(fields, rules)


def _check_names(fields: Sequence[Field]) -> None:
    seen: dict[str, str] = {}
    for field in fields:
        other = seen.setdefault(folded(field.name), field.name)
        if other is not field.name:
            raise ValueError(
                f"fields {other} and {field.name} have the same name (underscores and case do not "
                "count); rename one"
            )


def _written(types: frozenset[str]) -> str:
    return " or ".join(sorted(types - {"null"}))


def _check_required(fields: Sequence[Field], rules: DatasetRules) -> None:
    by_name = {field.name: field for field in fields}
    missing = [name for name in rules.required if name not in by_name]
    if missing:
        raise ValueError(
            f"the schema of {rules.record} lacks the required "
            f"field{'s'[: len(missing) > 1]} {', '.join(missing)}"
        )
    for name, types in rules.required.items():
        _check_fixed(by_name[name], types, rules)


def _check_reserved(fields: Sequence[Field], rules: DatasetRules) -> None:
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
    _check_flag(field, rules)


def _check_flag(field: Field, rules: DatasetRules) -> None:
    wanted = "categorical" if field.name in rules.categorical else ""
    wanted = "textual" if field.name in rules.textual else wanted
    given = "textual" if field.textual else "categorical" if field.categorical else ""
    if given == wanted:
        return
    where = f"field {field.name} of {rules.record} is reserved and must be"
    if wanted:
        raise ValueError(f'{where} {wanted}: give it "{wanted}": true')
    raise ValueError(f"{where} neither categorical nor textual")


def _check_metadata(fields: Sequence[Field], rules: DatasetRules) -> None:
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


def _check_texts(fields: Sequence[Field], rules: DatasetRules) -> None:
    texts = [field.name for field in fields if field.textual]
    if texts and not rules.takes_text:
        raise ValueError(f"field {texts[0]} of {rules.record} is textual; only Items take texts")
    if len(texts) > 1:
        raise ValueError(f"fields {', '.join(texts)} are textual; only one of them can be")
    named = [field.name for field in fields if field.item_name]
    if named and not rules.takes_text:
        raise ValueError(f"field {named[0]} of {rules.record} has itemName; only Items have names")
