"""The least data that the service trains on, with its own failure texts."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from penchant.data.training_set import TrainingSet

INTERACTIONS: Final = 1000
USERS: Final = 25
USER_SHARE: Final = 0.01
EVENT_TYPES: Final = 10


class TooLittleData(ValueError):  # noqa: N818  # a finding about data, shown as failureReason
    """The data cannot be trained on; the text is fit for a `failureReason`."""


def check_minimums(
    training_set: TrainingSet,
    *,
    filtered_by: str = "",
    of_use_case: bool = False,
    minimum_interactions: int = INTERACTIONS,
) -> None:
    """Check the service's minimums.

    Args:
        training_set: What would be trained on.
        filtered_by: What the interactions were filtered by, named in the text; empty for nothing.
        of_use_case: Whether a recommender is trained: its use case says which interactions count,
            and nobody can choose others.
        minimum_interactions: Fewest interactions; the service's own number unless set otherwise.

    Raises:
        TooLittleData: There are fewer than 1000 interactions, or 25 users with two of them; fewer
            than 1 % of the users with interactions have two; there are more than 10 event types.
    """
    _check_rows(training_set.n_rows, minimum_interactions, filtered_by, of_use_case=of_use_case)
    per_user = np.bincount(training_set.user_indices)
    _check_users(int(np.count_nonzero(per_user >= 2)), int(np.count_nonzero(per_user)))
    _check_types(training_set.event_type_names, of_use_case=of_use_case)


def _check_rows(n_rows: int, least: int, filtered_by: str, *, of_use_case: bool) -> None:
    if n_rows >= least:
        return
    way_out = "import more or send more events"
    if of_use_case:
        way_out += ", then call UpdateRecommender, which trains again"
    elif filtered_by:
        way_out = f"change what they are filtered by, {way_out}"
    after = f" after filtering by {filtered_by}" if filtered_by else ""
    raise TooLittleData(
        f"Dataset has fewer than {least} interactions{after}. It has {n_rows}; {way_out}."
    )


def _check_users(n_returning: int, n_users: int) -> None:
    if n_returning < USERS:
        raise TooLittleData(
            f"Create failed. Dataset has fewer than {USERS} users with at least 2 interactions "
            f"each. It has {n_returning}; import more or send more events."
        )
    if n_returning < USER_SHARE * n_users:
        raise TooLittleData(
            f"Create failed. Fewer than {USER_SHARE:.0%} of the users have at least 2 interactions "
            f"each: {n_returning} of {n_users}. Leave out users who have one."
        )


def _check_types(names: Sequence[str], *, of_use_case: bool) -> None:
    if len(names) > EVENT_TYPES:
        choice = "" if of_use_case else ", or name one as the solution's eventType"
        raise TooLittleData(
            f"Dataset has {len(names)} event types, more than the {EVENT_TYPES} that are allowed: "
            f"{', '.join(names)}. Leave some out of the data{choice}."
        )
