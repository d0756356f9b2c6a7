"""Promotions: a share of an answer's places for items of the shop's own choice."""

from random import Random
from typing import Final

from penchant.serving.answers import Items

REASON: Final = "Promoted item"


def n_promoted(n: int, percent: int) -> int:
    """How many of `n` places a promotion of so many percent takes, to the nearest."""
    return (n * percent + 50) // 100


def mix(others: Items, promoted: Items, n: int, name: str, seed: int, *, reasons: bool) -> Items:
    """`n` items at most, the promoted ones at places by chance, each kind in its own order.

    Args:
        others: The answer as it would be without a promotion.
        promoted: What is promoted, at most `n`; not answered twice where it is in `others` too.
        n: How many at most.
        name: The promotion's.
        seed: The same seed gives the same places.
        reasons: Whether promoted items tell the reason.
    """
    chosen = {item["itemId"] for item in promoted}
    answer = [item for item in others if item["itemId"] not in chosen][: n - len(promoted)]
    told = {"promotionName": name, **({"reason": [REASON]} if reasons else {})}
    total = len(answer) + len(promoted)
    places = sorted(Random(seed).sample(range(total), len(promoted)))  # noqa: S311  # no secret
    for place, item in zip(places, promoted, strict=True):
        answer.insert(place, item | told)
    return answer
