"""Answers that are lists of actions, as `PredictedAction` of the API names them.

An answer is in the order of the scores told. Of actions that are as likely as far as is told, the
one with the greater value comes first; actions whose score is not told (0.0) come after the
others. Exploration gives some of the last places to such actions that would not be listed.
"""

from collections.abc import Sequence
from random import Random
from typing import Any, Final

import numpy as np

from penchant.data.actions import event_type_of
from penchant.data.queries import ActionHistory, Query
from penchant.data.training_set import Bools
from penchant.models.action_catalogue import ActionCatalogue
from penchant.models.contract import ActionModel
from penchant.store.events import Event

Actions = list[dict[str, Any]]
EXPLORED_SHARE: Final = 0.1
_STEPS_OF_SCORE: Final = 10_000


def recommend(
    model: ActionModel,
    query: Query,
    n: int,
    now: int,
    seed: int,
    allowed: Bools | None = None,
) -> Actions:
    """The actions that the user will most likely take, at most `n`, the last places explored.

    Args:
        model: Predicts.
        query: What is known of the user.
        n: How many at most.
        now: The present moment, epoch seconds: for what has expired or has to wait.
        seed: Of chance; the same seed gives the same answer.
        allowed: Which actions may be answered, shape (n_actions,); None: all.
    """
    catalogue = model.catalogue
    likely = model.score_actions([query])[0].astype(np.float64)
    told = np.rint(np.where(catalogue.scored, likely, 0) * _STEPS_OF_SCORE) / _STEPS_OF_SCORE
    chance = np.random.default_rng(seed).random(len(told))
    keys = (chance, catalogue.n_taken, likely, catalogue.values, told)
    order = np.lexsort(keys)[::-1]
    may = catalogue.open_to(query.actions, now)
    order = order[(may if allowed is None else may & allowed)[order]]
    chosen = _explored(order.tolist(), n, catalogue, Random(seed))  # noqa: S311  # no secret
    return [{"actionId": model.actions.ids[place], "score": float(told[place])} for place in chosen]


def overlay(model: ActionModel, seen: ActionHistory, events: Sequence[Event]) -> ActionHistory:
    """What a user did about actions, known at training or since, oldest first, each thing once."""
    columns = (seen.timestamps.tolist(), seen.actions.tolist(), seen.event_types.tolist())
    rows = dict.fromkeys(zip(*columns, strict=True))
    ids = set[str]()
    for event in events:
        action, kind = model.actions.index(event.item_id), event_type_of(event.event_type or "")
        if action < 0 or kind is None or event.event_id in ids:
            continue
        if event.event_id:
            ids.add(event.event_id)
        rows[event.timestamp, action, kind] = None
    if not rows:
        return ActionHistory.empty()
    timestamps, actions, kinds = zip(*sorted(rows, key=lambda row: row[0]), strict=True)
    return ActionHistory(
        np.array(actions, np.int32), np.array(timestamps, np.int64), np.array(kinds, np.int16)
    )


def _explored(
    order: Sequence[int], n: int, catalogue: ActionCatalogue, chance: Random
) -> list[int]:
    """The first `n` of `order`, the last places of them given to others not yet scored.

    At the end, because the API has its lists in the order of scores, and theirs is 0.0. Where none
    has a score, there is nothing to set exploration against.
    """
    ranked = list(order[:n])
    if not any(catalogue.scored[ranked]):
        return ranked
    pool = [place for place in order[n:] if not catalogue.scored[place]]
    wanted = int(len(ranked) * EXPLORED_SHARE + chance.random())
    n_places = max(0, min(wanted, len(ranked) - 1, len(pool)))
    return ranked[: len(ranked) - n_places] + chance.sample(pool, n_places)
