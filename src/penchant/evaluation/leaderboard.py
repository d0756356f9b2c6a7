"""The leaderboard that every solution version carries: several scorers on the same rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from penchant.evaluation.metrics import LIST_LENGTH, rounded, service_metrics, standard_metrics
from penchant.evaluation.ranking import Scorer, rank_both
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
        kept, removed = rank_both(scorer, split.queries, LIST_LENGTH)
        for seen, ranked in (("kept", kept), ("removed", removed)):
            service = service_metrics(ranked, split.relevant, split.n_items)
            standard = standard_metrics(ranked, split.relevant)
            rows.append(
                {
                    "name": name,
                    "seen": seen,
                    "service": rounded(service),
                    "standard": rounded(standard),
                }
            )
    return rows


def asking_for_related(split: Split) -> Split:
    """The split with the newest item of every history as the item asked for.

    So recipes for related items are judged as they are used: one item in, a list out.
    """
    return replace(
        split,
        queries=[
            replace(query, item_index=int(query.history.items[-1])) for query in split.queries
        ],
    )
