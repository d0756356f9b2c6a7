import numpy as np

from penchant.data.queries import History, Query


def history(*timestamps):
    n = len(timestamps)
    return History(
        np.arange(n, dtype=np.int32),
        np.array(timestamps, np.int64),
        np.zeros(n, np.int16),
        np.full(n, np.nan, np.float32),
    )


def test_the_newest_are_the_last():
    assert history(1, 2, 3).newest(2).timestamps.tolist() == [2, 3]
    assert history(1, 2, 3).newest(2).items.tolist() == [1, 2]


def test_asking_for_more_than_there_is_gives_all():
    assert history(1, 2).newest(9).timestamps.tolist() == [1, 2]
    assert len(history(1, 2).newest(0)) == 0


def test_a_later_history_follows_in_every_column():
    joined = history(1, 2) + history(3)
    assert joined.items.tolist() == [0, 1, 0]
    assert joined.timestamps.tolist() == [1, 2, 3]
    assert (len(joined.event_types), len(joined.event_values)) == (3, 3)


def test_an_empty_history_changes_neither_values_nor_types():
    joined = History.empty() + history(1)
    assert joined.timestamps.tolist() == [1]
    assert [column.dtype for column in vars(joined).values()] == [
        column.dtype for column in vars(history(1)).values()
    ]


def test_a_question_without_anything_is_about_nobody():
    query = Query()
    assert (len(query.history), query.user_index, query.item_index) == (0, -1, -1)
