"""What training minimises."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def raised(scores: Tensor, cells: Tensor, bonus: Tensor) -> Tensor:
    """Scores (n, n_candidates) with a `bonus` (1,) at the cells, counted row by row."""
    bonuses = bonus.expand(len(cells))
    return scores.flatten().scatter_add(0, cells, bonuses).view(scores.shape)


def softmax_loss(scores: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy over all candidates.

    Args:
        scores: (n, n_candidates).
        targets: The right candidate per row (n,).
        weights: Of each row (n,).

    Returns:
        Weighted mean over the rows, a scalar.
    """
    losses = functional.cross_entropy(scores, targets, reduction="none")
    return (weights * losses).sum() / weights.sum()


def sampled_softmax_loss(
    hits: Tensor, scores: Tensor, is_hit: Tensor, weights: Tensor, n_items: int
) -> Tensor:
    """Cross-entropy against shared negatives that were drawn uniformly.

    Each negative stands for `n_items / n_negatives` items, so its score is raised by the log of
    that (Jean et al. 2015); a negative that is the target itself does not count.

    Args:
        hits: Scores of the targets (n,).
        scores: Scores of the negatives (n, n_negatives).
        is_hit: Where a negative is the target (n, n_negatives).
        weights: Of each row (n,).
        n_items: How many items the negatives were drawn from.

    Returns:
        Weighted mean over the rows, a scalar.
    """
    raised = scores + math.log(n_items / scores.shape[1])
    others = torch.logsumexp(raised.masked_fill(is_hit, -torch.inf), dim=1)
    return (weights * (torch.logaddexp(others, hits) - hits)).sum() / weights.sum()


def targets_loss(scores: Tensor, questions: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy where a question has several right answers.

    Args:
        scores: Of all candidates (n_questions, n_candidates).
        questions: Which question each right answer belongs to (n,).
        targets: Which candidate it is (n,).
        weights: Of each (n,).

    Returns:
        Weighted mean over the answers, a scalar.
    """
    logs = functional.log_softmax(scores, dim=1)[questions, targets]
    return -(weights * logs).sum() / weights.sum()
