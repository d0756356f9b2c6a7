"""What every leaderboard sets beside the solution's own recipe."""

from penchant.data.training_set import TrainingSet
from penchant.models.contract import Model
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity, RecentPopularity
from penchant.recipes.sims import Sims

ITEM_ITEM = Sims(
    min_cointeraction_count=1,
    min_user_history_length_percentile=0.0,
    max_user_history_length_percentile=1.0,
    min_item_interaction_count_percentile=0.0,
    max_item_interaction_count_percentile=1.0,
)
"""SIMS over all users and items; `aws-sims` leaves out the most popular tenth of the items."""


def fit_baselines(training_set: TrainingSet, *, seed: int) -> dict[str, Model]:
    """Fit popularity, recent popularity and item-item neighbours; seconds for a million rows.

    Raises:
        ValueError: There are no interactions.
    """
    return {
        "popularity": Popularity().fit(training_set, seed=seed, progress=silent),
        "recent popularity": RecentPopularity().fit(training_set),
        "item-item": ITEM_ITEM.fit(training_set, seed=seed, progress=silent),
    }
