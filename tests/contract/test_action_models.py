"""What every fitted model of actions fulfils, whatever family it is of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.actions import ActionSet
from penchant.data.queries import ActionHistory, History, Query
from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RecipeType
from penchant.models.contract import ActionModel, answer_once
from penchant.models.registry import RENEWERS
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

from .fitted import PLAIN_FILES, artifact_of, families_of, loaded_from, suffixes_in
from .forgotten import without

pytestmark = pytest.mark.usefixtures("one_thread")

N_USERS, N_ITEMS, N_ACTIONS = 40, 20, 6
START = 1_600_000_000
OF_ACTIONS = families_of(RecipeType.PERSONALIZED_ACTIONS)


def categories(name, n):
    values = Vocabulary(f"{name} {k}" for k in range(3))
    column = Categories(values, np.arange(n + 1), (np.arange(n) % 3).astype(np.int32))
    return Features({name.upper(): column})


def known(n_actions=N_ACTIONS, n_items=N_ITEMS, n_users=N_USERS):
    """Users of 8 items and 10 interactions with actions; of the last action nothing is known."""
    rng = np.random.default_rng(1)
    n_rows, n_done = N_USERS * 8, N_USERS * 10
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), 10)
    times = START + rng.integers(0, 40 * 86_400, n_done)
    plain = ActionSet.plain(Vocabulary(f"a{i}" for i in range(n_actions)))
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(N_USERS, dtype=np.int32), 8),
        item_indices=rng.integers(0, N_ITEMS - 1, n_rows).astype(np.int32),
        timestamps=START + np.sort(rng.integers(0, 40 * 86_400, (N_USERS, 8))).ravel(),
        event_types=rng.integers(-1, 2, n_rows).astype(np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        event_type_names=("click", "watch"),
        user_features=categories("age", n_users),
        actions=replace(
            plain,
            features=categories("kind", n_actions),
            user_indices=users,
            action_indices=rng.integers(0, N_ACTIONS - 1, n_done).astype(np.int32),
            timestamps=times[np.lexsort((times, users))],
            event_types=rng.integers(0, 3, n_done).astype(np.int16),
        ),
    )


@pytest.fixture(scope="module", params=sorted(OF_ACTIONS))
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    return FAMILIES[family].from_parameters({}, {}).fit(known(), seed=0, progress=silent)


def had(items, event_type=0):
    n = len(items)
    return History(
        np.array(items, np.int32),
        START + np.arange(n, dtype=np.int64) * 60,
        np.full(n, event_type, np.int16),
        np.full(n, np.nan, np.float32),
    )


def did(actions, event_type=0):
    n = len(actions)
    return ActionHistory(
        np.array(actions, np.int32),
        START + np.arange(n, dtype=np.int64) * 60,
        np.full(n, event_type, np.int16),
    )


QUESTIONS = {
    "an unknown user of whom nothing is known": Query(),
    "an unknown user with items": Query(had([1, 2, 3])),
    "an unknown user with actions": Query(actions=did([1, 2, 2])),
    "a known user": Query(user_index=3),
    "a user that came after the training": Query(user_index=N_USERS + 3),
    "items and actions": Query(had([4]), user_index=0, actions=did([0])),
    "a history longer than any model remembers": Query(had(list(range(19)) * 60)),
    "one action many times": Query(actions=did([2] * 500)),
    "an action of which nothing is known": Query(actions=did([N_ACTIONS - 1])),
    "an item without interactions": Query(had([N_ITEMS - 1])),
    "an unknown event type": Query(had([1, 2], event_type=-1)),
    "a declined action": Query(actions=did([1], event_type=1)),
    "a moment long after everything": Query(had([1]), timestamp=1_900_000_000),
    "a moment before it": Query(had([1, 2]), timestamp=START),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_probabilities_of_all_actions_for(model, question):
    scores = model.score_actions([QUESTIONS[question]])
    assert (scores.shape, scores.dtype) == ((1, N_ACTIONS), np.float32)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_it_is_a_model_of_actions(model):
    assert isinstance(model, ActionModel)
    assert model.actions.ids == known().actions.actions.ids
    assert model.items.digest == known().items.digest
    assert len(model.catalogue.values) == N_ACTIONS
    answer_once(model)


def test_histories_are_those_of_the_training(model):
    actions = known().actions
    history = model.histories.of(7)
    assert history.actions.tolist() == actions.action_indices[70:80].tolist()
    assert len(model.histories.of(-1)) == 0


def test_a_batch_scores_like_its_queries_alone(model):
    queries = list(QUESTIONS.values())
    alone = np.concatenate([model.score_actions([query]) for query in queries])
    assert model.score_actions(queries) == pytest.approx(alone, rel=1e-4, abs=1e-5)


def test_no_query_gives_no_row(model):
    assert model.score_actions([]).shape == (0, N_ACTIONS)


def test_an_answer_may_be_changed_without_changing_the_next(model):
    first = model.score_actions([Query()])
    kept = first.copy()
    first[:] = -1
    assert (model.score_actions([Query()]) == kept).all()


def test_several_threads_may_ask_at_once(model):
    queries = list(QUESTIONS.values())
    expected = [model.score_actions([query]) for query in queries]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda query: model.score_actions([query]), queries * 5))
    for answer, right in zip(answers, expected * 5, strict=True):
        assert (answer == right).all()


def test_a_saved_model_scores_the_same_when_loaded_and_may_be_saved_again(model, family, tmp_path):
    queries, saved = list(QUESTIONS.values()), model
    for name in ("first", "second"):
        saved = loaded_from(tmp_path / name, saved, family)
        assert (saved.score_actions(queries) == model.score_actions(queries)).all()
        assert (saved.catalogue.scored == model.catalogue.scored).all()
        assert (saved.histories.of(3).timestamps == model.histories.of(3).timestamps).all()
    assert suffixes_in(tmp_path) <= PLAIN_FILES


def test_an_artifact_answers_like_the_model_in_it(model, family, tmp_path):
    artifact = artifact_of(tmp_path / "version", model, family, known())
    query = Query(artifact.history("u7"), user_index=artifact.users.index("u7"))
    assert isinstance(artifact.model, ActionModel)
    assert (artifact.model.score_actions([query]) == model.score_actions([query])).all()
    with pytest.raises(ValueError, match="holds a model that scores no items"):
        artifact.item_model.score([query])


def test_renewing_with_the_same_data_changes_nothing(model, family):
    if family not in RENEWERS:
        return
    renewed = RENEWERS[family](model, known())
    queries = list(QUESTIONS.values())
    assert renewed.score_actions(queries) == pytest.approx(model.score_actions(queries), abs=1e-6)


def test_renewing_takes_in_new_actions_items_and_users(model, family):
    if family not in RENEWERS:
        return
    later = known(n_actions=N_ACTIONS + 2, n_items=N_ITEMS + 5, n_users=N_USERS + 4)
    later = replace(later, event_type_names=("buy", "click", "watch"))
    renewed = RENEWERS[family](model, later)
    question = Query(had([3, N_ITEMS + 2]), user_index=2, actions=did([1]))
    before = model.score_actions([replace(question, history=had([3, N_ITEMS - 1]))])
    after = renewed.score_actions([question])
    assert after.shape == (1, N_ACTIONS + 2)
    assert ((after > 0) & (after < 1)).all()
    assert not renewed.catalogue.scored[N_ACTIONS:].any()
    assert np.abs(after[:, :N_ACTIONS] - before).max() < 0.5


def test_users_can_be_forgotten_and_the_others_are_answered_as_before(tmp_path, model, family):
    pair = without(tmp_path, model, family, known())
    before, after = zip(*pair.kept(), strict=True)
    asked = [
        [Query(had([1, 2, 3]), user_index=user, actions=did([1])) for user in users]
        for users in (before, after)
    ]
    scores = pair.left.model.score_actions(asked[1])
    assert scores == pytest.approx(pair.whole.model.score_actions(asked[0]), rel=1e-5)
    histories = pair.whole.model.histories, pair.left.model.histories
    for old, new in pair.kept():
        assert histories[0].of(old).actions.tolist() == histories[1].of(new).actions.tolist()
