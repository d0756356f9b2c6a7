import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.later import PauseFinder
from penchant.recipes.sampling import WindowSampler
from penchant.recipes.transformer_losses import Asked

HOUR_S, DAY_S = 3600, 86_400


def interactions(timestamps):
    """One user, item r in row r."""
    n = len(timestamps)
    return TrainingSet(
        users=Vocabulary(["u"]),
        items=Vocabulary(f"i{i}" for i in range(n)),
        user_indices=np.zeros(n, np.int32),
        item_indices=np.arange(n, dtype=np.int32),
        timestamps=np.array(timestamps, np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
    )


def pauses_of(data, begin=0, most_rows=3, seed=0):
    sampler = WindowSampler(data, np.array([True]), length=data.n_rows, max_older=0)
    windows = sampler.windows(np.array([0]), np.array([begin]), np.array([data.n_rows]))
    return PauseFinder(data, most_rows).find(windows, np.random.default_rng(seed))


# pauses before the rows 2 and 5
DATA = interactions([0, 60, DAY_S, DAY_S + 60, DAY_S + 120, 5 * DAY_S])


def test_a_question_within_every_pause_is_answered_by_the_rows_after_it():
    pauses = pauses_of(DATA)
    assert pauses.steps.tolist() == [2, 5]
    assert pauses.rows.tolist() == [2, 3, 4, 5]
    assert pauses.of.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_questions_are_asked_after_the_hour_and_before_the_next_event(seed):
    pauses = pauses_of(DATA, seed=seed)
    ends, nexts = DATA.timestamps[[1, 4]], DATA.timestamps[[2, 5]]
    assert (pauses.gaps_s > HOUR_S).all()
    assert (pauses.asked_at == ends + pauses.gaps_s).all()
    assert (pauses.asked_at < nexts).all()


def test_moments_are_as_likely_in_every_power_of_two():
    data = interactions([0, 64 * HOUR_S])
    gaps = np.concatenate([pauses_of(data, seed=seed).gaps_s for seed in range(600)])
    counts = np.bincount(np.log2(gaps / HOUR_S).astype(int), minlength=6)
    assert counts.min() > 70
    assert counts.max() < 130


def test_no_question_is_asked_before_the_first_event_nor_within_an_hour():
    assert len(pauses_of(DATA, begin=0).steps) == 2
    assert len(pauses_of(interactions([0, HOUR_S, 2 * HOUR_S + 1])).steps) == 0


def test_a_window_that_begins_after_a_pause_asks_too():
    pauses = pauses_of(DATA, begin=2)
    assert pauses.steps.tolist() == [0, 3]
    assert pauses.targets.tolist() == [0, 3]


def test_questions_know_the_items_that_users_had():
    pauses = pauses_of(DATA)
    now = Asked(
        rows=np.arange(6),
        at=DATA.timestamps,
        steps=np.array([1, 2, 2, 5]),
        events=np.array([0, 0, 1, 4]),
        candidates=np.arange(6),
    )
    asked = pauses.asked(now, np.arange(3))
    assert asked.rows.tolist() == [2, 5]
    assert asked.at.tolist() == pauses.asked_at.tolist()
    assert (asked.steps.tolist(), asked.events.tolist()) == ([0, 0, 1], [0, 1, 4])


def test_the_answers_of_a_question_share_its_weight():
    shares = pauses_of(DATA).shares(np.array([1, 1, 3, 3, 3, 0.5], np.float32))
    assert shares.tolist() == [1, 1, 1, 0.5]
