"""The kinds of answers; each is a list of `PredictedItem` as the API names it.

`passing` is what a filter lets through, None for everything; only that is answered, and a full list
of it wherever there is enough.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.top_k import Indices, Scores
from penchant.data.vocabulary import UNKNOWN
from penchant.models.semantic import SemanticModel
from penchant.serving.deployment import Deployment
from penchant.serving.scoring import ScoredCatalogue
from penchant.serving.sight import Passing
from penchant.serving.trends import Trends

Items = list[dict[str, Any]]
EXPLORATION: Final = "Exploration"
POPULAR: Final = "Popular item"
DEFAULT_RESULTS: Final = 25
DECIMALS: Final = 7
LEAST_CANDIDATES: Final = 100
CANDIDATES_PER_PLACE: Final = 4
"""How many of the nearest items popularity and freshness may put into another order."""


def personal(
    deployment: Deployment,
    scored: ScoredCatalogue,
    n: int,
    passing: Passing | None = None,
    seed: int | None = None,
) -> Items:
    """The most relevant items for a user, some places explored.

    Which are, follows from the seed; without one nothing is explored.

    An item's score is its softmax share of the whole catalogue, whichever way it came in; so an
    explored item may carry a lower score than the item after it. Where the recipe tells no scores,
    as those of recommenders, items have none.

    aws-user-personalization-v2 fills up what a filter leaves of the list with what passes it and
    came since the training, without scores.
    """
    allowed = None if passing is None else passing.catalogue
    best = ranked = scored.best(n, allowed)
    if deployment.explorer is not None and seed is not None:
        ranked = deployment.explorer.explore(scored.scores, ranked, seed, allowed)
    if not deployment.recipe.scores:
        return _without_scores(deployment, ranked.tolist())
    items = _with_scores(deployment, scored, ranked)
    if not deployment.recipe.tells_reasons:
        return items
    if ranked is not best:
        _tell_explored(items, ranked, best)
    return items if passing is None else items + _newcomers(passing, n - len(items))


def ranking(deployment: Deployment, scores: Scores, item_ids: Sequence[str]) -> Items:
    """Every entry of `item_ids`, best first, with its softmax share of the entries.

    `scores` are the catalogue's for the user, shape (n_items,).

    Entries whose item was not trained on come last, in the order given, without a score. An item
    given twice stands twice.
    """
    places = deployment.artifact.items.indices(item_ids)
    trained = places >= 0
    trained[trained] = deployment.artifact.item_counts[places[trained]] > 0
    entries = np.flatnonzero(trained)
    known: Items = []
    if len(entries):
        chosen = scores[places[entries]]
        order = np.argsort(-chosen, kind="stable")
        known = [
            {"itemId": item_ids[entry], "score": score}
            for entry, score in zip(
                entries[order].tolist(),
                _printed(ScoredCatalogue(chosen).shares(order)),
                strict=True,
            )
        ]
    return known + [{"itemId": item_ids[entry]} for entry in np.flatnonzero(~trained).tolist()]


def popular(deployment: Deployment, n: int, passing: Passing | None = None) -> Items:
    """The same items for everybody, without scores."""
    if passing is None:
        return _without_scores(deployment, deployment.popular[:n].tolist())
    places = ScoredCatalogue(deployment.popularity).best(n, passing.catalogue)
    return _without_scores(deployment, places.tolist())


def trending(trends: Trends, n: int, passing: Passing | None = None) -> Items:
    """The items that grow fastest, new ones too, the same for everybody, without scores."""
    if passing is None:
        return [{"itemId": item_id} for item_id in trends.listed(n)]
    shown = trends.shown
    may = np.concatenate([passing.catalogue, np.array(passing.lets(shown.new_ids), np.bool_)])
    best = ScoredCatalogue(shown.scores).best(n, may)
    return [{"itemId": shown.name(place)} for place in best.tolist()]


def related(deployment: Deployment, item_id: str, n: int, passing: Passing | None = None) -> Items:
    """The items nearest to an item, itself left out, without scores; an unknown item: popular."""
    item = deployment.artifact.items.index(item_id)
    if item == UNKNOWN:
        return popular(deployment, n, passing)
    scores = deployment.artifact.item_model.score([Query(item_index=item)])[0]
    return near(deployment, item, scores, n, passing)


def near(
    deployment: Deployment, item: int, scores: Scores, n: int, passing: Passing | None = None
) -> Items:
    """The items with the highest `scores` (n_items,) beside an item, itself left out."""
    if isinstance(deployment.artifact.model, SemanticModel):
        candidates = max(LEAST_CANDIDATES, n * CANDIDATES_PER_PLACE)
        model, wish = deployment.artifact.model, deployment.influence
        scores = model.influenced(scores, wish, candidates)
    allowed = None if passing is None else passing.catalogue
    nearest = ScoredCatalogue(scores).best(n + 1, allowed)
    return _without_scores(deployment, nearest[nearest != item][:n].tolist())


def _newcomers(passing: Passing, n: int) -> Items:
    """Up to `n` items that pass and that the model does not know."""
    names = passing.others[:n] if n > 0 else ()
    return [{"itemId": name, "reason": [POPULAR]} for name in names]


def _tell_explored(items: Items, ranked: Indices, best: Indices) -> None:
    """Give a reason to the items whose place in `ranked` is not among the `best`."""
    expected = set(best.tolist())
    for item, place in zip(items, ranked.tolist(), strict=True):
        if place not in expected:
            item["reason"] = [EXPLORATION]


def _with_scores(deployment: Deployment, scored: ScoredCatalogue, places: Indices) -> Items:
    if not len(places):
        return []
    ids, printed = deployment.artifact.items.ids, _printed(scored.shares(places))
    return [
        {"itemId": ids[place], "score": score}
        for place, score in zip(places.tolist(), printed, strict=True)
    ]


def _printed(values: npt.NDArray[np.float64]) -> list[float]:
    rounded: list[float] = (np.rint(values * 10**DECIMALS) / 10**DECIMALS).tolist()
    return rounded


def _without_scores(deployment: Deployment, places: Iterable[int]) -> Items:
    ids = deployment.artifact.items.ids
    return [{"itemId": ids[place]} for place in places]
