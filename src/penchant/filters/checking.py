"""Whether an expression fits a dataset group: its datasets, their columns, the language's rules."""

from collections.abc import Mapping
from typing import Final

from penchant.data.fields import Field as Column
from penchant.data.fields import Schema
from penchant.filters.errors import FilterError
from penchant.filters.numbers import number
from penchant.filters.syntax import (
    ANY,
    EVENT_TYPE,
    EVENTS,
    ORDER,
    Alternative,
    Condition,
    Expression,
    Field,
    Operator,
    Rule,
    Source,
    Target,
)

MOST_FIELDS: Final = 10
_SOURCES: Final = {
    Target.ITEM: (Source.ITEMS, Source.INTERACTIONS),
    Target.USER: (Source.USERS, Source.INTERACTIONS),
    Target.ACTION: (Source.ACTIONS, Source.ACTION_INTERACTIONS),
}
_SCHEMAS: Final = {Source.CURRENT_USER: Source.USERS, Source.CURRENT_ITEM: Source.ITEMS}
_AUTOMATIC: Final = frozenset(
    {"EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP", "REPEAT_FREQUENCY"}
)


def check(expression: Expression, schemas: Mapping[Source, Schema]) -> None:
    """Check an expression against the schemas of a dataset group.

    Args:
        expression: As parsed.
        schemas: Of the datasets that the group has.

    Raises:
        FilterError: It breaks a rule; the text names the field or value, and what is right.
    """
    if len(expression.fields) > MOST_FIELDS:
        raise FilterError(
            f"Invalid Expression: it names {len(expression.fields)} fields; use at most "
            f"{MOST_FIELDS}, or split it into several filters."
        )
    for rule in expression.rules:
        if rule.target is not expression.target:
            raise FilterError(
                f"Invalid Expression: it filters {expression.target} and {rule.target}; "
                "use one of them throughout."
            )
        _check_rule(rule)
    for condition in expression.conditions:
        _check_condition(condition, schemas)


def _check_rule(rule: Rule) -> None:
    first = rule.alternatives[0][0].field.source
    if first not in _SOURCES[rule.target]:
        allowed = " or ".join(_SOURCES[rule.target])
        raise FilterError(
            f"Invalid Expression: {rule.target} is filtered by {allowed}, not by {first}."
        )
    for alternative in rule.alternatives:
        _check_same_source(first, alternative)
    for condition in rule.user_conditions:
        if condition.field.source is not Source.CURRENT_USER:
            raise FilterError(
                f"Invalid Expression: IF takes fields of CurrentUser, not {condition.field}."
            )


def _check_same_source(first: Source, alternative: Alternative) -> None:
    for condition in alternative:
        if condition.field.source is not first:
            raise FilterError(
                f"Invalid Expression: AND and OR join conditions on one dataset, here {first} and "
                f"{condition.field.source}; write two expressions with | between them."
            )


def _check_condition(condition: Condition, schemas: Mapping[Source, Schema]) -> None:
    if condition.operator is Operator.NOT_IN and condition.parameters:
        raise FilterError(
            f"Invalid input symbol: ${condition.parameters[0]}. Placeholders are not allowed with "
            "NOT_IN operator."
        )
    if condition.field.source in EVENTS:
        _check_events(condition)
    column = _column(condition.field, schemas)
    if ANY in condition.operands and condition.field.source not in EVENTS:
        raise FilterError(
            f'Invalid Expression: "*" stands for any event type; name the values of '
            f"{condition.field}."
        )
    _check_types(condition, column)
    for operand in condition.operands:
        if isinstance(operand, Field):
            _check_current_item(condition, operand, column, schemas)


def _check_events(condition: Condition) -> None:
    if condition.field.name != EVENT_TYPE:
        raise FilterError(
            f"Invalid Expression: of {condition.field.source} only EVENT_TYPE can be used, not "
            f"{condition.field.name}."
        )


def _column(field: Field, schemas: Mapping[Source, Schema]) -> Column:
    source = _SCHEMAS.get(field.source, field.source)
    schema = schemas.get(source)
    if schema is None:
        raise FilterError(
            f"Invalid Expression: {field} needs a dataset {source}, which the dataset group does "
            "not have; create it first."
        )
    column = schema.find(field.name)
    if column is None:
        known = ", ".join(one.name for one in schema.fields)
        raise FilterError(
            f"Invalid Expression: the schema of {source} has no {field.name}; it has {known}."
        )
    if column.textual or column.kind == "boolean" or _is_automatic(source, field.name):
        raise FilterError(
            f"Invalid Expression: {field} cannot be filtered by; use a categorical, string or "
            "number field."
        )
    return column


def _is_automatic(source: Source, name: str) -> bool:
    return source is Source.ACTIONS and name in _AUTOMATIC


def _check_types(condition: Condition, column: Column) -> None:
    if condition.operator in ORDER and not column.is_number:
        raise FilterError(
            f"Invalid Expression: {condition.field} holds {column.kind} values, which "
            f"{condition.operator} does not compare; use IN, NOT IN, = or !=."
        )
    if not column.is_number:
        return
    for operand in condition.operands:
        if isinstance(operand, str):
            number(operand, str(condition.field))


def _check_current_item(
    condition: Condition, operand: Field, column: Column, schemas: Mapping[Source, Schema]
) -> None:
    if operand.source is not Source.CURRENT_ITEM or condition.field.source is not Source.ITEMS:
        raise FilterError(
            f"Invalid Expression: {condition.field} is compared with {operand}; compare a field "
            "of Items with one of CurrentItem, or with a value."
        )
    if _column(operand, schemas).is_number != column.is_number:
        raise FilterError(
            f"Invalid Expression: of {condition.field} and {operand} one holds numbers and the "
            "other does not."
        )
