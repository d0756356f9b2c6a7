import numpy as np
import pytest

from penchant.data.minimums import TooLittleData, check_minimums
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary


def training_set(per_user: list[int], n_types: int = 0, idle_users: int = 0) -> TrainingSet:
    """A set in which user n has `per_user[n]` interactions."""
    users = np.repeat(np.arange(len(per_user), dtype=np.int32), per_user)
    n = len(users)
    return TrainingSet(
        users=Vocabulary(str(i) for i in range(len(per_user) + idle_users)),
        items=Vocabulary(["x"]),
        user_indices=users,
        item_indices=np.zeros(n, np.int32),
        timestamps=np.arange(n),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
        event_type_names=tuple(f"type-{i}" for i in range(n_types)),
    )


def test_enough_data_passes() -> None:
    check_minimums(training_set([40] * 25, n_types=10))


def test_fewer_than_a_thousand_interactions_are_too_few() -> None:
    with pytest.raises(
        TooLittleData, match=r"^Dataset has fewer than 1000 interactions\. It has 9"
    ):
        check_minimums(training_set([40] * 24 + [39]))


def test_what_interactions_were_filtered_by_is_named() -> None:
    match = (
        r"fewer than 1000 interactions after filtering by event type: Buy\. It has 1; change what "
        "they are filtered by, import more"
    )
    with pytest.raises(TooLittleData, match=match):
        check_minimums(training_set([1]), filtered_by="event type: Buy")


def test_who_cannot_choose_what_counts_is_told_what_else_to_do() -> None:
    match = (
        r"after filtering by event type: Buy\. It has 1; import more or send more events, then "
        r"call UpdateRecommender, which trains again\.$"
    )
    with pytest.raises(TooLittleData, match=match):
        check_minimums(training_set([1]), filtered_by="event type: Buy", of_use_case=True)
    with pytest.raises(TooLittleData, match=r"type-10\. Leave some out of the data\.$"):
        check_minimums(training_set([40] * 25, n_types=11), of_use_case=True)


def test_fewer_than_25_returning_users_are_too_few() -> None:
    match = (
        r"^Create failed\. Dataset has fewer than 25 users with at least 2 interactions each\. It "
        "has 24"
    )
    with pytest.raises(TooLittleData, match=match):
        check_minimums(training_set([100] * 24 + [1]))


def test_one_percent_of_the_users_with_interactions_must_return() -> None:
    check_minimums(training_set([40] * 25 + [1] * 2475))
    match = r"Fewer than 1% of the users have .*25 of 2501\. Leave out users who have one\.$"
    with pytest.raises(TooLittleData, match=match):
        check_minimums(training_set([40] * 25 + [1] * 2476))


def test_users_without_interactions_do_not_count() -> None:
    check_minimums(training_set([40] * 25, idle_users=10_000))


def test_more_than_ten_event_types_are_too_many() -> None:
    match = r"11 event types, more than the 10 .*type-0, type-1, .* the solution's eventType\.$"
    with pytest.raises(TooLittleData, match=match):
        check_minimums(training_set([40] * 25, n_types=11))
