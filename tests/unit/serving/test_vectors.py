from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penchant.data.queries import Query
from penchant.data.vocabulary import Vocabulary
from penchant.serving.vectors import Vectors
from penchant.store.database import connect, migrate, writing
from penchant.store.events import Event, EventLog

from .conftest import deployed

USERS = ("known", "ann", "bob")


@dataclass(frozen=True)
class CountingModel:
    """An item's score: how often it is in the history, and a thousandth per event."""

    items: Vocabulary
    asked: list[int] = field(default_factory=list)
    event_type_names: tuple[str, ...] = ("click", "buy")

    def user_vectors(self, queries):
        self.asked.extend(query.user_index for query in queries)
        counts = [np.bincount(query.history.items, minlength=len(self.items)) for query in queries]
        return np.array(counts, np.float32)

    def score_vectors(self, vectors, queries):
        lengths = np.array([[len(query.history)] for query in queries], np.float32)
        return vectors + lengths / 1000

    def score(self, queries):
        return self.score_vectors(self.user_vectors(queries), queries)


@pytest.fixture
def model(small_artifact):
    return CountingModel(small_artifact.items)


@pytest.fixture
def vectors(model):
    return Vectors(model, capacity=2)


def ask():
    return Query(user_index=7)


def test_a_vector_is_worked_out_once_while_the_events_are_the_same(vectors, model):
    assert vectors.scores("ann", 3, ask).tolist() == vectors.scores("ann", 3, ask).tolist()
    assert model.asked == [7]


def test_a_known_vector_asks_nothing(vectors):
    def refuse():
        raise AssertionError

    vectors.scores("ann", 3, ask)
    vectors.scores("ann", 3, refuse)


@pytest.mark.parametrize("last_event", [4, 0])
def test_other_events_work_out_another_vector(vectors, model, last_event):
    for asked in (3, last_event, 3):
        vectors.scores("ann", asked, ask)
    assert len(model.asked) == 3


class AskedOften(CountingModel):
    """Scores also tell the second of asking; vectors hold for a minute."""

    def moment(self, query):
        return query.timestamp // 60

    def score_vectors(self, vectors, queries):
        moments = np.array([[query.timestamp] for query in queries], np.float32)
        return super().score_vectors(vectors, queries) + moments


def test_a_vector_that_depends_on_the_moment_holds_for_alike_moments(small_artifact):
    model = AskedOften(small_artifact.items)
    vectors = Vectors(model)
    asked = [60, 61, 119, 120, 60]
    highest = [
        vectors.scores("ann", 3, lambda at=at: Query(user_index=7, timestamp=at), at).max()
        for at in asked
    ]
    assert highest == asked
    assert len(model.asked) == 3


def test_another_moment_reads_no_events_again(small_artifact):
    def refuse():
        raise AssertionError

    vectors = Vectors(AskedOften(small_artifact.items))
    vectors.scores("ann", 3, ask)
    assert vectors.scores("ann", 3, refuse, 600).max() == 600


def test_scores_can_be_changed_without_harm_to_the_next_answer(vectors):
    vectors.scores("ann", 3, ask)[:] = 9
    assert vectors.scores("ann", 3, ask).max() == 0


def test_the_user_that_asked_longest_ago_is_forgotten_first(vectors, model):
    for user in ("ann", "bob", "ann", "cid", "ann"):
        vectors.scores(user, 0, ask)
    assert len(model.asked) == 3
    vectors.scores("bob", 0, ask)
    assert len(model.asked) == 4


def test_a_deployment_remembers_vectors_only_of_models_that_have_them(house, small_artifact, model):
    campaign = house.campaign("c", "aws-user-personalization")
    assert deployed(campaign, small_artifact).vectors is None
    assert deployed(campaign, replace(small_artifact, model=model)).vectors is not None


@pytest.fixture
def logs(tmp_path):
    """The logs of two processes over one database."""
    engine = connect(f"sqlite:///{tmp_path / 'events.db'}")
    migrate(engine)
    here, elsewhere = EventLog(engine), EventLog(engine)
    yield {"here": here, "elsewhere": elsewhere, "engine": engine}
    here.close()
    elsewhere.close()
    engine.dispose()


SENT = st.tuples(
    st.sampled_from("01234x"), st.integers(-2, 2), st.sampled_from(["click", "buy", None])
)
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(USERS)),
    st.tuples(
        st.sampled_from(["here", "elsewhere"]),
        st.sampled_from(USERS),
        st.lists(SENT, min_size=1, max_size=3),
    ),
    st.tuples(st.just("drop")),
)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example drops the stream
)
@given(steps=st.lists(STEPS, max_size=20))
def test_answers_are_those_of_a_deployment_without_memory(house, small_artifact, logs, steps):
    artifact = replace(small_artifact, model=CountingModel(small_artifact.items))
    made = deployed(house.campaign("c", "aws-user-personalization"), artifact)
    made = replace(made, vectors=Vectors(artifact.model, capacity=2))
    without = replace(made, vectors=None)
    for step in [("drop",), *steps, *(("ask", user) for user in USERS)]:
        match step:
            case ("ask", user):
                known, anew = (one.scores(user, logs["here"], 0) for one in (made, without))
                assert known.tolist() == anew.tolist()
            case ("drop",):
                with writing(logs["engine"]) as tx:
                    logs["here"].drop(tx, made.events_stream)
            case (process, user, sent):
                until = artifact.trained_until
                new = [
                    Event(user_id=user, item_id=item, timestamp=until + at, event_type=kind)
                    for item, at, kind in sent
                ]
                logs[process].append(made.events_stream, new).result(30)
