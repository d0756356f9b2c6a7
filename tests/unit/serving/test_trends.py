import threading

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.known_ids import KnownIds
from penchant.recipes.contract import silent
from penchant.recipes.trending import Trending
from penchant.serving.history import EventReading
from penchant.serving.moments import LIVE_S
from penchant.serving.trends import Trends
from penchant.store.database import connect, migrate
from penchant.store.events import Event, EventLog

NOW, HOUR, DAY = 1_767_225_600, 3_600, 86_400
SHOP = "arn:shop"


@pytest.fixture
def log(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'events.db'}")
    migrate(engine)
    log = EventLog(engine)
    yield log
    log.close()
    engine.dispose()


@pytest.fixture
def house(log):
    return House(log)


class House:
    """A list over items a, b, c, d; a is the favourite of old, b and c grew up to the end."""

    def __init__(self, log):
        self.log, self.seconds = log, 0.0

    def monotonic(self):
        return self.seconds

    def trends(self, *, ends=NOW, rows=(("b", 0), ("b", 60), ("c", 30)), **reading):
        old = [("a", 3 * DAY + n) for n in range(40)]
        items = Vocabulary("abcd")
        pairs = sorted([*old, *rows], key=lambda row: -row[1])
        data = TrainingSet(
            users=Vocabulary([f"u{n:03}" for n in range(len(pairs))]),
            items=items,
            user_indices=np.arange(len(pairs), dtype=np.int32),
            item_indices=items.indices([item for item, _ in pairs]),
            timestamps=ends - np.array([age for _, age in pairs], np.int64),
            event_types=np.full(len(pairs), -1, np.int16),
            event_values=np.full(len(pairs), np.nan, np.float32),
        )
        model = Trending(HOUR).fit(data, seed=0, progress=silent)
        self.users = data.users
        reader = EventReading(items, {}, **reading)
        return Trends(model, KnownIds.of(data.users), reader, SHOP, self.monotonic)

    def happen(self, item, n=1, at=NOW, **members):
        events = [
            Event(user_id=f"{item}-{at}-{k}", item_id=item, timestamp=at, **members)
            for k in range(n)
        ]
        self.log.append(SHOP, events).result()

    def listed(self, trends, clock=NOW, n=3):
        trends.renew(self.log, clock)
        return trends.listed(n)


def test_before_the_first_renewal_the_list_is_that_of_the_training(house):
    assert house.trends().listed(4) == ["b", "c", "a", "d"]


def test_events_lift_an_item(house):
    trends = house.trends()
    house.happen("d", 5)
    assert house.listed(trends) == ["d", "b", "c"]


def test_an_item_that_the_model_does_not_know_joins_the_list(house):
    trends = house.trends()
    house.happen("brand-new", 5)
    assert house.listed(trends)[0] == "brand-new"
    house.happen("newer", 9)
    assert house.listed(trends)[:2] == ["newer", "brand-new"]


def test_as_time_goes_on_old_growth_is_forgotten(house):
    trends = house.trends()
    house.happen("d", 5, at=NOW + 3 * HOUR)
    assert house.listed(trends, NOW + 3 * HOUR)[0] == "d"
    house.happen("c", 2, at=NOW + 6 * HOUR)
    assert house.listed(trends, NOW + 6 * HOUR) == ["c", "a", "d"]


def test_without_interactions_in_two_windows_the_popular_items_are_listed(house):
    assert house.listed(house.trends(), NOW + 2 * HOUR + 60)[0] == "a"


def test_where_the_data_is_old_now_is_its_newest_interaction(house):
    trends = house.trends()
    assert house.listed(trends, NOW + LIVE_S)[0] == "a"
    assert house.listed(trends, NOW + LIVE_S + 1)[0] == "b"


def test_the_first_event_brings_old_data_to_the_present(house):
    trends = house.trends(ends=NOW - 400 * DAY)
    assert house.listed(trends)[0] == "b"
    house.happen("d")
    assert house.listed(trends)[:2] == ["d", "a"]


def test_events_that_were_trained_on_count_once(house):
    trends = house.trends()
    again = [
        Event(user_id=house.users.ids[user], item_id="c", timestamp=NOW - 30)
        for user in range(len(house.users))
    ]
    house.log.append(SHOP, [again[41]]).result()
    assert house.listed(trends)[:2] == ["b", "c"]
    house.log.append(SHOP, again[:5]).result()
    assert house.listed(trends)[:2] == ["c", "b"]


def test_a_repeated_event_counts_once(house):
    trends = house.trends()
    one = Event(user_id="x", item_id="d", timestamp=NOW, event_id="1")
    house.log.append(SHOP, [one] * 9).result()
    assert house.listed(trends)[0] == "b"


def test_events_on_no_item_and_of_other_types_do_not_count(house):
    trends = house.trends(least_values={"buy": None})
    house.happen("", 9, event_type="buy")
    house.happen("c", 9, event_type="click")
    assert house.listed(trends, n=5) == ["b", "c", "a", "d"]
    house.happen("d", 9, event_type="buy")
    assert house.listed(trends)[0] == "d"


def test_events_from_the_future_wait_for_their_time(house):
    trends = house.trends()
    house.happen("d", 9, at=NOW + 300)
    assert house.listed(trends)[0] == "b"
    assert house.listed(trends, NOW + 300)[0] == "d"


def test_a_list_rests_20_times_as_long_as_its_renewal_took(house):
    trends = house.trends()
    assert trends.due
    renew_in(house, trends, 0.5)
    house.seconds += 9.9
    assert not trends.due
    house.seconds += 0.2
    assert trends.due


@pytest.mark.parametrize(("took_s", "rest_s"), [(0.001, 1), (3_000, HOUR)])
def test_it_rests_a_second_at_least_and_a_window_at_most(house, took_s, rest_s):
    trends = house.trends()
    renew_in(house, trends, took_s)
    house.seconds += rest_s - 0.1
    assert not trends.due
    house.seconds += 0.2
    assert trends.due


def test_while_one_renews_the_others_have_the_old_list(house):
    trends, inside, go_on = house.trends(), threading.Event(), threading.Event()

    class SlowLog:
        def last_sequence(self, stream):
            inside.set()
            assert go_on.wait(10)
            return 0

    renewal = threading.Thread(target=trends.renew, args=(SlowLog(), NOW + 3 * HOUR))
    renewal.start()
    assert inside.wait(10)
    assert not trends.due
    trends.renew(house.log, NOW + 3 * HOUR)
    assert trends.listed(1) == ["b"]
    go_on.set()
    renewal.join(10)
    assert trends.listed(1) == ["a"]


def renew_in(house, trends, seconds):
    """Renew while so much time goes by."""

    class SlowLog:
        def last_sequence(self, stream):
            house.seconds += seconds
            return 0

    trends.renew(SlowLog(), NOW)
