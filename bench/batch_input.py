"""What batch jobs are measured on: made-up interactions, a model of them, and lines that ask."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.models.contract import Fitted
from penchant.models.registry import RENEWERS
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

EVENTS_PER_USER = 20
LEARNERS = 1_000
N_COLOURS = 200
BY_ATTRIBUTES = "item-attribute-affinity"


def interactions(entry: RecipeEntry, n_users: int, n_items: int) -> TrainingSet:
    """Users with 20 events each on items of falling popularity, coloured where a recipe asks."""
    chance = np.random.default_rng(0)
    n_rows = n_users * EVENTS_PER_USER
    items = (n_items * chance.random(n_rows) ** 2).astype(np.int32)
    users = np.repeat(np.arange(n_users, dtype=np.int32), EVENTS_PER_USER)
    times = 1_700_000_000 + np.sort(chance.integers(0, 10**7, (n_users, EVENTS_PER_USER)))
    return TrainingSet(
        users=Vocabulary(f"user-{n:07}" for n in range(n_users)),
        items=Vocabulary(f"item-{n:05}" for n in range(n_items)),
        user_indices=users,
        item_indices=items,
        timestamps=times.reshape(-1).astype(np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        item_features=_colours(n_items) if entry.family == BY_ATTRIBUTES else Features(),
    )


def model_of(entry: RecipeEntry, data: TrainingSet) -> Fitted:
    """Learned from a few users, then told of all."""
    recipe = FAMILIES[entry.family].from_parameters({}, {})
    few = data.subset(data.user_indices < LEARNERS)
    model = recipe.fit(few, seed=0, progress=silent)
    if entry.recipe_type is RecipeType.USER_SEGMENTATION:
        return recipe.fit(data, seed=0, progress=silent, start=model)
    return RENEWERS[entry.family](model, data) if entry.family in RENEWERS else model


def lines(entry: RecipeEntry, data: TrainingSet) -> Iterator[dict[str, Any]]:
    """All that can be asked: every user, every item, or every colour of items."""
    if entry.family == BY_ATTRIBUTES:
        for colour in data.item_features.categories["COLOUR"].values.ids:
            yield {"itemAttributes": f'ITEMS.colour = "{colour}"'}
    elif entry.recipe_type in {RecipeType.USER_SEGMENTATION, RecipeType.RELATED_ITEMS}:
        yield from ({"itemId": item} for item in data.items.ids)
    else:
        listed = {"itemList": data.items.ids[:100]}
        ranks = entry.recipe_type is RecipeType.PERSONALIZED_RANKING
        yield from ({"userId": user, **(listed if ranks else {})} for user in data.users.ids)


def _colours(n_items: int) -> Features:
    """One of 200 colours each, in turn."""
    values = Vocabulary(f"colour-{n}" for n in range(N_COLOURS))
    codes = np.arange(n_items, dtype=np.int32) % N_COLOURS
    return Features(categories={"COLOUR": Categories(values, np.arange(n_items + 1), codes)})
