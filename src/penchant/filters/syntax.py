"""What a filter expression says, as a tree of values that can be compared and used as keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from penchant.data.fields import folded

ANY: Final = "*"
"""The event type that stands for every event type."""
EVENT_TYPE: Final = "EVENT_TYPE"


class Verb(StrEnum):
    """What a rule does with what its conditions match."""

    INCLUDE = "INCLUDE"
    EXCLUDE = "EXCLUDE"


class Target(StrEnum):
    """What is filtered."""

    ITEM = "ItemID"
    USER = "UserID"
    ACTION = "ActionID"


class Source(StrEnum):
    """Where a field's values come from: a dataset, the user asking, or the item asked about."""

    INTERACTIONS = "Interactions"
    ITEMS = "Items"
    USERS = "Users"
    ACTIONS = "Actions"
    ACTION_INTERACTIONS = "Action_Interactions"
    CURRENT_USER = "CurrentUser"
    CURRENT_ITEM = "CurrentItem"


EVENTS: Final = frozenset({Source.INTERACTIONS, Source.ACTION_INTERACTIONS})
"""The sources that hold what users did."""
_COLUMNS: Final = frozenset({Source.ITEMS, Source.USERS, Source.ACTIONS, Source.CURRENT_ITEM})


class Operator(StrEnum):
    """How a field is compared."""

    IN = "IN"
    NOT_IN = "NOT IN"
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


ORDER: Final = frozenset(
    {Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL}
)
"""The operators that only numbers know."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column, its name in upper case."""

    source: Source
    name: str

    def __str__(self) -> str:
        return f"{self.source}.{self.name}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that each request gives anew; names are case-sensitive."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


Operand = str | Parameter | Field
"""A literal as written without its quotes, a parameter, or a field of the current item."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a field with one or more operands."""

    field: Field
    operator: Operator
    operands: tuple[Operand, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that it needs."""
        return tuple(one.name for one in self.operands if isinstance(one, Parameter))


Alternative = tuple[Condition, ...]
"""Conditions that must all hold."""


@dataclass(frozen=True)
class Rule:
    """`INCLUDE` or `EXCLUDE`, what, and where; AND binds closer than OR.

    Attributes:
        alternatives: At least one of them must hold whole.
        user_conditions: What must hold of the user for the rule to count at all.
    """

    verb: Verb
    target: Target
    alternatives: tuple[Alternative, ...]
    user_conditions: Alternative = ()

    @cached_property
    def looks_at_columns_alone(self) -> bool:
        """Whether what it matches, the IF apart, is the same for every request."""
        return not any(
            condition.field.source in EVENTS
            or any(isinstance(one, Field) for one in condition.operands)
            for alternative in self.alternatives
            for condition in alternative
        )

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition, those on the user last."""
        for alternative in self.alternatives:
            yield from alternative
        yield from self.user_conditions


@dataclass(frozen=True)
class Expression:
    """A whole filter: what the INCLUDE rules name together, less what the EXCLUDE rules name."""

    rules: tuple[Rule, ...]

    @property
    def target(self) -> Target:
        """What is filtered, the same for every rule."""
        return self.rules[0].target

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition of every rule."""
        for rule in self.rules:
            yield from rule.conditions

    @cached_property
    def fields(self) -> frozenset[Field]:
        """Every field named."""
        operands = (one for condition in self.conditions for one in condition.operands)
        named = {one for one in operands if isinstance(one, Field)}
        return frozenset({condition.field for condition in self.conditions} | named)

    @cached_property
    def sources(self) -> frozenset[Source]:
        """Every source that a field is of."""
        return frozenset(field.source for field in self.fields)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns named of what is filtered and of the current item, folded."""
        return _folded(field for field in self.fields if field.source in _COLUMNS)

    @cached_property
    def user_columns(self) -> frozenset[str]:
        """The columns named of the current user, folded."""
        return _folded(field for field in self.fields if field.source is Source.CURRENT_USER)

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of all parameters."""
        return frozenset(name for one in self.conditions for name in one.parameters)


def _folded(fields: Iterable[Field]) -> frozenset[str]:
    return frozenset(folded(field.name) for field in fields)
