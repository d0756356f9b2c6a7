"""What a domain recipe is for: the use case that a recommender of it answers."""

from dataclasses import dataclass
from enum import StrEnum


class Domain(StrEnum):
    """The domains that a dataset group may have."""

    ECOMMERCE = "ECOMMERCE"
    VIDEO_ON_DEMAND = "VIDEO_ON_DEMAND"


@dataclass(frozen=True, slots=True)
class UseCase:
    """One use case of a domain.

    Attributes:
        domain: Which dataset groups have it.
        title: Its name for people.
        learns_from: The only event type that counts, matched ignoring case; empty for all types.
        asks_for: The members that every GetRecommendations needs.
        leaves_out: What a user has events of this type on is not answered; empty for nothing.
        needs_items: Whether there has to be an Items dataset.
    """

    domain: Domain
    title: str
    learns_from: str = ""
    asks_for: tuple[str, ...] = ("userId",)
    leaves_out: str = ""
    needs_items: bool = False
