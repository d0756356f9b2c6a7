"""From a column's texts to typed values: once as SQL, for speed, once as words, for failures.

`typed` and `unfit` build SQL; `explain` tells for a single text what `unfit` found. A property
test holds the two together.
"""

import re
from collections.abc import Sequence
from typing import Final

from penchant.data.engine import quoted
from penchant.data.fields import Field, folded
from penchant.data.rules import ID_LENGTH, MILLISECONDS_FROM, DatasetRules

SQL_TYPES: Final = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "int": "INTEGER",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
}
CATEGORY_LENGTH: Final = 1000
TEXT_LENGTH: Final = 20_000

_INTEGER: Final = r"[ \t]*[+-]?[0-9]+[ \t]*"
_NUMBER: Final = r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*"
_WHOLE_DOUBLES: Final = 9e18
_LIMITS: Final = {"int": 2**31, "long": 2**63, "float": 3.4e38, "double": 1.7e308}
_SHOWN_LENGTH: Final = 60
_MOST_DIGITS: Final = 400
"""Beyond any double; Python itself reads 4 300."""


def typed(field: Field, text: str) -> str:
    """SQL for the value of a text column, NULL where the text is missing or unfit."""
    kind = field.kind
    if kind == "string":
        return f"left({text}, {TEXT_LENGTH})" if field.textual else text
    if kind == "boolean":
        return f"CASE {text} WHEN 'true' THEN true WHEN 'false' THEN false END"
    written = f"regexp_full_match({text}, {quoted(_NUMBER)})"
    number = f"CASE WHEN {written} THEN TRY_CAST({text} AS DOUBLE) END"
    if kind in ("float", "double"):
        limit = _LIMITS[kind]
        return (
            f"TRY_CAST(CASE WHEN abs({number}) <= {limit!r}::DOUBLE THEN {number} END "
            f"AS {SQL_TYPES[kind]})"
        )
    return (
        f"TRY_CAST(CASE WHEN TRY_CAST({text} AS BIGINT)::VARCHAR = {text} "
        f"OR regexp_full_match({text}, {quoted(_INTEGER)}) THEN TRY_CAST({text} AS BIGINT) "
        f"WHEN {number} = floor({number}) AND abs({number}) < {_WHOLE_DOUBLES!r} "
        f"THEN CAST({number} AS BIGINT) END AS {SQL_TYPES[kind]})"
    )


def unfit(field: Field, rules: DatasetRules, text: str, value: str) -> str:
    """SQL that holds where a record cannot be imported because of this column.

    Args:
        field: The column.
        rules: The rules of its dataset type.
        text: Name of the column of texts.
        value: Name of the column of typed values.
    """
    conditions = []
    if _must_be_filled(field, rules):
        conditions.append(f"{text} IS NULL")
    if field.kind != "string":
        conditions.append(f"({text} IS NOT NULL AND {value} IS NULL)")
    if _is_time(field, rules):
        conditions.append(f"({value} IS NOT NULL AND abs({value}) > {MILLISECONDS_FROM})")
    longest = _longest(field, rules)
    if longest is not None:
        conditions.append(f"({text} IS NOT NULL AND length({text}) > {longest})")
    if field.name in rules.bounds:
        low, high = rules.bounds[field.name]
        conditions.append(f"({value} IS NOT NULL AND {value} NOT BETWEEN {low} AND {high})")
    if field.name in rules.words:
        known = ", ".join(quoted(_plain(word)) for word in rules.words[field.name])
        plain = f"replace(upper(replace({text}, '_', '')), ' ', '')"
        conditions.append(f"({text} IS NOT NULL AND {plain} NOT IN ({known}))")
    return " OR ".join(conditions) or "false"


def explain(field: Field, rules: DatasetRules, text: str | None) -> str | None:
    """What is wrong with one text of the column and what would be right; None if nothing."""
    if text is None:
        if not _must_be_filled(field, rules):
            return None
        return f"column {field.name} is empty; {_how_to_fill(field, rules)}"
    shown = text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."
    wrong = _explain_value(field, rules, text)
    return None if wrong is None else f"column {field.name}, value {shown!r}: {wrong}"


def is_word(text: str, words: Sequence[str]) -> bool:
    """Whether a text is one of the words; case, blanks and underscores do not count."""
    return _plain(text) in {_plain(word) for word in words}


def number_in(text: str) -> int | float | None:
    """The number a text writes: an int where it is whole and exact, None for no number."""
    if re.fullmatch(_INTEGER, text) and len(text) <= _MOST_DIGITS:
        return int(text)
    if not re.fullmatch(_NUMBER, text):
        return None
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < _WHOLE_DOUBLES else value


def _plain(text: str) -> str:
    return folded(text).replace(" ", "")


def _explain_value(field: Field, rules: DatasetRules, text: str) -> str | None:
    if field.kind == "string":
        words = rules.words.get(field.name)
        if words is not None:
            return None if is_word(text, words) else f"is not one of {', '.join(words)}"
        longest = _longest(field, rules)
        if longest is None or len(text) <= longest:
            return None
        return (
            f"Length cannot be more than {longest} characters for {field.name}; it has {len(text)}"
        )
    if field.kind == "boolean":
        return None if text in ("true", "false") else "is not a boolean; write true or false"
    return _explain_number(field, rules, text)


def _explain_number(field: Field, rules: DatasetRules, text: str) -> str | None:
    value = number_in(text)
    whole = field.kind in ("int", "long")
    if value is None or (whole and isinstance(value, float)):
        noun = "whole number" if whole else "number"
        example = " of epoch seconds such as 1577836800" if _is_time(field, rules) else ""
        return f"is not a {noun}{example}; leave missing values empty"
    limit = _LIMITS[field.kind]
    if not (-limit <= value < limit if whole else abs(value) <= limit):
        return f"is out of range for type {field.kind}" + (
            "; the schema could say long" if field.kind == "int" else ""
        )
    if _is_time(field, rules) and abs(value) > MILLISECONDS_FROM:
        return "looks like milliseconds; divide by 1000, times are epoch seconds"
    low, high = rules.bounds.get(field.name, (value, value))
    return None if low <= value <= high else f"is out of range; give {low} to {high}"


def _must_be_filled(field: Field, rules: DatasetRules) -> bool:
    if field.name in rules.required:
        return True
    return not field.nullable and not field.is_number


def _how_to_fill(field: Field, rules: DatasetRules) -> str:
    if field.name in rules.required:
        return "every record needs one"
    return f'fill it, or let the schema say ["null", "{field.kind}"]'


def _is_time(field: Field, rules: DatasetRules) -> bool:
    known = field.name in rules.required or field.name in rules.reserved
    return known and field.name.endswith("TIMESTAMP")


def _longest(field: Field, rules: DatasetRules) -> int | None:
    if field.name in rules.ids:
        return ID_LENGTH
    return CATEGORY_LENGTH if field.categorical else None
