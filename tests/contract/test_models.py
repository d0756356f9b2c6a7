"""What every fitted model fulfils, whatever family it is of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RecipeType
from penchant.evaluation.ranking import rank
from penchant.models.contract import MomentModel, VectorModel
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

from .fitted import PLAIN_FILES, artifact_of, families_of, loaded_from, suffixes_in
from .forgotten import without

pytestmark = pytest.mark.usefixtures("one_thread")

N_USERS, N_ITEMS = 40, 20
HRNNS = ("hrnn", "hrnn-coldstart", "hrnn-metadata", "hrnn-plain")
VECTORS = (*HRNNS, "ffnn", "transformer")
QUICK = {family: {"hidden_dimension": "32"} for family in HRNNS}


def interactions():
    """Users of 8 rows; the last item has none."""
    rng = np.random.default_rng(1)
    n_rows = N_USERS * 8
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(N_USERS, dtype=np.int32), 8),
        item_indices=rng.integers(0, N_ITEMS - 1, n_rows).astype(np.int32),
        timestamps=1_600_000_000 + np.arange(n_rows, dtype=np.int64) * 977,
        event_types=rng.integers(-1, 2, n_rows).astype(np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        event_type_names=("click", "watch"),
        user_features=Features(numbers={"AGE": np.arange(N_USERS, dtype=np.float32) % 7}),
        item_features=Features(
            {"KIND": alternating("even", "odd", N_ITEMS)},
            {"PRICE": np.arange(N_ITEMS, dtype=np.float32)},
            {"TITLE": ("the red boat", "a blue tram") * (N_ITEMS // 2)},
            names={"NAME": tuple(f"red thing{i % 4}" for i in range(N_ITEMS))},
        ),
        contexts=Features({"DEVICE": alternating("phone", "tv", n_rows)}),
    )


def alternating(first, second, n):
    codes = np.arange(n, dtype=np.int32) % 2
    return Categories(Vocabulary([first, second]), np.arange(n + 1, dtype=np.int64), codes)


OF_ITEMS = families_of(
    *set(RecipeType) - {RecipeType.PERSONALIZED_ACTIONS, RecipeType.USER_SEGMENTATION}
)


@pytest.fixture(scope="module", params=sorted(OF_ITEMS))
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    recipe = FAMILIES[family].from_parameters(QUICK.get(family, {}), {})
    return recipe.fit(interactions(), seed=0, progress=silent)


def history_of(items, event_type=0, value=np.nan):
    n = len(items)
    return History(
        np.array(items, np.int32),
        1_600_000_000 + np.arange(n, dtype=np.int64) * 60,
        np.full(n, event_type, np.int16),
        np.full(n, value, np.float32),
    )


QUESTIONS = {
    "an unknown user without a history": Query(),
    "an unknown user with a history": Query(history_of([1, 2, 3])),
    "a known user without a history": Query(user_index=3),
    "a history of one item": Query(history_of([4]), user_index=0),
    "a history of one item many times": Query(history_of([4] * 300), user_index=0),
    "a history longer than any model remembers": Query(history_of(list(range(19)) * 60)),
    "an item": Query(item_index=5),
    "an item without interactions": Query(item_index=N_ITEMS - 1),
    "a history with an item without interactions": Query(history_of([N_ITEMS - 1, 2])),
    "an item asked for by a user": Query(history_of([1, 2]), user_index=1, item_index=5),
    "an unknown event type": Query(history_of([1, 2], event_type=-1)),
    "an event value": Query(history_of([1, 2], value=3.5)),
    "a moment long after the history": Query(history_of([1, 2]), timestamp=1_900_000_000),
    "a context": Query(history_of([1, 2]), context={"DEVICE": "tv"}),
    "an unknown context": Query(history_of([1, 2]), context={"DEVICE": "car", "WEATHER": "rain"}),
    "a moment before the history's end": Query(history_of([1, 2]), timestamp=1_600_000_000),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_finite_over_the_whole_catalogue_for(model, question):
    scores = model.score([QUESTIONS[question]])
    assert (scores.shape, scores.dtype) == ((1, N_ITEMS), np.float32)
    assert np.isfinite(scores).all()


def test_vectors_answer_for_as_long_as_the_history_and_the_moment_stay(model, family):
    assert isinstance(model, VectorModel) == (family in VECTORS)
    if not isinstance(model, VectorModel):
        return
    for query in QUESTIONS.values():
        later = replace(query, timestamp=query.timestamp + 86_400)
        if isinstance(model, MomentModel) and model.moment(query) != model.moment(later):
            continue
        vectors = model.user_vectors([later])
        for asked in (query, later):
            assert (model.score_vectors(vectors, [asked]) == model.score([asked])).all()


def test_a_batch_scores_like_its_queries_alone(model):
    queries = list(QUESTIONS.values())
    alone = np.concatenate([model.score([query]) for query in queries])
    assert model.score(queries) == pytest.approx(alone, rel=1e-4, abs=1e-5)


def test_no_query_gives_no_row(model):
    assert model.score([]).shape == (0, N_ITEMS)


def test_scoring_twice_gives_the_same(model):
    queries = list(QUESTIONS.values())
    assert (model.score(queries) == model.score(queries)).all()


def test_an_answer_may_be_changed_without_changing_the_next(model):
    first = model.score([Query()])
    kept = first.copy()
    first[:] = -1
    assert (model.score([Query()]) == kept).all()


def test_several_threads_may_ask_at_once(model):
    queries = list(QUESTIONS.values())
    expected = [model.score([query]) for query in queries]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda query: model.score([query]), queries * 5))
    for answer, right in zip(answers, expected * 5, strict=True):
        assert answer == pytest.approx(right, rel=1e-4, abs=1e-5)


def test_more_items_than_the_catalogue_has_may_be_asked_for(model):
    ranked = rank(model, [Query(), Query(history_of([1, 2]))], 500, remove_seen=False)
    assert (np.sort(ranked[:, :N_ITEMS], axis=1) == np.arange(N_ITEMS)).all()
    assert (ranked[:, N_ITEMS:] == -1).all()


def test_a_saved_model_scores_the_same_when_loaded(model, family, tmp_path):
    loaded = loaded_from(tmp_path / "saved", model, family)
    queries = list(QUESTIONS.values())
    assert (loaded.score(queries) == model.score(queries)).all()


def test_a_loaded_model_may_be_saved_again(model, family, tmp_path):
    loaded = loaded_from(tmp_path / "first", model, family)
    again = loaded_from(tmp_path / "second", loaded, family)
    queries = list(QUESTIONS.values())
    assert (again.score(queries) == model.score(queries)).all()


def test_nothing_saved_is_a_pickle(model, tmp_path):
    model.save(tmp_path)
    assert suffixes_in(tmp_path) <= PLAIN_FILES


def test_an_artifact_answers_like_the_model_in_it(model, family, tmp_path):
    artifact = artifact_of(tmp_path / "version", model, family, interactions())
    query = Query(artifact.history("u7"), user_index=artifact.users.index("u7"))
    assert len(query.history) == 5
    assert (artifact.model.score([query]) == model.score([query])).all()


def test_users_can_be_forgotten_and_the_others_are_answered_as_before(tmp_path, model, family):
    pair = without(tmp_path, model, family, interactions())
    history = history_of([1, 2, 3])
    before, after = zip(*pair.kept(), strict=True)
    asked = [[Query(history, user_index=user) for user in users] for users in (before, after)]
    scores = pair.left.model.score(asked[1])
    assert scores == pytest.approx(pair.whole.model.score(asked[0]), rel=1e-5, abs=1e-6)
