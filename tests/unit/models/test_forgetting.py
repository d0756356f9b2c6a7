"""The contract suites hold `forget` over every family; here is what they do not reach."""

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.domain.recipes.sources import EXTERNAL
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.external import ExternalModel
from penchant.models.factors import FactorsModel
from penchant.models.forgetting import forget

ITEMS = Vocabulary(["x", "y", "z"])
USERS = Vocabulary(["a", "b", "c", "ö"])


def written(folder, n_vectors):
    rows = TrainingSet(
        users=USERS,
        items=ITEMS,
        user_indices=np.array([0, 1, 2, 3], np.int32),
        item_indices=np.array([0, 1, 2, 0], np.int32),
        timestamps=np.arange(4, dtype=np.int64),
        event_types=np.full(4, -1, np.int16),
        event_values=np.full(4, np.nan, np.float32),
    )
    model = FactorsModel(
        ITEMS,
        (),
        vectors=np.eye(3, dtype=np.float32),
        known=np.ones(3, np.bool_),
        bias=np.zeros(3, np.float32),
        popularity=np.ones(3, np.float32),
        user_vectors=np.arange(3 * n_vectors, dtype=np.float32).reshape(n_vectors, 3),
        learned_until=np.arange(n_vectors, dtype=np.int64),
    )
    write_artifact(
        folder,
        ExternalModel("factors", model),
        rows,
        recipe_arn="arn:aws:personalize:::recipe/mine",
        family=EXTERNAL,
        metrics={},
        leaderboard=[],
        max_history=5,
    )


@pytest.mark.parametrize("n_vectors", [0, 4])
def test_vectors_of_users_learned_outside_go_with_them(tmp_path, n_vectors):
    written(tmp_path / "old", n_vectors)
    assert forget(tmp_path / "old", tmp_path / "new", ["b"]) == 1
    old, new = read_artifact(tmp_path / "old"), read_artifact(tmp_path / "new")
    assert list(new.users) == ["a", "c", "ö"]
    assert len(new.model.inner.user_vectors) == max(0, n_vectors - 1)
    before = old.model.score([Query(user_index=3)]) if n_vectors else None
    assert before is None or (new.model.score([Query(user_index=2)]) == before).all()


def test_models_of_other_classes_keep_the_places_of_their_users(tmp_path):
    written(tmp_path / "old", 4)
    path = tmp_path / "old" / "model.json"
    path.write_text(path.read_text().replace(f'"family": "{EXTERNAL}"', '"family": "mine"'))
    np.save(tmp_path / "old" / "model" / "taste.npy", np.arange(4))
    assert forget(tmp_path / "old", tmp_path / "new", ["b"]) == 1
    new = read_artifact(tmp_path / "new", {"mine": ExternalModel.load})
    assert (new.users.index("b"), new.users.index("ö"), len(new.users)) == (UNKNOWN, 3, 4)
    assert [len(new.histories.of(user)) for user in range(4)] == [1, 0, 1, 1]
    assert new.history("ö").items.tolist() == [0]
    assert (np.load(tmp_path / "new" / "model" / "taste.npy") == np.arange(4)).all()


def test_nothing_is_written_where_nobody_is_known(tmp_path):
    written(tmp_path / "old", 4)
    assert forget(tmp_path / "old", tmp_path / "new", ["nobody"]) == 0
    assert not (tmp_path / "new").exists()


def test_everybody_can_be_forgotten(tmp_path):
    written(tmp_path / "old", 4)
    assert forget(tmp_path / "old", tmp_path / "new", USERS.ids) == 4
    assert len(read_artifact(tmp_path / "new").users) == 0


def test_the_digest_is_that_of_the_users_who_stay(tmp_path):
    written(tmp_path / "old", 4)
    forget(tmp_path / "old", tmp_path / "new", ["c"])
    meta = read_artifact(tmp_path / "new").meta
    assert meta["usersDigest"] == Vocabulary(["a", "b", "ö"]).digest


def test_arrays_of_another_length_are_refused(tmp_path):
    written(tmp_path / "old", 4)
    np.save(tmp_path / "old" / "model" / "user_vectors.npy", np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="user_vectors has 2 rows, but there are 4 users"):
        forget(tmp_path / "old", tmp_path / "new", ["c"])
    assert not (tmp_path / "new").exists()
