"""Events are marked with their pause, place in the session, type and value."""

import numpy as np

from penchant.data.queries import History
from penchant.models.marks import N_COLUMNS, SESSION_GAP_S, Marks

MARKS = Marks(2, np.array([1, 5], np.float32))


def history(timestamps, types=None, values=None):
    n = len(timestamps)
    return History(
        np.zeros(n, np.int32),
        np.array(timestamps, np.int64),
        np.array([-1] * n if types is None else types, np.int16),
        np.array([np.nan] * n if values is None else values, np.float32),
    )


def test_codes_of_the_columns_never_meet_and_stay_in_the_table():
    rng = np.random.default_rng(0)
    n = 2000
    times = np.cumsum(np.exp2(rng.uniform(0, 40, n)).astype(np.int64))
    values = np.where(rng.random(n) < 0.5, np.nan, rng.uniform(-9, 9, n))
    codes = MARKS.codes_of([history(times, rng.integers(-1, 2, n), values)])
    assert codes.shape == (n, N_COLUMNS)
    highest, lowest = codes.max(axis=0), codes.min(axis=0)
    assert (highest[:-1] < lowest[1:]).all()
    assert highest[-1] < MARKS.n_codes


def test_pauses_are_told_apart_by_powers_of_two():
    codes = MARKS.codes_of([history([0, 0, 1, 3, 7, 7 + 2**31, 7 + 2**31 + 2**35])])[:, 0]
    assert codes.tolist() == [33, 0, 1, 2, 3, 32, 32]


def test_a_long_pause_begins_a_session():
    times = np.cumsum([0, 5, 5, SESSION_GAP_S + 1, 5])
    places = MARKS.codes_of([history(times)])[:, 1]
    assert (places - places.min()).tolist() == [0, 1, 2, 0, 1]


def test_no_type_and_no_value_have_codes_of_their_own():
    codes = MARKS.codes_of([history([0] * 5, [-1, 0, 1, 9, 0], [np.nan, 0, 1, 4, 5])])
    assert (codes[:, 2] - codes[0, 2]).tolist() == [0, 1, 2, 2, 1]
    assert (codes[:, 3] - codes[0, 3]).tolist() == [0, 1, 2, 2, 3]


def test_histories_are_coded_as_if_alone():
    some, other = history([0, 90]), history([100, 50_000, 50_001])
    together = MARKS.codes_of([some, History.empty(), other, History.empty()])
    apart = np.concatenate([MARKS.codes_of([some]), MARKS.codes_of([other])])
    assert np.array_equal(together, apart)


def test_times_that_go_back_are_no_pause():
    assert MARKS.codes_of([history([100, 40])])[:, 0].tolist() == [33, 0]


def test_bounds_are_learned_where_values_lie():
    values = np.array([np.nan, *np.repeat([1, 2, 3, 4, 5], 20)], np.float32)
    assert Marks.learned_from(0, values).value_edges.tolist() == [1, 2, 3, 4, 5]
    none = Marks.learned_from(0, np.full(3, np.nan, np.float32))
    assert len(none.value_edges) == 0
    assert none.n_codes == 34 + 8 + 1 + 2
