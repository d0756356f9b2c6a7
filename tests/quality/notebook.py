"""What AWS's sample notebooks compute, for comparison with the figures they print."""

import numpy as np


def ndcg_of_found(hits, k):
    """NDCG of hits (n, lists' length) at `k`, shape (n,).

    The weights are 1, 1, 1/log2 3, ... (1/max(1, log2 rank)) and the ideal order is that of the
    hits found inside the whole list, so a list with a single late hit is punished only for its
    place. Source: amazon-personalize-samples, `metrics.py`.
    """
    weights = 1.0 / np.maximum(1.0, np.log2(np.arange(1, hits.shape[1] + 1)))
    ideals = np.concatenate([[0.0], np.cumsum(weights[:k])])
    gains = hits[:, :k] @ weights[:k]
    ideal = ideals[np.minimum(hits.sum(axis=1), k)]
    return np.asarray(gains / np.where(ideal > 0, ideal, 1.0))
