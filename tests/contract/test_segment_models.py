"""What every fitted model fulfils that scores users for items."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RecipeType
from penchant.models.contract import Model, SegmentModel, answer_once
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

from .fitted import artifact_of, families_of, loaded_from, suffixes_in
from .forgotten import without

N_USERS, N_ITEMS = 41, 20
ALL = np.arange(N_ITEMS, dtype=np.int32)
OF_USERS = families_of(RecipeType.USER_SEGMENTATION)


def interactions():
    """Users of 8 rows; the last user and the last item have none."""
    rng = np.random.default_rng(1)
    n_rows = (N_USERS - 1) * 8
    colours = Categories(
        Vocabulary(["blue", "red"]), np.arange(N_ITEMS + 1), np.arange(N_ITEMS, dtype=np.int32) % 2
    )
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(N_USERS - 1, dtype=np.int32), 8),
        item_indices=rng.integers(0, N_ITEMS - 1, n_rows).astype(np.int32),
        timestamps=1_600_000_000 + np.arange(n_rows, dtype=np.int64) * 977,
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        item_features=Features(categories={"COLOUR": colours}),
    )


@pytest.fixture(scope="module", params=sorted(OF_USERS))
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    recipe = FAMILIES[family].from_parameters({}, {})
    return recipe.fit(interactions(), seed=0, progress=silent)


def test_it_scores_users_and_no_items(model):
    assert isinstance(model, SegmentModel)
    assert not isinstance(model, Model)
    answer_once(model)


def test_every_user_has_a_finite_score_for_every_item(model):
    scores = model.score_users(ALL)
    assert (scores.shape, scores.dtype) == ((N_ITEMS, N_USERS), np.float32)
    assert np.isfinite(scores).all()


def test_several_items_score_like_each_alone(model):
    alone = np.concatenate([model.score_users(ALL[i : i + 1]) for i in range(N_ITEMS)])
    assert model.score_users(ALL) == pytest.approx(alone, rel=1e-5, abs=2e-6)
    assert model.score_users(ALL[[3, 3, 0]]) == pytest.approx(alone[[3, 3, 0]], rel=1e-5, abs=2e-6)


def test_no_item_gives_no_row(model):
    assert model.score_users(ALL[:0]).shape == (0, N_USERS)


def test_an_answer_may_be_changed_without_changing_the_next(model):
    first = model.score_users(ALL)
    kept = first.copy()
    first[:] = -1
    assert (model.score_users(ALL) == kept).all()


def test_several_threads_may_ask_at_once(model):
    expected = model.score_users(ALL)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: model.score_users(ALL), range(8)))
    assert all((answer == expected).all() for answer in answers)


def test_a_saved_model_scores_the_same_when_loaded_and_saved_again(model, family, tmp_path):
    loaded = model
    for name in ("first", "second"):
        loaded = loaded_from(tmp_path / name, loaded, family)
        assert (loaded.score_users(ALL) == model.score_users(ALL)).all()


def test_nothing_saved_is_a_pickle(model, tmp_path):
    model.save(tmp_path)
    assert suffixes_in(tmp_path) <= {".npy", ".json"}


def test_an_artifact_answers_like_the_model_in_it(model, family, tmp_path):
    artifact = artifact_of(tmp_path / "version", model, family, interactions())
    assert len(artifact.users) == N_USERS
    assert (artifact.model.score_users(ALL) == model.score_users(ALL)).all()
    with pytest.raises(ValueError, match="holds a model that scores no items"):
        _ = artifact.item_model


def test_users_can_be_forgotten_and_the_others_have_the_scores_they_had(tmp_path, model, family):
    pair = without(tmp_path, model, family, interactions())
    before, after = (list(places) for places in zip(*pair.kept(), strict=True))
    scores = pair.left.model.score_users(ALL)
    assert scores.shape == (N_ITEMS, len(after))
    assert scores[:, after] == pytest.approx(model.score_users(ALL)[:, before], rel=1e-5)
