"""From a training set to a fitted model, for recipes that pool histories."""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding
from penchant.models.marks import Marks
from penchant.models.pooled import PooledArrays, Pooling
from penchant.recipes.attributes import learn_coding
from penchant.recipes.blocks import decays
from penchant.recipes.contract import Progress
from penchant.recipes.pace import enough_dropout
from penchant.recipes.percentiles import users_within
from penchant.recipes.pooled import ItemTable, PooledHistory
from penchant.recipes.pooled_contract import Ground, PooledModel, PoolingRecipe
from penchant.recipes.pooled_learner import PooledLearner
from penchant.recipes.popularity import require_interactions
from penchant.recipes.training import seeded, weights_of

_Model = TypeVar("_Model", bound=PooledModel)


def fit_pooled(
    recipe: PoolingRecipe,
    kind: type[_Model],
    training_set: TrainingSet,
    *,
    seed: int,
    progress: Progress,
    start: _Model | None,
) -> _Model:
    """Build a network and train it.

    Args:
        recipe: The hyper-parameters, and what builds the network.
        kind: What is fitted.
        training_set: The rows to learn from.
        seed: Source of all randomness.
        progress: Told how far the training is.
        start: What to go on from.

    Raises:
        ValueError: There is nothing to learn from, or what to go on from was learned otherwise.
    """
    require_interactions(training_set)
    low, high = recipe.min_user_history_length_percentile, recipe.max_user_history_length_percentile
    learned = users_within(training_set, low, high)
    rng = np.random.default_rng(seed)
    pooling = _pooling(recipe, training_set) if start is None else _kept(start.pooling, recipe)
    users = Attributes.of(training_set.user_features, training_set.n_users)
    with seeded(seed):
        network = recipe.network(_ground(recipe, pooling, training_set, users, rng))
        plan = replace(recipe.plan, recency=recipe.recency_mask)
        learner = PooledLearner(plan, pooling, network, training_set, learned, rng)
        learner.begin(None if start is None else start.arrays.weights)
        learner.learn(progress)
    output, bias = learner.items()
    arrays = PooledArrays(output, bias, users.codes, weights_of(network))
    return kind(training_set.items, training_set.event_type_names, pooling, arrays)


def halved(width: int, n_layers: int) -> tuple[int, ...]:
    """Widths of layers, each of half the units of the one before, at least 2."""
    return tuple(max(2, width >> place) for place in range(n_layers))


def _pooling(recipe: PoolingRecipe, training_set: TrainingSet) -> Pooling:
    n_types = len(training_set.event_type_names)
    marks = Marks.learned_from(n_types, training_set.event_values)
    return Pooling(
        history_length=recipe.history_length,
        decays=decays(recent=recipe.recency_mask),
        value_edges=tuple(float(edge) for edge in marks.value_edges),
        contexts=Coding.learned_from(training_set.contexts),
    )


def _kept(pooling: Pooling, recipe: PoolingRecipe) -> Pooling:
    """How the model to go on from pools histories, if that is what is wished for."""
    if pooling.history_length != recipe.history_length:
        raise ValueError(
            f"the model to go on from has history_length={pooling.history_length}, not"
            f" {recipe.history_length}: train without it"
        )
    if pooling.decays != decays(recent=recipe.recency_mask):
        raise ValueError(
            f"the model to go on from has recency_mask={not recipe.recency_mask}: train without it"
        )
    return pooling


def _ground(
    recipe: PoolingRecipe,
    pooling: Pooling,
    training_set: TrainingSet,
    users: Attributes,
    rng: np.random.Generator,
) -> Ground:
    n_items, n_rows, dim = training_set.n_items, training_set.n_rows, recipe.embedding_dimension
    features = training_set.item_features
    items = learn_coding(features, n_items, rng).attributes(features, n_items)
    moments = pooling.contexts.codes_of_rows(training_set.contexts, n_rows)
    dropout = recipe.dropout
    if dropout is None:
        dropout = enough_dropout(n_rows, steepness=0.15, most=0.5)
    return Ground(
        table=ItemTable(items, dim=dim, blindness=recipe.blindness),
        history=PooledHistory(
            pooling,
            dim=dim,
            n_steps=recipe.plan.n_steps,
            n_event_types=len(training_set.event_type_names),
            users=users,
            contexts=Attributes(moments, pooling.contexts.n_codes),
            dropout=dropout,
            blindness=recipe.blindness,
        ),
        n_fields=pooling.n_fields,
        n_users=training_set.n_users,
        dropout=dropout,
    )
