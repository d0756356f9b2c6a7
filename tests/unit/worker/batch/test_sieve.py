"""Filters of batch jobs: of items line by line, of users for segments."""

import pytest

from penchant.domain.arns import Kind
from penchant.recipes.contract import silent
from penchant.recipes.item_affinity import ItemAffinity
from penchant.store.events import Event

from .shelf import Shelf, interactions

PERSONAL, RANKING = "aws-hrnn", "aws-personalized-ranking"
EVENTS = ("USER_ID string", "ITEM_ID string", "TIMESTAMP long", "EVENT_TYPE string")


@pytest.fixture
def shelf(yard):
    made = Shelf.of(yard)
    colours = {f"i{n}": {"COLOUR": "br"[n % 2]} for n in range(12)}
    made.dataset("Items", ("ITEM_ID string", "COLOUR categorical"), colours)
    made.dataset("Users", ("USER_ID string", "AGE int"), {"u3": {"AGE": 9}})
    made.dataset("Interactions", EVENTS, {})
    return made


@pytest.fixture
def segments(shelf):
    data = interactions()
    model = ItemAffinity(8).fit(data, seed=0, progress=silent)
    return shelf.version("aws-item-affinity", model, "item-affinity", data)


def tell(shelf, user, item, kind):
    event = Event(user_id=user, item_id=item, timestamp=1_699_000_000, event_type=kind)
    shelf.yard.shop.stores.events.append(shelf.group, [event]).result()


def test_a_job_s_filter_holds_for_every_line(shelf):
    arn = shelf.filter('INCLUDE ItemID WHERE Items.COLOUR IN ("r")')
    lines = [{"userId": "u1"}, {"userId": "u2"}]
    found = shelf.answers(shelf.version(PERSONAL), lines, numResults=3, filterArn=arn)
    assert [one["output"]["recommendedItems"] for one in found] == [["i1", "i3", "i5"]] * 2


def test_every_line_has_values_of_its_own_for_the_filter(shelf):
    arn = shelf.filter("INCLUDE ItemID WHERE Items.COLOUR IN ($C)")
    values = [{"C": '"b"'}, {"C": '"r"'}, {"C": '"b","r"'}, {}, {"C": '"b'}, {"C": 1}, None]
    lines = [{"userId": "u1", "filterValues": one} for one in values]
    found = shelf.answers(shelf.version(PERSONAL), lines, numResults=2, filterArn=arn)
    items = [one["output"]["recommendedItems"] for one in found]
    assert items == [["i0", "i2"], ["i1", "i3"], ["i0", "i1"], [], [], [], []]
    assert [one["input"] for one in found] == lines
    assert found[3]["error"].startswith("User error: filterValues lacks 'C'; ")
    assert "write texts in double quotes" in found[4]["error"]
    assert "filterValues is no object of texts" in found[5]["error"]
    assert all(one["error"].startswith("User error: ") for one in found[3:])


def test_what_a_user_just_did_is_filtered_out(shelf):
    arn = shelf.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    tell(shelf, "u1", "i0", "Buy")
    lines = [{"userId": "u1"}, {"userId": "u2"}]
    found = shelf.answers(shelf.version(PERSONAL), lines, numResults=1, filterArn=arn)
    assert [one["output"]["recommendedItems"] for one in found] == [["i1"], ["i0"]]


def test_a_filter_on_users_needs_one_in_lines_about_items(shelf):
    arn = shelf.filter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")')
    lines = [{"itemId": "i1"}, {"itemId": "i1", "userId": "u1"}]
    found = shelf.answers(shelf.version("aws-sims"), lines, numResults=1, filterArn=arn)
    assert "give userId too" in found[0]["error"]
    assert found[1]["output"]["recommendedItems"] == ["i0"]


def test_related_items_can_be_compared_with_the_line_s_item(shelf):
    arn = shelf.filter("INCLUDE ItemID WHERE Items.COLOUR = CurrentItem.COLOUR")
    lines = [{"itemId": "i1"}, {"itemId": "i2"}]
    found = shelf.answers(shelf.version("aws-sims"), lines, numResults=2, filterArn=arn)
    assert [one["output"]["recommendedItems"] for one in found] == [["i3", "i5"], ["i0", "i4"]]


def test_lists_lose_what_the_filter_does_not_let_through(shelf):
    arn = shelf.filter('EXCLUDE ItemID WHERE Items.COLOUR IN ("r")')
    lines = [{"userId": "u1", "itemList": ["i4", "i3", "unheard", "i2"]}]
    (found,) = shelf.answers(shelf.version(RANKING), lines, filterArn=arn)
    assert found["output"]["recommendedItems"] == ["i2", "i4", "unheard"]


def test_version_two_is_filled_up_with_items_that_came_after_the_training(shelf):
    arn = shelf.filter('INCLUDE ItemID WHERE Items.COLOUR IN ("green")')
    shelf.put("Items", {"brand new": {"COLOUR": "green"}})
    version = shelf.version("aws-user-personalization-v2")
    (found,) = shelf.answers(version, [{"userId": "u1"}], filterArn=arn)
    assert found["output"] == {"recommendedItems": ["brand new"], "scores": [0.0]}


def test_a_segment_holds_users_of_the_filter_alone(shelf, segments):
    shelf.put("Users", {"u5": {"AGE": 30}, "u7": {"AGE": 40}, "unmet": {"AGE": 50}})
    arn = shelf.filter("INCLUDE UserID WHERE Users.AGE >= $LEAST")
    lines = [{"itemId": "i1", "filterValues": {"LEAST": age}} for age in ("10", "40", "x")]
    found = shelf.answers(segments, lines, kind=Kind.BATCH_SEGMENT_JOB, filterArn=arn)
    assert [sorted(one["output"]["usersList"]) for one in found] == [["u5", "u7"], ["u7"], []]
    assert "filterValues: " in found[2]["error"]


def test_a_segment_can_leave_out_who_did_something(shelf, segments):
    shelf.import_interactions([("u4", "i1", "buy"), ("stranger", "i1", "buy")])
    tell(shelf, "u9", "i2", "BUY")
    for word, users in (("INCLUDE", {"u4", "u9"}), ("EXCLUDE", set())):
        arn = shelf.filter(f'{word} UserID WHERE Interactions.EVENT_TYPE IN ("buy")')
        (found,) = shelf.answers(
            segments, [{"itemId": "i1"}], kind=Kind.BATCH_SEGMENT_JOB, filterArn=arn, numResults=99
        )
        names = set(found["output"]["usersList"])
        assert names == users or (word == "EXCLUDE" and len(names) == 28)
        assert word == "INCLUDE" or not {"u4", "u9"} & names
