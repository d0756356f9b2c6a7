"""Which interactions are learned from, and how much each of them counts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from penchant.data.engine import Engine, quoted
from penchant.data.minimums import TooLittleData


@dataclass(frozen=True, slots=True)
class EventRule:
    """One sort of interactions to learn from.

    Attributes:
        event_type: Their type, in any case; None for any, and for none.
        least_value: The smallest event value; None takes those without a value too.
        weight: How much each counts beside those of other rules, only ratios matter; None:
            interactions are not weighed.
    """

    event_type: str | None = None
    least_value: float | None = None
    weight: float | None = None

    def __str__(self) -> str:
        """What it takes, as the text of a failure says it."""
        kind = "any event type" if self.event_type is None else f"event type: {self.event_type}"
        return kind if self.least_value is None else f"{kind} of at least {self.least_value:g}"


def choose(engine: Engine, rules: Sequence[EventRule]) -> None:
    """Make the view `wanted`: the rows of `events` that a rule takes, their weight as w.

    Without rules all rows are wanted. The weights' mean is 1. Rows of weight 0 stay: they are
    read as history, and nobody learns to predict them.

    Raises:
        TooLittleData: A type is asked for, but no interaction has one; or all that is left
            weighs nothing.
    """
    if any(rule.event_type is not None for rule in rules):
        _require_types(engine)
    wanted = [_condition(rule) for rule in rules] or ["true"]
    weight = _weight(engine, wanted, rules) if weighs(rules) else "1::FLOAT"
    engine.rows(
        f"CREATE VIEW wanted AS SELECT *, {weight} AS w FROM events WHERE {' OR '.join(wanted)}"
    )


def weighs(rules: Sequence[EventRule]) -> bool:
    """Whether the rules weigh interactions."""
    return any(rule.weight is not None for rule in rules)


def _require_types(engine: Engine) -> None:
    n_rows, n_types = engine.rows("SELECT count(*), count(e) FROM events")[0]
    if n_rows and not n_types:
        raise TooLittleData(
            "All values in the event_type column are either reserved keywords or null"
        )


def _condition(rule: EventRule) -> str:
    """SQL that holds for the rows of a rule."""
    parts = []
    if rule.event_type is not None:
        parts.append(f"lower(e) = lower({quoted(rule.event_type)})")
    if rule.least_value is not None:
        parts.append(f"v >= {float(rule.least_value)!r}::DOUBLE")
    return f"({' AND '.join(parts)})" if parts else "true"


def _weight(engine: Engine, conditions: Sequence[str], rules: Sequence[EventRule]) -> str:
    """SQL for a row's weight, such that the mean of all rows is 1."""
    weights = [1.0 if rule.weight is None else rule.weight for rule in rules]
    mean = _mean_weight(engine, conditions, weights)
    cases = " ".join(
        f"WHEN {condition} THEN {weight / mean!r}::FLOAT"
        for condition, weight in zip(conditions, weights, strict=True)
    )
    return f"CASE {cases} END"


def _mean_weight(engine: Engine, conditions: Sequence[str], weights: Sequence[float]) -> float:
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    found = engine.rows(f"SELECT {counts} FROM events")[0]
    n_rows = sum(found)
    total = math.fsum(n * weight for n, weight in zip(found, weights, strict=True))
    if n_rows and not total:
        raise TooLittleData(
            "All interactions that the solution's eventsConfig takes have the weight 0: give the "
            "event types that are in the data a weight above 0."
        )
    return total / n_rows if n_rows else 1.0
