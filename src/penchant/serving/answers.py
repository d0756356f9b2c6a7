"""The four kinds of answers; each is a list of `PredictedItem` as the API names it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from penchant.data.queries import Query
from penchant.serving.deployment import Deployment
from penchant.serving.scoring import shares, top_k

Items = list[dict[str, Any]]
DECIMALS: Final = 7


def personal(deployment: Deployment, query: Query, n: int, seed: int) -> Items:
    """The most relevant items for a user, some places explored.

    An item's score is its softmax share of the whole catalogue, whichever way it came in; so an
    explored item may carry a lower score than the item after it.
    """
    scores = deployment.artifact.model.score([query])[0]
    ranked = top_k(scores, n)
    if deployment.explorer is not None:
        ranked = deployment.explorer.explore(scores, ranked, seed)
    if not len(ranked):
        return []
    ids = deployment.artifact.items.ids
    return [
        {"itemId": ids[place], "score": score}
        for place, score in zip(
            ranked.tolist(), np.round(shares(scores, ranked), DECIMALS).tolist(), strict=True
        )
    ]


def ranking(deployment: Deployment, query: Query, item_ids: Sequence[str]) -> Items:
    """Every entry of `item_ids`, best first, with its softmax share of the entries.

    Entries whose item was not trained on come last, in the order given, without a score. An item
    given twice stands twice.
    """
    places = deployment.artifact.items.indices(item_ids)
    trained = places >= 0
    trained[trained] = deployment.artifact.item_counts[places[trained]] > 0
    entries = np.flatnonzero(trained)
    known: Items = []
    if len(entries):
        scores = deployment.artifact.model.score([query])[0][places[entries]]
        order = np.argsort(-scores, kind="stable")
        printed = np.round(shares(scores, order), DECIMALS).tolist()
        known = [
            {"itemId": item_ids[entry], "score": score}
            for entry, score in zip(entries[order].tolist(), printed, strict=True)
        ]
    return known + [{"itemId": item_ids[entry]} for entry in np.flatnonzero(~trained).tolist()]


def popular(deployment: Deployment, n: int) -> Items:
    """The same items for everybody, without scores."""
    return _without_scores(deployment, deployment.popular[:n].tolist())


def related(deployment: Deployment, item_id: str, n: int) -> Items:
    """The items nearest to an item, itself left out, without scores; an unknown item: popular."""
    item = deployment.artifact.items.index(item_id)
    if item < 0:
        return popular(deployment, n)
    scores = deployment.artifact.model.score([Query(item_index=item)])[0]
    nearest = top_k(scores, n + 1)
    return _without_scores(deployment, nearest[nearest != item][:n].tolist())


def _without_scores(deployment: Deployment, places: Iterable[int]) -> Items:
    ids = deployment.artifact.items.ids
    return [{"itemId": ids[place]} for place in places]
