"""Puts the values that a request gives into an expression."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from penchant.filters.errors import FilterError
from penchant.filters.syntax import (
    Alternative,
    Condition,
    Expression,
    Operand,
    Operator,
    Parameter,
    Rule,
    Verb,
)

_TEXT: Final = re.compile(r'"([^"]*)"')
_QUOTED: Final = re.compile(r'"[^"]*"(\s*,\s*"[^"]*")*')
_LISTS: Final = frozenset({Operator.IN, Operator.NOT_IN})


def bind(expression: Expression, values: Mapping[str, str]) -> Expression:
    """The expression with values in the place of its parameters.

    INCLUDE needs a value for every parameter. An EXCLUDE condition whose value is left out does
    not count, nor does a rule whose IF lacks one. Values that no parameter asks for are not looked
    at.

    Args:
        expression: As checked.
        values: Parameter name to value as sent: texts in double quotes with commas between them,
            or a number.

    Raises:
        FilterError: A value is missing, or not one that its condition takes.
    """
    if not expression.parameters:
        return expression
    return Expression(
        tuple(bound for rule in expression.rules if (bound := _bound(rule, values)) is not None)
    )


def _bound(rule: Rule, values: Mapping[str, str]) -> Rule | None:
    """The rule itself where it has no parameters: masks are kept by rule."""
    if not any(condition.parameters for condition in rule.conditions):
        return rule
    if rule.verb is Verb.INCLUDE:
        for condition in rule.conditions:
            _refuse_missing(condition, values)
    if not all(_is_given(condition, values) for condition in rule.user_conditions):
        return None
    alternatives = tuple(
        given for one in rule.alternatives if (given := _given_conditions(one, values))
    )
    users = _given_conditions(rule.user_conditions, values)
    return Rule(rule.verb, rule.target, alternatives, users) if alternatives else None


def _refuse_missing(condition: Condition, values: Mapping[str, str]) -> None:
    for name in condition.parameters:
        if name not in values:
            raise FilterError(
                f"filterValues lacks {name!r}; an INCLUDE filter needs a value for each parameter."
            )


def _is_given(condition: Condition, values: Mapping[str, str]) -> bool:
    return all(name in values for name in condition.parameters)


def _given_conditions(conditions: Alternative, values: Mapping[str, str]) -> Alternative:
    return tuple(_filled(one, values) for one in conditions if _is_given(one, values))


def _filled(condition: Condition, values: Mapping[str, str]) -> Condition:
    if not condition.parameters:
        return condition
    operands: list[Operand] = []
    for operand in condition.operands:
        if isinstance(operand, Parameter):
            operands += read_values(operand.name, values[operand.name])
        else:
            operands.append(operand)
    if condition.operator not in _LISTS and len(operands) != 1:
        raise FilterError(
            f"{condition.field} {condition.operator} takes one value; filterValues has "
            f"{len(operands)} of {', '.join(condition.parameters)}."
        )
    return replace(condition, operands=tuple(operands))


def read_values(name: str, text: str) -> list[str]:
    """The values in a text as sent: `"horror","comedy"`, or bare ones such as `1970`.

    Raises:
        FilterError: There is none, or quotes and commas do not stand as they should.
    """
    stripped = text.strip()
    if not stripped:
        raise FilterError(f"The value of {name!r} is empty; give at least one.")
    if '"' not in stripped:
        return [value.strip() for value in stripped.split(",")]
    if not _QUOTED.fullmatch(stripped):
        raise FilterError(
            f"The value of {name!r} is {text!r}; write texts in double quotes with commas between "
            'them, such as "horror","comedy".'
        )
    return _TEXT.findall(stripped)
