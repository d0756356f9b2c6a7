import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.histories import Histories


def interactions(lengths):
    n_rows = sum(lengths)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(len(lengths))),
        items=Vocabulary(f"i{i}" for i in range(n_rows)),
        user_indices=np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
        item_indices=np.arange(n_rows, dtype=np.int32),
        timestamps=np.arange(n_rows, dtype=np.int64),
        event_types=np.arange(n_rows, dtype=np.int16),
        event_values=np.arange(n_rows, dtype=np.float32),
    )


def test_only_the_newest_rows_are_kept():
    histories = Histories.newest_of(interactions([5, 0, 2]), 3)
    assert [histories.of(user).items.tolist() for user in range(3)] == [[2, 3, 4], [], [5, 6]]


def test_users_outside_the_vocabulary_have_an_empty_history():
    histories = Histories.newest_of(interactions([2]), 3)
    assert [len(histories.of(user)) for user in (-1, 1, 99)] == [0, 0, 0]


def test_loaded_histories_equal_the_saved_ones_and_cannot_be_written(tmp_path):
    histories = Histories.newest_of(interactions([5, 2]), 3)
    histories.save(tmp_path)
    loaded = Histories.load(tmp_path)
    for name, array in vars(histories).items():
        assert getattr(loaded, name).dtype == array.dtype
        assert (getattr(loaded, name) == array).all()
    assert not loaded.of(0).items.flags.writeable
