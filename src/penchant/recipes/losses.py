"""What training minimises."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def softmax_loss(scores: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy over all candidates, several right answers per row.

    Args:
        scores: (n, n_candidates).
        targets: Candidate per row and answer, (n_targets, n); negative for none.
        weights: Of each answer, as `targets`; ignored where there is none.

    Returns:
        Mean over the answers by weight, a scalar.
    """
    weights = weights * (targets >= 0)
    hits = functional.log_softmax(scores, dim=1).gather(1, targets.clamp(min=0).T).T
    return -(weights * hits).sum() / weights.sum().clamp(min=1e-9)


def sampled_softmax_loss(
    vectors: Tensor,
    candidates: Tensor,
    bias: Tensor,
    targets: Tensor,
    weights: Tensor,
    negatives: Tensor,
    n_items: int,
) -> Tensor:
    """Cross-entropy against shared negatives that were drawn uniformly with replacement.

    Each negative stands for `n_items / n_negatives` items, so its score is raised by the log of
    that (Jean et al. 2015); a negative that is the answer itself does not count.

    Args:
        vectors: (n, dim).
        candidates: Vectors of items (n_rows, dim).
        bias: Of items (n_rows,).
        targets: Row of `candidates` per answer, (n_targets, n); negative for none.
        weights: Of each answer, as `targets`.
        negatives: Rows of `candidates` (n_negatives,).
        n_items: How many items the negatives were drawn from.

    Returns:
        Mean over the answers by weight, a scalar.
    """
    against = vectors @ functional.embedding(negatives, candidates).T + bias[negatives]
    against = against + math.log(n_items / len(negatives))
    weights = weights * (targets >= 0)
    total = vectors.new_zeros(())
    for answers, shares in zip(targets.clamp(min=0), weights, strict=True):
        hits = (vectors * functional.embedding(answers, candidates)).sum(-1) + bias[answers]
        others = against.masked_fill(negatives[None] == answers[:, None], -torch.inf)
        total = total + (shares * (torch.logsumexp(others, 1).logaddexp(hits) - hits)).sum()
    return total / weights.sum().clamp(min=1e-9)
