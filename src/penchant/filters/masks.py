"""Which rows an expression lets through.

A missing value is in no list and compares with nothing, so NOT IN and != hold of it. An event type
is compared without regard to case, on actions to blanks and underscores neither, every other text
with all. A rule whose IF does not hold of the user does not count; an expression without a rule
that counts lets everything through.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import numpy as np

from penchant.data.actions import in_data_form
from penchant.data.fields import folded
from penchant.data.training_set import Bools, Int32s
from penchant.filters.columns import NumberColumn, Table, UserValue
from penchant.filters.numbers import number
from penchant.filters.syntax import (
    ANY,
    EVENTS,
    ORDER,
    Alternative,
    Condition,
    Expression,
    Operator,
    Rule,
    Source,
    Verb,
)

LEAST_KEPT: Final = 8
KEPT_BYTES: Final = 32 * 2**20
"""How much is kept of masks, a byte a row; 8 masks at least."""
_NEGATIVE: Final = {Operator.NOT_IN: Operator.IN, Operator.UNEQUAL: Operator.EQUAL}

Events = Callable[[frozenset[str] | None], Int32s]
"""The rows with an event of one of these types, in lower case, or of any type for None."""


def no_events(types: frozenset[str] | None) -> Int32s:  # noqa: ARG001
    """Nothing has happened."""
    return np.empty(0, np.int32)


@dataclass(frozen=True)
class Circumstances:
    """What an expression may ask about beside the rows themselves.

    Attributes:
        events: What the user did.
        user: The user's own values by folded column name: texts, or a number.
        current: The row of the item asked about, -1 for none.
    """

    events: Events = no_events
    user: Mapping[str, UserValue] = field(default_factory=dict)
    current: int = -1


class Masks:
    """Answers expressions over one table, and keeps what needs nothing but the table.

    Safe to use from several threads.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._kept: dict[int, tuple[Rule, Bools]] = {}
        self._most_kept = max(LEAST_KEPT, KEPT_BYTES // max(table.n_rows, 1))
        self._lock = Lock()

    def allowed(self, expression: Expression, circumstances: Circumstances) -> Bools:
        """Which rows the expression lets through, shape (n_rows,); not to be written to.

        Args:
            expression: With a value for every parameter (`binding.bind`).
            circumstances: Of this request.

        Raises:
            FilterError: A numeric field is compared with something else than a number.
        """
        rules = [rule for rule in expression.rules if _counts(rule, circumstances)]
        included = [rule for rule in rules if rule.verb is Verb.INCLUDE]
        mask = None
        for rule in included:
            matched = self._matched(rule, circumstances)
            mask = matched if mask is None else mask | matched
        if mask is None:
            mask = np.ones(self.table.n_rows, np.bool_)
        for rule in rules:
            if rule.verb is Verb.EXCLUDE:
                mask = np.greater(mask, self._matched(rule, circumstances))  # and not
        return mask

    def _matched(self, rule: Rule, circumstances: Circumstances) -> Bools:
        if not rule.looks_at_columns_alone:
            return self._worked_out(rule, circumstances)
        kept = self._kept.get(id(rule))
        if kept is not None and kept[0] is rule:
            return kept[1]
        mask = self._worked_out(rule, circumstances)
        mask.setflags(write=False)
        with self._lock:
            self._kept[id(rule)] = rule, mask
            while len(self._kept) > self._most_kept:
                del self._kept[next(iter(self._kept))]
        return mask

    def _worked_out(self, rule: Rule, circumstances: Circumstances) -> Bools:
        first, *others = rule.alternatives
        mask = self._all_of(first, circumstances)
        for alternative in others:
            mask = mask | self._all_of(alternative, circumstances)
        return mask

    def _all_of(self, alternative: Alternative, circumstances: Circumstances) -> Bools:
        first, *others = alternative
        mask = self._holds(first, circumstances)
        for condition in others:
            mask = mask & self._holds(condition, circumstances)
        return mask

    def _holds(self, condition: Condition, circumstances: Circumstances) -> Bools:
        if condition.field.source in EVENTS:
            return self._happened(condition, circumstances.events)
        values = _texts(condition)
        if values is None:
            return self._like_current(condition, circumstances.current)
        return self._compared(condition, values)

    def _happened(self, condition: Condition, events: Events) -> Bools:
        types = _types(condition)
        mask = np.zeros(self.table.n_rows, np.bool_)
        mask[events(None if ANY in types else types)] = True
        return ~mask if condition.operator in _NEGATIVE else mask

    def _like_current(self, condition: Condition, current: int) -> Bools:
        """Compares with the current item; where nothing is known of it, nothing matches."""
        (operand,) = condition.operands
        column = None if isinstance(operand, str) else self.table.find(operand.name)
        values = column.of(current) if column is not None and current >= 0 else ()
        if not values:
            return np.zeros(self.table.n_rows, np.bool_)
        return self._compared(condition, values)

    def _compared(self, condition: Condition, values: tuple[str, ...]) -> Bools:
        column, operator = self.table.find(condition.field.name), condition.operator
        if column is None:
            return np.full(self.table.n_rows, operator in _NEGATIVE)
        if isinstance(column, NumberColumn):
            numbers = [number(value, str(condition.field)) for value in values]
            if operator in ORDER:
                return column.compared(operator, numbers[0])
            mask = column.rows_with(numbers)
        else:
            mask = column.rows_with(values)
        return ~mask if operator in _NEGATIVE else mask


def _types(condition: Condition) -> frozenset[str]:
    """The event types asked for, in lower case; those of actions in the data's form."""
    texts = [one for one in condition.operands if isinstance(one, str)]
    if condition.field.source is Source.ACTION_INTERACTIONS:
        texts = [in_data_form(one) for one in texts]
    return frozenset(one.lower() for one in texts)


def _texts(condition: Condition) -> tuple[str, ...] | None:
    """The values compared with; None where they are the current item's."""
    texts = tuple(one for one in condition.operands if isinstance(one, str))
    return texts if len(texts) == len(condition.operands) else None


def _counts(rule: Rule, circumstances: Circumstances) -> bool:
    return all(_holds_of_user(one, circumstances.user) for one in rule.user_conditions)


def _holds_of_user(condition: Condition, user: Mapping[str, UserValue]) -> bool:
    own = user.get(folded(condition.field.name), ())
    texts = _texts(condition) or ()
    if isinstance(own, tuple):
        found = not set(own).isdisjoint(texts)
        return found != (condition.operator in _NEGATIVE)
    numbers = [number(text, str(condition.field)) for text in texts]
    row = NumberColumn(np.array([own]))
    if condition.operator in ORDER:
        return bool(row.compared(condition.operator, numbers[0])[0])
    return bool(row.rows_with(numbers)[0]) != (condition.operator in _NEGATIVE)
