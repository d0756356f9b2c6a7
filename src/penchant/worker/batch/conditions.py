"""What a line of a segment job says of items: `ITEMS.genres = "Comedy" AND ITEMS.year = 1994`."""

import re
from typing import Final

from penchant.models.item_attributes import Condition
from penchant.worker.batch.lines import LineRefused

_CONDITION: Final = re.compile(
    r"""\s* items \s* \. \s* (?P<column>[a-z_][a-z\d_]*) \s* = \s*
        (?: "(?P<text>[^"]*)" | (?P<number>[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?) ) \s*""",
    re.IGNORECASE | re.VERBOSE,
)
_SHOWN: Final = 80
"""Characters of what cannot be read that its refusal shows."""
_AND: Final = re.compile(r"and\b", re.IGNORECASE)


def read_conditions(text: str) -> list[Condition]:
    """The columns and values of conditions joined by AND.

    Raises:
        LineRefused: It is something else; the text says from where on.
    """
    conditions, place = [], 0
    while True:
        found = _CONDITION.match(text, place)
        if found is None:
            raise _refused(text, place)
        value = found["number"] if found["text"] is None else found["text"]
        conditions.append((found["column"], value))
        place = found.end()
        if place == len(text):
            return conditions
        joint = _AND.match(text, place)
        if joint is None:
            raise _refused(text, place)
        place = joint.end()


def _refused(text: str, place: int) -> LineRefused:
    rest = text[place:]
    where = "ends where a condition should stand"
    if rest:
        where = f"cannot be read from {rest[:_SHOWN]!r} on"
    return LineRefused(
        f"itemAttributes {where}; write conditions such as "
        'ITEMS.genres = "Comedy" with AND between them.'
    )
