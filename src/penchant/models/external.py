"""Answering with what a program outside learned: vectors, scores or neighbours of items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import Model
from penchant.models.factors import FactorsModel
from penchant.models.popularity import PopularityModel
from penchant.models.sims import SimsModel

KINDS: Final[Mapping[str, Any]] = {
    "factors": FactorsModel,
    "scores": PopularityModel,
    "neighbours": SimsModel,
}


@dataclass(frozen=True)
class ExternalModel:
    """What was learned outside, as one of the models that this package answers with.

    Attributes:
        kind: Key of `KINDS`.
        inner: A model of that kind.
    """

    kind: str
    inner: Model

    @property
    def items(self) -> Vocabulary:
        """The catalogue."""
        return self.inner.items

    @property
    def event_type_names(self) -> tuple[str, ...]:
        """Event types of the training rows."""
        return self.inner.event_type_names

    def score(self, queries: Sequence[Query]) -> Float32s:
        """Score the catalogue, shape (len(queries), n_items)."""
        return self.inner.score(queries)

    @property
    def description(self) -> dict[str, Any]:
        """Which kind of model it is, and what that needs."""
        return {"kind": self.kind, "inner": self.inner.description}

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        self.inner.save(folder)

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        kind = description["kind"]
        load = KINDS[kind].load
        return cls(kind, load(folder, description["inner"], items, event_type_names))
