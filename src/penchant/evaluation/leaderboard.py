"""The leaderboard that every solution version carries: several scorers on the same rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from penchant.data.training_set import Int32s
from penchant.domain.recipes import RecipeEntry, RecipeType
from penchant.evaluation.metrics import (
    LIST_LENGTH,
    average_rewards,
    event_weight_metrics,
    rounded,
    service_metrics,
    standard_metrics,
)
from penchant.evaluation.ranking import Scorer, Seen, rank_both
from penchant.evaluation.splits import Split


def leaderboard(scorers: Mapping[str, Scorer], split: Split) -> list[dict[str, Any]]:
    """Judge all scorers on one split.

    Args:
        scorers: Name -> scorer fitted on `split.train`, in the order of the rows wanted.
        split: The questions, and what has to be found.

    Returns:
        Two rows per scorer, JSON values only: `name`, `seen` ("kept": the user's own items may be
        recommended, as the service does; "removed": they may not), `service` (the metrics of
        `GetSolutionMetrics`) and `standard` (hit rate, recall, mean average precision), rounded.

    Raises:
        ValueError: A scorer answered NaN.
    """
    rows: list[dict[str, Any]] = []
    for name, scorer in scorers.items():
        for seen, ranked in rank_both(scorer, split.queries, LIST_LENGTH).items():
            standard = standard_metrics(ranked, split.relevant)
            rows.append(row(name, _service(ranked, split), standard, seen=seen))
    return rows


def row(
    name: str,
    service: Mapping[str, float],
    standard: Mapping[str, float],
    *,
    seen: Seen = Seen.KEPT,
) -> dict[str, Any]:
    """One row of a leaderboard, its metrics rounded."""
    metrics = {"service": rounded(service), "standard": rounded(standard)}
    return {"name": name, "seen": seen.value, **metrics}


def asked_of(entry: RecipeEntry, split: Split) -> Split:
    """The split with the questions that recipes of this type are asked."""
    related = entry.recipe_type is RecipeType.RELATED_ITEMS
    return asking_for_related(split) if related else split


def _service(ranked: Int32s, split: Split) -> dict[str, float]:
    metrics = service_metrics(ranked, split.relevant, split.n_items)
    if split.gains is not None:
        metrics |= event_weight_metrics(ranked, split.relevant, split.gains)
    if split.rewards is not None:
        rewards = average_rewards(ranked, split.relevant, split.rewards)
        metrics["average_rewards_at_k"] = rewards
    return metrics


def asking_for_related(split: Split) -> Split:
    """The split with the newest item of every history, where there is one, as the item asked for.

    So recipes for related items are judged as they are used: one item in, a list out.
    """
    return replace(
        split,
        queries=[
            replace(query, item_index=int(query.history.items[-1])) if len(query.history) else query
            for query in split.queries
        ],
    )
