import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary


def training_set():
    """Users a and c have rows, b has none."""
    return TrainingSet(
        users=Vocabulary("abc"),
        items=Vocabulary("xyz"),
        user_indices=np.array([0, 0, 2], np.int32),
        item_indices=np.array([1, 2, 1], np.int32),
        timestamps=np.array([10, 20, 5], np.int64),
        event_types=np.array([-1, 0, 0], np.int16),
        event_values=np.array([np.nan, 1, 2], np.float32),
        event_type_names=("click",),
    )


def test_counts_include_ids_without_interactions():
    rows = training_set()
    assert (rows.n_users, rows.n_items, rows.n_rows) == (3, 3, 3)


def test_a_user_s_rows_lie_between_two_offsets():
    assert training_set().offsets().tolist() == [0, 2, 2, 3]


def test_a_subset_keeps_the_vocabularies():
    kept = training_set().subset(np.array([False, True, True]))
    assert kept.timestamps.tolist() == [20, 5]
    assert kept.event_values.tolist() == [1, 2]
    assert kept.offsets().tolist() == [0, 1, 1, 2]
    assert kept.items.ids == ("x", "y", "z")


def test_a_stretch_of_rows_is_a_history():
    history = training_set().history(0, 2)
    assert history.items.tolist() == [1, 2]
    assert history.timestamps.tolist() == [10, 20]
    assert history.event_types.tolist() == [-1, 0]
