"""How well recipes predict actions: the service's metrics, and whether probabilities are right.

Every function takes scores (n, n_actions) of n moments, and of the same shape what was taken in
the window after them and what counts.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Bools, Float32s
from penchant.domain.metrics import COVERAGE, CUTOFFS, NDCG
from penchant.evaluation.metrics import ndcg

Floats = npt.NDArray[np.float64]

RECOMMENDED: Final = 5
"""Actions of an answer of default length: those that count as recommended."""

_LIST_LENGTH: Final = 25
_N_BINS: Final = 10
_LEAST: Final = 1e-6


def service_metrics(scores: Float32s, taken: Bools, counted: Bools) -> dict[str, float]:
    """The metrics that the service makes for next best action, unrounded.

    Its guide has definitions, not the keys of precision, recall and the area: for each action the
    moments at which it was rightly recommended, over those at which it was recommended
    (`precision`) or taken (`recall`), mean over actions; and the area under the receiver operating
    characteristic over all moments and actions (`area_under_curve`). Coverage and NDCG are those
    of items, over lists of at most 25 actions; moments with nothing taken do not count there.
    """
    ranked = _ranked(scores, counted)
    right = taken & counted
    metrics = {COVERAGE: _coverage(ranked, scores.shape[1])}
    some = right.any(axis=1)
    hits = np.take_along_axis(right, np.maximum(ranked, 0), axis=1) & (ranked >= 0)
    for k in CUTOFFS:
        gains = ndcg(hits[some], right[some].sum(axis=1), k) if some.any() else np.zeros(1)
        metrics[f"{NDCG}_at_{k}"] = float(gains.mean())
    metrics["precision"], metrics["recall"] = _precision_and_recall(ranked, right)
    metrics["area_under_curve"] = area_under_curve(scores[counted], right[counted])
    return metrics


def standard_metrics(scores: Float32s, taken: Bools, counted: Bools) -> dict[str, float]:
    """Whether probabilities are right: log loss, Brier score, and mean error of calibration.

    The calibration error compares the mean score with the share taken in ten groups of alike
    scores; it is 0 where a score of 0.2 means one in five.
    """
    p, y = scores[counted].astype(np.float64), taken[counted]
    if not len(p):
        return {"log_loss": 0.0, "brier_score": 0.0, "calibration_error": 0.0}
    bounded = np.clip(p, _LEAST, 1 - _LEAST)
    losses = np.where(y, -np.log(bounded), -np.log1p(-bounded))
    groups = np.array_split(np.argsort(p, kind="stable"), min(_N_BINS, len(p)))
    errors = [abs(p[group].mean() - y[group].mean()) * len(group) for group in groups]
    return {
        "log_loss": float(losses.mean()),
        "brier_score": float(((p - y) ** 2).mean()),
        "calibration_error": float(sum(errors) / len(p)),
    }


def area_under_curve(scores: Float32s, right: Bools) -> float:
    """Probability that something right has a higher score than something wrong, ties half.

    0.5 where there is nothing right or nothing wrong.
    """
    n_right = int(right.sum())
    n_wrong = len(right) - n_right
    if not n_right or not n_wrong:
        return 0.5
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    above = float(ranks[inverse][right].sum()) - n_right * (n_right + 1) / 2
    return above / (n_right * n_wrong)


def _ranked(scores: Float32s, counted: Bools) -> npt.NDArray[np.int64]:
    """Actions that count, best first, (n, 25) or fewer; -1 fills a list that is too short."""
    hidden = np.where(counted, scores.astype(np.float64), -np.inf)
    order = np.argsort(-hidden, axis=1, kind="stable")[:, :_LIST_LENGTH]
    return np.where(np.take_along_axis(counted, order, axis=1), order, -1)


def _coverage(ranked: npt.NDArray[np.int64], n_actions: int) -> float:
    return len(np.unique(ranked[ranked >= 0])) / n_actions


def _precision_and_recall(ranked: npt.NDArray[np.int64], right: Bools) -> tuple[float, float]:
    recommended = np.zeros(right.shape, np.bool_)
    rows, columns = np.nonzero(ranked[:, :RECOMMENDED] >= 0)
    recommended[rows, ranked[rows, columns]] = True
    n_hits = (recommended & right).sum(axis=0)
    shares = []
    for total in (recommended.sum(axis=0), right.sum(axis=0)):
        some = total > 0
        shares.append(float((n_hits[some] / total[some]).mean()) if some.any() else 0.0)
    return shares[0], shares[1]
