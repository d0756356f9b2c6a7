"""Users and items with so many interactions that they tell something of others."""

import numpy as np

from penchant.data.training_set import Bools, Int64s, TrainingSet


def within_percentiles(counts: Int64s, low: float, high: float) -> Bools:
    """Which counts lie between two quantiles (0 to 1, both included) of those above 0; (n,)."""
    counted = counts[counts > 0]
    if len(counted) == 0:
        return counts > 0
    least, most = np.quantile(counted, [low, max(low, high)])
    return np.asarray((counts > 0) & (counts >= least) & (counts <= most))


def users_within(training_set: TrainingSet, low: float, high: float) -> Bools:
    """Users whose history length is within the percentiles, (n_users,).

    Raises:
        ValueError: Nobody's is.
    """
    lengths = np.bincount(training_set.user_indices, minlength=training_set.n_users)
    users = within_percentiles(lengths, low, high)
    if not users.any():
        raise ValueError(
            f"no user's history is as long as min_user_history_length_percentile={low:g} and"
            f" max_user_history_length_percentile={high:g} ask for: widen them"
        )
    return users
