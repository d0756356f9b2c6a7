"""What recipes that pool histories have in common: hyper-parameters, networks, models."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import Fitted
from penchant.models.pooled import PooledArrays, Pooling
from penchant.recipes.pooled import ItemTable, PooledHistory
from penchant.recipes.window_tensors import Tensors


class Network(Protocol):
    """What the learner trains, a `torch.nn.Module`."""

    table: ItemTable

    def read(self, items: Tensor, windows: Tensors, users: Tensor, ages: Tensor) -> Tensor:
        """What the score of any item is made from, one row per target, (n_targets, ...).

        Args:
            items: Vectors that the windows' indices point into (n_rows, dim).
            windows: What was before every target.
            users: Indices (b,).
            ages: Share of the training's time that lies after each target, (n_targets,).
        """
        ...

    def scores(self, state: Tensor, items: Tensor) -> Tensor:
        """Of every target's user with every item, (n_targets, n); items (n, dim)."""
        ...

    def hits(self, state: Tensor, items: Tensor) -> Tensor:
        """Of every target's user with the item of the same place, (n_targets,)."""
        ...


@runtime_checkable
class DeepNetwork(Protocol):
    """A network of which a part is too dear to be learned from all items at every step."""

    def deep_scores(self, state: Tensor, items: Tensor) -> Tensor:
        """What the dear part adds to `Network.scores`, (n_targets, n)."""
        ...

    def deep_hits(self, state: Tensor, items: Tensor) -> Tensor:
        """What it adds to `Network.hits`, (n_targets,)."""
        ...


@dataclass(frozen=True)
class Plan:
    """How long and how fast.

    Attributes:
        n_steps: Targets of a window.
        epochs: Passes over the rows; None takes more of them for fewer rows.
        batch_size: Windows per step.
        learning_rate: At the top of its cycle.
        weight_decay: Of AdamW.
        warmth: Length of the items' vectors to begin with, see `item_factors`.
        recency: Whether newer rows count more; the recipes' `recency_mask` decides.
        most_softmax: Catalogues up to this size are learned by the whole softmax.
        n_negatives: Items drawn per step where the catalogue is larger.
        n_deep: Of these, how many the dear part of a `DeepNetwork` learns from.
    """

    n_steps: int = 32
    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    warmth: float = 0.7
    recency: bool = True
    most_softmax: int = 2_000
    n_negatives: int = 1024
    n_deep: int = 64


@dataclass(frozen=True)
class Ground:
    """What a network stands on.

    Attributes:
        table: The items.
        history: How users are read.
        n_fields: Fields that `history` gives.
        n_users: Known users.
        dropout: Share of numbers that a step does not see.
    """

    table: ItemTable
    history: PooledHistory
    n_fields: int
    n_users: int
    dropout: float


class PoolingRecipe(Protocol):
    """What of the hyper-parameters bears on how histories are pooled; see `Ffnn`."""

    @property
    def embedding_dimension(self) -> int: ...  # noqa: D102
    @property
    def history_length(self) -> int: ...  # noqa: D102
    @property
    def recency_mask(self) -> bool: ...  # noqa: D102
    @property
    def min_user_history_length_percentile(self) -> float: ...  # noqa: D102
    @property
    def max_user_history_length_percentile(self) -> float: ...  # noqa: D102
    @property
    def plan(self) -> Plan: ...  # noqa: D102
    @property
    def dropout(self) -> float | None: ...  # noqa: D102
    @property
    def blindness(self) -> float: ...  # noqa: D102

    def network(self, ground: Ground) -> Any:
        """What learns, a `Network`."""
        ...


class PooledModel(Fitted, Protocol):
    """What is fitted."""

    pooling: Pooling
    arrays: PooledArrays

    def __init__(
        self,
        items: Vocabulary,
        event_type_names: tuple[str, ...],
        pooling: Pooling,
        arrays: PooledArrays,
    ) -> None: ...
