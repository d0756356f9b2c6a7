"""From a training set to learned arrays, for recipes that pool histories."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np

from penchant.data.training_set import Bools, TrainingSet
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding
from penchant.models.contract import Fitted
from penchant.models.marks import Marks
from penchant.models.pooled import PooledArrays, Pooling
from penchant.recipes.attributes import learn_coding
from penchant.recipes.contract import Progress
from penchant.recipes.pooled import ItemTable, PooledHistory
from penchant.recipes.pooled_contract import Plan
from penchant.recipes.pooled_learner import MOST_DENSE, PooledLearner
from penchant.recipes.popularity import require_interactions
from penchant.recipes.sims import within_percentiles
from penchant.recipes.training import seeded

_Model = TypeVar("_Model", bound=Fitted)

FADING: Final = (0.7, 0.95, 1.0)
"""Weight of an event relative to the next newer one, one per mean of the history."""

LASTING: Final = (1.0,)


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


@dataclass(frozen=True)
class Wish:
    """What the recipes that pool histories have in common.

    Attributes:
        dim: Numbers of a vector.
        history_length: Newest events looked at.
        recency_mask: Whether recent events weigh more.
        min_percentile: Users whose history is shorter than this quantile teach nothing, 0 to 1.
        max_percentile: Users with longer ones neither.
        dropout: Share of numbers that a step does not see; None: more for fewer rows.
        blindness: Share of items and users that a step knows by their metadata alone, or not.
        plan: How long and how fast.
    """

    dim: int
    history_length: int
    recency_mask: bool
    min_percentile: float
    max_percentile: float
    dropout: float | None
    blindness: float
    plan: Plan


def fit_pooled(
    wish: Wish,
    training_set: TrainingSet,
    build: Callable[[Ground], Any],
    *,
    seed: int,
    progress: Progress,
    start: tuple[Pooling, PooledArrays] | None,
) -> tuple[Pooling, PooledArrays]:
    """Build a network and train it.

    Args:
        wish: The hyper-parameters.
        training_set: The rows to learn from.
        build: Makes the network, a `pooled_contract.Network`.
        seed: Source of all randomness.
        progress: Told how far the training is.
        start: What to go on from.

    Raises:
        ValueError: There is nothing to learn from, or what to go on from was learned otherwise.
    """
    require_interactions(training_set)
    learned = _learned_users(wish, training_set)
    rng = np.random.default_rng(seed)
    pooling = _pooling(wish, training_set) if start is None else _kept(start[0], wish)
    users = Attributes.of(training_set.user_features, training_set.n_users)
    with seeded(seed):
        network = build(_ground(wish, pooling, training_set, users, rng))
        plan = replace(wish.plan, recency=wish.recency_mask)
        learner = PooledLearner(plan, pooling, network, training_set, learned, rng)
        learner.begin(wish.dim, None if start is None else start[1].weights)
        learner.learn(progress)
    output, bias = learner.items()
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return pooling, PooledArrays(output, bias, users.codes, weights)


def begun(
    start: Fitted | None, kind: type[_Model], name: str, training_set: TrainingSet
) -> _Model | None:
    """The model to go on from, if there is one and it is of the right kind and catalogue.

    Raises:
        ValueError: It is not.
    """
    if start is None:
        return None
    if not isinstance(start, kind):
        other = type(start).__name__
        raise ValueError(f"a {other} is no {name} to go on from: train without it")  # noqa: TRY004  # a wrong value of the contract, told as one
    known = (start.items.digest, start.event_type_names)
    if known != (training_set.items.digest, training_set.event_type_names):
        raise ValueError("the model to go on from knows another catalogue: train without it")
    return start


def halved(width: int, n_layers: int) -> tuple[int, ...]:
    """Widths of layers, each of half the units of the one before, at least 2."""
    return tuple(max(2, width >> place) for place in range(n_layers))


def _pooling(wish: Wish, training_set: TrainingSet) -> Pooling:
    n_types = len(training_set.event_type_names)
    marks = Marks.learned_from(n_types, training_set.event_values)
    return Pooling(
        history_length=wish.history_length,
        decays=_decays(wish),
        value_edges=tuple(float(edge) for edge in marks.value_edges),
        contexts=Coding.learned_from(training_set.contexts),
    )


def _kept(pooling: Pooling, wish: Wish) -> Pooling:
    """How the model to go on from pools histories, if that is what is wished for."""
    if pooling.history_length != wish.history_length:
        raise ValueError(
            f"the model to go on from has history_length={pooling.history_length}, not"
            f" {wish.history_length}: train without it"
        )
    if pooling.decays != _decays(wish):
        raise ValueError(
            f"the model to go on from has recency_mask={not wish.recency_mask}: train without it"
        )
    return pooling


def _decays(wish: Wish) -> tuple[float, ...]:
    return FADING if wish.recency_mask else LASTING


def _ground(
    wish: Wish,
    pooling: Pooling,
    training_set: TrainingSet,
    users: Attributes,
    rng: np.random.Generator,
) -> Ground:
    n_items, n_rows = training_set.n_items, training_set.n_rows
    features = training_set.item_features
    items = learn_coding(features, n_items, rng).attributes(features, n_items)
    moments = pooling.contexts.codes_of_rows(training_set.contexts, n_rows)
    dropout = _enough_dropout(n_rows) if wish.dropout is None else wish.dropout
    return Ground(
        table=ItemTable(items, dim=wish.dim, blindness=wish.blindness, sparse=n_items > MOST_DENSE),
        history=PooledHistory(
            pooling,
            dim=wish.dim,
            n_steps=wish.plan.n_steps,
            n_event_types=len(training_set.event_type_names),
            users=users,
            contexts=Attributes(moments, pooling.contexts.n_codes),
            dropout=dropout,
            blindness=wish.blindness,
        ),
        n_fields=pooling.n_fields,
        n_users=training_set.n_users,
        dropout=dropout,
    )


def _learned_users(wish: Wish, training_set: TrainingSet) -> Bools:
    """Users whose history length is within the percentiles, (n_users,)."""
    low, high = wish.min_percentile, wish.max_percentile
    lengths = np.bincount(training_set.user_indices, minlength=training_set.n_users)
    learned = within_percentiles(lengths, low, high)
    if not learned.any():
        raise ValueError(
            f"no user's history is as long as min_user_history_length_percentile={low:g} and"
            f" max_user_history_length_percentile={high:g} ask for: widen them"
        )
    return learned


def _enough_dropout(n_rows: int) -> float:
    """More for fewer rows, which are learned by heart: .2 for a million, .28 for 100 000."""
    return float(np.clip(0.2 * math.pow(1_000_000 / n_rows, 0.15), 0.1, 0.5))
