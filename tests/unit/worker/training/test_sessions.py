"""Anonymous sessions are the users' who log in there, from the next training on."""

import pytest

from penchant.domain.arns import Kind
from penchant.store.events import Event
from penchant.worker.training.sessions import Sessions, is_anonymous
from penchant.worker.training.sources import gather

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


def event(session, timestamp, user=None, item="i"):
    return Event(user_id=user or session, session_id=session, item_id=item, timestamp=timestamp)


def heard(*events):
    sessions = Sessions()
    for one in events:
        sessions.hear(one)
    return sessions


def test_an_event_is_anonymous_where_it_names_no_user_beside_the_session():
    assert is_anonymous(event("s", 1))
    assert not is_anonymous(event("s", 1, "ann"))


def test_a_session_is_the_users_whom_it_names():
    sessions = heard(event("s", 1), event("s", 5, "ann"), event("t", 2, "ben"))
    assert [sessions.user_of(one, 1) for one in "stu"] == ["ann", "ben", "u"]


def test_events_after_the_login_are_the_users_too():
    assert heard(event("s", 5, "ann")).user_of("s", 9) == "ann"


@pytest.mark.parametrize(("at", "user"), [(1, "ann"), (5, "ann"), (6, "ben"), (9, "ben")])
def test_of_several_users_the_one_who_is_named_next_counts_else_the_last(at, user):
    events = [event("s", 5, "ann"), event("s", 8, "ben"), event("s", 9, "ann")]
    assert heard(*events[::-1]).user_of("s", at) == user


def test_events_without_a_session_name_nobody():
    assert heard(Event(user_id="ann", item_id="i", timestamp=1)).user_of("", 1) == ""


@pytest.fixture
def learned_from(yard):
    """What a training would learn from after some events: each user's items in order."""
    group = yard.get(yard.dataset()).parent_arn
    arn = yard.put(Kind.SOLUTION_VERSION, "best/1", recipeArn=RECIPE, datasetGroupArn=group)

    def learn(*events):
        yard.shop.stores.events.append(group, events).result()
        found = gather(yard.shop.stores, yard.shop.settings, yard.get(arn))
        rows = zip(found.user_indices.tolist(), found.item_indices.tolist(), strict=True)
        return [(found.users.ids[user], found.items.ids[item]) for user, item in rows]

    return learn


def test_a_session_is_learned_as_the_history_of_the_user_who_logged_in(learned_from):
    before = [event("zz-visit", 1, item="a"), event("zz-visit", 3, item="c")]
    assert learned_from(*before) == [("zz-visit", "a"), ("zz-visit", "c")]
    known = event("other", 2, "ann", item="b")
    assert learned_from(known, event("zz-visit", 4, "ann", item="d")) == [
        ("ann", "a"),
        ("ann", "b"),
        ("ann", "c"),
        ("ann", "d"),
    ]


def test_a_login_without_an_item_is_enough(learned_from):
    assert learned_from(event("s", 1, item="a"), event("s", 2, "ann", item="")) == [("ann", "a")]


def test_sessions_in_which_nobody_logs_in_are_learned_as_users_of_their_own(learned_from):
    assert learned_from(event("s", 1, item="a"), event("t", 2, "ann", item="b")) == [
        ("ann", "b"),
        ("s", "a"),
    ]
