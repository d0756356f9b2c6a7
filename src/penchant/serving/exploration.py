"""Exploration: a bounded share of an answer goes to new items with few interactions.

Which items may be explored: those not older than `explorationItemAgeCutOff` days. An item's age
runs from its creation time, else from its oldest interaction, else from the newest training
timestamp, up to the newest training timestamp. Not up to the clock: data that end in 1998 have
new items too, and the items of a model that is retrained regularly are as old by either measure.

How many: a third of the places times `explorationWeight` on average, so a tenth by default; the
first place always belongs to the most relevant item. A weight of 0 leaves relevance alone.

Which of them: of a pool, by chance another for every answer, the highest by score, plus a bonus
that falls with the item's interactions and impressions, plus a little noise, both measured in
standard deviations of the pool's scores. The pool bounds the time however large the catalogue is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import Indices, Scores
from penchant.data.training_set import NO_TIME, Bools
from penchant.domain.parameters import number

LARGEST_SHARE: Final = 1 / 3
BONUS: Final = 4.0
NOISE: Final = 0.25
N_NOISES: Final = 2**14
POOL: Final = 512
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class ExplorationConfig:
    """A campaign's `itemExplorationConfig`: weight in [0, 1], age in days, above 0."""

    weight: float = 0.3
    age_cut_off_days: float = 30.0

    @classmethod
    def read(cls, campaign_config: Mapping[str, Any] | None) -> "ExplorationConfig":
        """Read a `campaignConfig` as sent, whose numbers are texts.

        Raises:
            ValueError: A key is unknown, or a value is not a number in its range.
        """
        sent = dict((campaign_config or {}).get("itemExplorationConfig") or {})
        weight = _number("explorationWeight", sent.pop("explorationWeight", cls().weight))
        days = _number("explorationItemAgeCutOff", sent.pop("explorationItemAgeCutOff", 30.0))
        if sent:
            raise ValueError(
                f"itemExplorationConfig has no {next(iter(sent))!r}; it takes explorationWeight "
                "and explorationItemAgeCutOff"
            )
        if not 0 <= weight <= 1:
            raise ValueError(f"explorationWeight is {weight:g}; give a number from 0 to 1")
        if not 0 < days < inf:
            raise ValueError(f"explorationItemAgeCutOff is {days:g}; give a number of days above 0")
        return cls(weight, days)


class Explorer:
    """What one campaign explores.

    Args:
        config: The campaign's wish.
        known_counts: Interactions and impressions per item, shape (n_items,).
        first_seen_at: Creation time or oldest interaction, epoch seconds (n_items,), `NO_TIME`
            where neither is known.
        trained_until: Newest training timestamp, epoch seconds.
    """

    def __init__(
        self,
        config: ExplorationConfig,
        known_counts: npt.NDArray[np.integer],
        first_seen_at: npt.NDArray[np.int64],
        trained_until: int,
    ) -> None:
        born = np.where(first_seen_at == NO_TIME, trained_until, first_seen_at)
        young = trained_until - born <= config.age_cut_off_days * DAY_S
        items = np.random.default_rng(0).permutation(np.flatnonzero(young))
        self._n_items = len(items)
        self._share = config.weight * LARGEST_SHARE if len(items) else 0.0
        self._items = np.concatenate([items, items[: POOL - 1]]) if len(items) > POOL else items
        bonus = config.weight * BONUS / np.sqrt(1.0 + known_counts[self._items])
        self._bonus = bonus.astype(np.float32)
        # an answer takes a stretch of these: 512 new ones and their generator cost it 20 us
        noises = np.random.default_rng(0).standard_normal(N_NOISES, np.float32)
        self._noises = np.float32(NOISE) * noises

    def explore(
        self, scores: Scores, ranked: Indices, seed: int, allowed: Bools | None = None
    ) -> Indices:
        """Give some places behind the first of `ranked` to items that are not among them.

        Args:
            scores: The catalogue's scores for the user, shape (n_items,).
            ranked: The most relevant items, best first; the result is as long.
            seed: The same seed gives the same answer.
            allowed: Which items may be answered, shape (n_items,); None: all.
        """
        if not self._share or len(ranked) < 2:
            return ranked
        chance = Random(seed)  # noqa: S311  # of what is shown, no secret
        n_places = min(int(len(ranked) * self._share + chance.random()), len(ranked) - 1)
        if not n_places:
            return ranked
        answer = ranked.tolist()
        chosen = self._choose(scores, answer, n_places, chance, allowed)
        del answer[len(answer) - len(chosen) :]
        places = chance.sample(range(1, len(ranked)), len(chosen))
        for place, item in zip(sorted(places), chosen, strict=True):
            answer.insert(place, item)
        return np.array(answer, np.intp)

    def _choose(
        self,
        scores: Scores,
        ranked: Sequence[int],
        n: int,
        chance: Random,
        allowed: Bools | None,
    ) -> list[int]:
        start = chance.randrange(self._n_items) if self._n_items > POOL else 0
        items, bonus = self._items[start : start + POOL], self._bonus[start : start + POOL]
        first = chance.randrange(N_NOISES - POOL)
        if allowed is not None:
            may = allowed[items]
            items, bonus = items[may], bonus[may]
        values = scores[items]
        spread = _standard_deviation(values) or 1.0
        values += spread * (bonus + self._noises[first : first + len(values)])
        best = items[_highest(values, n + len(ranked))].tolist()
        known = set(ranked)
        return [item for item in best if item not in known][:n]


def _highest(values: Scores, n: int) -> Indices:
    """As `top_k`, at half its time for the few values of a pool."""
    if n < len(values):
        places = values.argpartition(-n)[-n:]
        return places[values[places].argsort()[::-1]]
    return values.argsort()[::-1]


def _standard_deviation(scores: Scores) -> float:
    """To the few digits that are needed here, at a third of the time of `scores.std()`."""
    if not len(scores):
        return 0.0
    mean = float(np.add.reduce(scores)) / len(scores)
    return sqrt(max(float(scores @ scores) / len(scores) - mean * mean, 0.0))


def _number(name: str, sent: Any) -> float:
    try:
        return number(str(sent))
    except ValueError:
        raise ValueError(f"{name} is {sent!r}; give a number, such as '0.3'") from None
