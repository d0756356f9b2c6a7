from dataclasses import replace

import numpy as np
import pytest

from penchant.data.training_set import Features, Objective, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.held_users import held_users
from penchant.evaluation.splits import (
    aws_notebook_split,
    last_fraction,
    leave_one_out,
    service_split,
    temporal,
)


def interactions(lengths, timestamps=None, n_items=500):
    """Users with `lengths` rows; the item of a row is its place, times are the places too."""
    n_rows = sum(lengths)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(lengths))),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
        item_indices=np.arange(n_rows, dtype=np.int32) % n_items,
        timestamps=np.arange(n_rows, dtype=np.int64)
        if timestamps is None
        else np.array(timestamps, np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )


def sizes(split):
    return [(len(q.history), len(r)) for q, r in zip(split.queries, split.relevant, strict=True)]


def test_a_tenth_of_the_users_is_tested_and_unseen_in_training():
    split = service_split(interactions([10] * 40), seed=0)
    tested = {query.user_index for query in split.queries}
    assert len(tested) == 4
    assert set(split.train.user_indices.tolist()) == set(range(40)) - tested
    assert split.train.n_rows == 360


def test_the_newest_tenth_of_a_test_user_rounded_up_is_compared():
    for n, compared in [(2, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (30, 3), (70, 7)]:
        split = service_split(interactions([n, n]), seed=0)
        assert sizes(split) == [(n - compared, compared)]


def test_input_is_older_than_what_is_compared():
    split = service_split(interactions([30] * 20), seed=1)
    for query, relevant in zip(split.queries, split.relevant, strict=True):
        assert query.history.items.max() < relevant.min()


def test_the_seed_chooses_the_test_users():
    data = interactions([10] * 40)
    chosen = [[q.user_index for q in service_split(data, seed).queries] for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]


def test_test_users_are_those_of_the_smallest_hash():
    data = interactions([10] * 40)
    split = service_split(data, seed=7)
    held = held_users(data.users.ids, 4, seed=7)
    assert [query.user_index for query in split.queries] == held.tolist()


def test_no_more_users_are_tested_than_allowed():
    data = interactions([10] * 40)
    few = [query.user_index for query in service_split(data, seed=7, most_users=2).queries]
    usual = [query.user_index for query in service_split(data, seed=7).queries]
    assert len(few) == 2
    assert set(few) < set(usual)


def test_users_with_one_row_are_never_tested():
    split = service_split(interactions([1] * 30 + [5, 5]), seed=0)
    assert all(query.user_index >= 30 for query in split.queries)


def test_rows_of_one_time_are_kept_together_and_compared():
    times = [*range(8), 8, 8, *range(10)]
    split = service_split(interactions([10, 10], times), seed=seed_testing_user(0, times))
    assert sizes(split) == [(8, 2)]
    assert split.tie_share == 0


def test_rows_of_one_time_are_all_input_when_none_would_be_left():
    times = [*[3] * 9, 8, *range(10)]
    split = service_split(interactions([10, 10], times), seed=seed_testing_user(0, times))
    assert sizes(split) == [(9, 1)]
    times = [*[3] * 19, 4, *range(20)]
    split = service_split(interactions([20, 20], times), seed=seed_testing_user(0, times, 20))
    assert sizes(split) == [(19, 1)]


def test_a_user_of_a_single_time_is_cut_all_the_same_and_reported():
    times = [*[3] * 10, *range(10)]
    split = service_split(interactions([10, 10], times), seed=seed_testing_user(0, times))
    assert sizes(split) == [(9, 1)]
    assert split.tie_share == 1


def test_ties_may_be_parted_on_request():
    times = [*range(8), 8, 8, *range(10)]
    seed = seed_testing_user(0, times)
    split = service_split(interactions([10, 10], times), seed, together=False)
    assert sizes(split) == [(9, 1)]
    assert split.tie_share == 1


def seed_testing_user(user, times, n=10):
    data = interactions([n, n], times)
    return next(s for s in range(99) if service_split(data, s).queries[0].user_index == user)


def test_last_fraction_keeps_every_user_on_both_sides():
    split = last_fraction(interactions([5, 10, 11, 1]), 0.1)
    assert sizes(split) == [(4, 1), (9, 1), (9, 2)]
    assert split.train.n_rows == 4 + 9 + 9 + 1


def test_the_notebook_split_holds_out_ranks_above_nine_tenths():
    split = aws_notebook_split(interactions([10, 15, 30, 1]))
    assert sizes(split) == [(9, 1), (13, 2), (27, 3)]
    assert split.train.n_rows == 9 + 13 + 27 + 1


def test_leave_one_out_compares_the_last_row():
    split = leave_one_out(interactions([3, 1, 2]))
    assert sizes(split) == [(2, 1), (1, 1)]
    assert [r.tolist() for r in split.relevant] == [[2], [5]]
    assert split.train.n_rows == 4


def test_a_temporal_split_cuts_all_users_at_one_moment():
    split = temporal(interactions([4, 4, 2], [0, 1, 2, 3, 2, 3, 8, 9, 8, 9]), 0.5)
    assert sizes(split) == [(2, 2)]
    assert split.queries[0].user_index == 1
    assert split.train.timestamps.max() <= 3


def test_temporal_queries_are_asked_at_the_moment_of_the_cut():
    split = temporal(interactions([4, 4], [0, 10, 20, 30, 1, 11, 21, 31]), 0.5)
    assert {query.timestamp for query in split.queries} == {16}


def test_relevant_items_are_distinct():
    data = replace(interactions([20, 20]), item_indices=np.full(40, 7, np.int32))
    split = last_fraction(data, 0.2)
    assert [r.tolist() for r in split.relevant] == [[7], [7]]
    assert split.compared.n_rows == 8


def test_test_rows_tell_input_from_compared():
    split = service_split(interactions([10, 10]), seed=0)
    rows = split.test_rows()
    assert len(rows["users"]) == 10
    assert rows["items"][rows["compared"]].tolist() == split.relevant[0].tolist()
    assert rows["items"][~rows["compared"]].tolist() == split.queries[0].history.items.tolist()
    assert set(rows["users"].tolist()) == {split.queries[0].user_index}


def test_the_summary_counts_what_was_split():
    times = [*[3] * 10, *range(10)]
    split = service_split(interactions([10, 10], times), seed=seed_testing_user(0, times))
    assert split.summary() == {
        "trainingInteractions": 10,
        "testUsers": 1,
        "inputInteractions": 9,
        "comparedInteractions": 1,
        "tieShare": 1.0,
    }


def test_data_without_a_user_of_two_rows_is_refused():
    with pytest.raises(ValueError, match="none of 3 users has 2 interactions"):
        service_split(interactions([1, 1, 1]), seed=0)


def test_a_single_user_cannot_be_both_learnt_from_and_tested():
    with pytest.raises(ValueError, match="all 1 users with interactions are test users"):
        service_split(interactions([10]), seed=0)


def test_a_temporal_split_without_users_on_both_sides_is_refused():
    with pytest.raises(ValueError, match=r"both sides of the 0\.5 quantile"):
        temporal(interactions([2, 2], [0, 0, 9, 9]), 0.5)


def test_a_query_tells_the_context_of_the_first_row_compared():
    moments = Features(numbers={"HOUR": np.arange(6, dtype=np.float32)})
    data = replace(interactions([3, 3]), contexts=moments)
    assert [query.context for query in leave_one_out(data).queries] == [
        {"HOUR": "2.0"},
        {"HOUR": "5.0"},
    ]
    assert [query.context for query in temporal(data, 0.25).queries] == [{"HOUR": "2.0"}]


def test_an_item_counts_as_much_as_its_weightiest_row():
    data = replace(interactions([5]), item_indices=np.array([0, 7, 3, 7, 3], np.int32))
    weights = np.array([1, 0.2, 0.5, 3, 0.1], np.float32)
    split = temporal(replace(data, weights=weights), 0)
    assert split.relevant[0].tolist() == [3, 7]
    np.testing.assert_allclose(split.gains[0], [0.5, 3])
    assert temporal(data, 0).gains is None


def test_rewards_are_the_objective_s_column():
    prices = np.arange(500, dtype=np.float32)
    goods = Features(numbers={"PRICE": prices})
    data = replace(interactions([3]), item_features=goods, objective=Objective("PRICE", "LOW"))
    assert leave_one_out(data).rewards is prices
    assert leave_one_out(interactions([3])).rewards is None
