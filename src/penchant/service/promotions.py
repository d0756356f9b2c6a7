"""Reads the promotion of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from penchant.domain.errors import InvalidInputException


@dataclass(frozen=True, slots=True)
class Promotion:
    """What to promote, and how much: `percent` from 1 to 100 of the places."""

    name: str
    percent: int
    filter_arn: str
    filter_values: Mapping[str, str] = field(default_factory=dict)


def read_promotion(sent: Sequence[Mapping[str, Any]] | None) -> Promotion | None:
    """The one promotion that a request may have.

    Raises:
        InvalidInputException: There are several, or a member is missing.
    """
    if not sent:
        return None
    if len(sent) > 1:
        raise InvalidInputException(f"promotions has {len(sent)} members; give at most one.")
    (given,) = sent
    for member in ("name", "percentPromotedItems", "filterArn"):
        if not given.get(member):
            raise InvalidInputException(
                f"promotion {given.get('name', '')!r} has no {member}; give name, "
                "percentPromotedItems and filterArn, which says what to promote."
            )
    return Promotion(
        given["name"],
        given["percentPromotedItems"],
        given["filterArn"],
        given.get("filterValues") or {},
    )
