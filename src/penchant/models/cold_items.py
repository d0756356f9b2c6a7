"""A model that recommends new items: those of another model, with the known ones behind them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import NO_TIME, Bools, Float32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays
from penchant.models.hrnn import HrnnModel

DAY_S: Final = 86_400
BEHIND: Final = 30.0
"""What known items' scores, logarithms of shares, are lowered by: to 1e-13 of their shares."""


@dataclass(frozen=True, slots=True)
class ColdRule:
    """Which items are cold; JSON values only.

    Attributes:
        most_interactions: Items with more are not.
        most_days: Nor are items older than this.
        from_now: Whether ages run up to now, else up to the newest interaction.
    """

    most_interactions: int = 15
    most_days: float = 5.0
    from_now: bool = False

    def cold(self, training_set: TrainingSet, clock: Callable[[], float] = time.time) -> Bools:
        """Which items are cold, (n_items,).

        An item's age runs from its creation time, else from its first interaction; without either
        it is new.

        Raises:
            ValueError: No item is.
        """
        n_items, times = training_set.n_items, training_set.timestamps
        counts = np.bincount(training_set.item_indices, minlength=n_items)
        born = np.full(n_items, np.iinfo(np.int64).max)
        np.minimum.at(born, training_set.item_indices, times)
        created_at = training_set.item_created_at
        if created_at is not None:
            born = np.where(created_at == NO_TIME, born, created_at)
        until = clock() if self.from_now else float(times.max())
        young = born >= until - self.most_days * DAY_S
        cold = young & (counts <= self.most_interactions)
        if not cold.any():
            raise ValueError(
                f"none of {n_items} items is cold: none with at most "
                f"cold_start_max_interactions={self.most_interactions} interactions is at most "
                f"cold_start_max_duration={self.most_days:g} days old; raise one of them, or "
                "import newer items"
            )
        return np.asarray(cold)


@dataclass(frozen=True, slots=True)
class ColdItemsModel:
    """Ranks cold items by another model's scores; known ones come after, to fill up answers.

    Attributes:
        model: Scores all items.
        cold: Which ones are recommended (n_items,).
        rule: What made them cold.
    """

    model: HrnnModel
    cold: Bools
    rule: ColdRule

    @property
    def items(self) -> Vocabulary:
        """The catalogue."""
        return self.model.items

    @property
    def event_type_names(self) -> tuple[str, ...]:
        """The event types that histories' `event_types` index."""
        return self.model.event_type_names

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        return self.score_vectors(self.user_vectors(queries), queries)

    def user_vectors(self, queries: Sequence[Query]) -> Float32s:
        """One vector per query, see `VectorModel`."""
        return self.model.user_vectors(queries)

    def score_vectors(self, vectors: Float32s, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue for users whose vectors are known, see `VectorModel`."""
        scores = self.model.score_vectors(vectors, queries)
        scores[:, ~self.cold] -= np.float32(BEHIND)
        return scores

    @property
    def description(self) -> dict[str, Any]:
        """The model's, and the rule."""
        return self.model.description | {"cold": asdict(self.rule)}

    def save(self, folder: Path) -> None:
        """Write the arrays below `folder`."""
        self.model.save(folder)
        save_arrays(folder, cold=self.cold)

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote; arrays are memory-mapped."""
        of_model = {name: value for name, value in description.items() if name != "cold"}
        model = HrnnModel.load(folder, of_model, items, event_type_names)
        return cls(model, map_array(folder, "cold"), ColdRule(**description["cold"]))
