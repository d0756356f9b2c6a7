import numpy as np
import pytest

from penchant.data.top_k import top_k
from penchant.data.training_set import NO_TIME
from penchant.serving.exploration import DAY_S, ExplorationConfig, Explorer

NOW = 900_000_000
N = 400


def scores(seed=0):
    return np.random.default_rng(seed).standard_normal(N).astype(np.float32)


def explorer(weight=0.3, days=30.0, counts=None, born=None):
    counts = np.arange(N) if counts is None else counts
    born = np.full(N, NOW) if born is None else born
    return Explorer(ExplorationConfig(weight, days), counts, born, NOW)


def relevant(n=25):
    return set(top_k(scores(), n).tolist())


def explored_in(made, seeds, n=25):
    ranked = top_k(scores(), n)
    return [set(made.explore(scores(), ranked, seed)) - set(ranked) for seed in seeds]


def test_weight_zero_leaves_relevance_alone():
    ranked = top_k(scores(), 25)
    assert explorer(weight=0).explore(scores(), ranked, 1).tolist() == ranked.tolist()


@pytest.mark.parametrize(("weight", "share"), [(0.3, 0.1), (0.6, 0.2), (1.0, 1 / 3)])
def test_explored_places_are_a_third_of_the_weight_on_average(weight, share):
    found = [len(new) / 25 for new in explored_in(explorer(weight), range(400))]
    assert np.mean(found) == pytest.approx(share, abs=0.01)
    assert max(found) <= weight / 3 + 1 / 25


def test_the_first_place_and_the_order_of_relevance_stay():
    ranked = top_k(scores(), 25)
    for seed in range(50):
        answer = explorer(weight=1.0).explore(scores(), ranked, seed)
        relevant = [place for place in answer if place in set(ranked)]
        assert answer[0] == ranked[0]
        assert relevant == ranked[: len(relevant)].tolist()


def test_an_answer_holds_no_item_twice_and_keeps_its_length():
    for seed in range(50):
        answer = explorer(weight=1.0).explore(scores(), top_k(scores(), 25), seed)
        assert len(set(answer.tolist())) == 25


def test_the_same_seed_gives_the_same_answer_and_another_seed_another():
    ranked = top_k(scores(), 25)
    answers = [explorer().explore(scores(), ranked, seed).tolist() for seed in (5, 5, 6)]
    assert answers[0] == answers[1] != answers[2]


def test_only_items_younger_than_the_cut_off_are_explored():
    born = np.full(N, NOW - 31 * DAY_S)
    born[300:310] = NOW - 29 * DAY_S
    made = explorer(weight=1.0, born=born)
    found = set().union(*explored_in(made, range(99)))
    assert len(found) > 5
    assert found <= set(range(300, 310))


def test_an_item_without_any_time_is_as_young_as_the_newest_training_row():
    born = np.full(N, 0)
    born[7] = NO_TIME
    assert set().union(*explored_in(explorer(born=born), range(99))) == {7} - relevant()


def test_old_data_has_young_items_because_age_ends_with_the_training_data():
    assert set().union(*explored_in(explorer(born=np.full(N, NOW - DAY_S)), range(9)))


def test_items_with_few_interactions_are_explored_more():
    counts = np.full(N, 10_000)
    counts[::2] = 0
    found = [place for new in explored_in(explorer(counts=counts), range(200)) for place in new]
    assert np.mean([place % 2 == 0 for place in found]) > 0.9


def test_among_equally_seen_items_relevance_decides():
    found = explored_in(explorer(counts=np.zeros(N, np.int64)), range(200))
    order = np.argsort(-scores()).tolist()
    ranks = [order.index(place) for new in found for place in new]
    assert np.mean(ranks) < 45
    assert max(ranks) < 120


def test_nothing_is_explored_where_no_item_is_young():
    assert not set().union(*explored_in(explorer(born=np.zeros(N, np.int64)), range(50)))


def test_a_model_that_scores_all_items_alike_can_be_explored():
    flat = np.zeros(N, np.float32)
    answer = explorer(weight=1.0).explore(flat, top_k(flat, 25), 1)
    assert len(set(answer.tolist())) == 25


def test_a_large_catalogue_is_explored_all_over():
    n = 5_000
    flat = np.zeros(n, np.float32)
    made = Explorer(ExplorationConfig(), np.zeros(n, int), np.full(n, NOW), NOW)
    ranked = top_k(flat, 25)
    found = set().union(*(made.explore(flat, ranked, seed).tolist() for seed in range(2_000)))
    assert len(found) > 2_000


def test_noise_varies_what_is_explored():
    found = explored_in(explorer(counts=np.zeros(N, np.int64)), range(100))
    assert len(set().union(*found)) > 5


def test_an_answer_of_one_item_is_the_most_relevant_one():
    ranked = top_k(scores(), 1)
    assert all(
        explorer(weight=1.0).explore(scores(), ranked, seed).tolist() == ranked.tolist()
        for seed in range(20)
    )


def test_a_catalogue_that_is_all_shown_has_nothing_left_to_explore():
    ranked = top_k(scores(), N)
    answer = explorer(weight=1.0).explore(scores(), ranked, 3)
    assert answer.tolist() == ranked.tolist()


def test_the_config_has_the_service_s_defaults():
    assert ExplorationConfig.read(None) == ExplorationConfig(0.3, 30.0)
    assert ExplorationConfig.read({}) == ExplorationConfig(0.3, 30.0)


def test_the_config_reads_texts():
    sent = {"itemExplorationConfig": {"explorationWeight": "0", "explorationItemAgeCutOff": "7.5"}}
    assert ExplorationConfig.read(sent) == ExplorationConfig(0.0, 7.5)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"explorationWeight": "1.5"}, "explorationWeight is 1.5; give a number from 0 to 1"),
        ({"explorationWeight": "0_1"}, "explorationWeight is '0_1'; give a number, such as '0.3'"),
        ({"explorationWeight": "much"}, "explorationWeight is 'much'; give a number, such"),
        ({"explorationWeight": "nan"}, "explorationWeight is nan; give a number from 0 to 1"),
        ({"explorationItemAgeCutOff": "0"}, "AgeCutOff is 0; give a number of days above 0"),
        ({"explorationItemAgeCutOff": "1e400"}, "AgeCutOff is inf; give a number of days above"),
        ({"weight": "1"}, "itemExplorationConfig has no 'weight'; it takes explorationWeight and"),
    ],
)
def test_a_bad_config_is_refused_by_name(sent, text):
    with pytest.raises(ValueError, match=text):
        ExplorationConfig.read({"itemExplorationConfig": sent})
