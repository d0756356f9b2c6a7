"""The leaderboard of a solution version that recommends actions."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Float32s
from penchant.evaluation.action_metrics import service_metrics, standard_metrics
from penchant.evaluation.action_splits import ActionSplit
from penchant.evaluation.leaderboard import row


class ActionScorer(Protocol):
    """Whatever tells probabilities of actions."""

    def score_actions(self, queries: Sequence[Query]) -> Float32s:
        """Probability that the user takes each action within the period, (n, n_actions)."""
        ...


def action_leaderboard(
    scorers: Mapping[str, ActionScorer], split: ActionSplit
) -> list[dict[str, Any]]:
    """Judge all scorers on one split.

    Args:
        scorers: Name -> scorer fitted on `split.train`, in the order of the rows wanted.
        split: The questions, and what was taken.

    Returns:
        One row per scorer, JSON values only: `name`, `seen` ("kept", as for items), `service` and
        `standard` (see `action_metrics`), rounded. Probabilities are compared over the window of
        the split.
    """
    rows: list[dict[str, Any]] = []
    for name, scorer in scorers.items():
        scores = scorer.score_actions(split.queries)
        within = (1 - (1 - scores.astype(np.float64)) ** split.share).astype(np.float32)
        service = service_metrics(scores, split.taken, split.counted)
        rows.append(row(name, service, standard_metrics(within, split.taken, split.counted)))
    return rows
