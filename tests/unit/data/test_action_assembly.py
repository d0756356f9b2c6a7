"""From datasets of actions to the arrays that recipes learn from."""

import numpy as np
import pytest

from penchant.data import action_assembly
from penchant.data.action_assembly import ActionColumns, with_actions
from penchant.data.actions import EVENT_TYPES
from penchant.data.datasets import Dataset
from penchant.data.training_set import NO_TIME, Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary

from .support import MEMORY_BYTES, import_text, schema

LONG = ["null", "long"]
ACTION_ID = {"name": "ACTION_ID", "type": "string"}
ACTIONS = schema(
    "Actions",
    ACTION_ID,
    {"name": "VALUE", "type": LONG},
    {"name": "KIND", "type": ["null", "string"], "categorical": True},
    {"name": "COST", "type": ["null", "float"]},
    {"name": "CREATION_TIMESTAMP", "type": LONG},
    {"name": "EXPIRATION_TIMESTAMP", "type": LONG},
    {"name": "REPEAT_FREQUENCY", "type": LONG},
)
DONE = schema(
    "ActionInteractions",
    {"name": "USER_ID", "type": "string"},
    ACTION_ID,
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
)
HEADER = "ACTION_ID,VALUE,KIND,COST,CREATION_TIMESTAMP,EXPIRATION_TIMESTAMP,REPEAT_FREQUENCY\n"
COLUMNS = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n"


def part(folder, name, of, text):
    import_text(folder, of, text)
    return (folder / "out.parquet").rename(folder / f"{name}.parquet")


def actions(folder, *lines, put=None):
    parts = [part(folder, "actions", ACTIONS, HEADER + "\n".join(lines))] if lines else []
    return Dataset(ACTIONS, parts, put or {})


def done(folder, *lines, name="done"):
    return Dataset(DONE, [part(folder, name, DONE, COLUMNS + "\n".join(lines))])


def people():
    """Two users with an age and a city, who had one item each."""
    cities = Categories(Vocabulary(["Ulm"]), np.array([0, 1, 1]), np.zeros(1, np.int32))
    ages = np.array([30, 40], np.float32)
    return TrainingSet(
        users=Vocabulary(["ann", "bob"]),
        items=Vocabulary(["i"]),
        user_indices=np.array([0, 1], np.int32),
        item_indices=np.zeros(2, np.int32),
        timestamps=np.array([1, 2]),
        event_types=np.full(2, -1, np.int16),
        event_values=np.full(2, np.nan, np.float32),
        user_features=Features({"CITY": cities}, {"AGE": ages}, {"NOTE": ("x", "y")}),
    )


def build(of_actions, interactions=None, streamed=None, **more):
    return with_actions(
        people(), of_actions, interactions, streamed, memory_bytes=MEMORY_BYTES, threads=2, **more
    )


def rows(built):
    """(user, action, type, time) of every row in order."""
    found = built.actions
    return [
        (built.users.ids[user], found.actions.ids[action], EVENT_TYPES[kind], int(when))
        for user, action, kind, when in zip(
            found.user_indices,
            found.action_indices,
            found.event_types,
            found.timestamps,
            strict=True,
        )
    ]


def test_rules_of_actions_are_read_and_missing_ones_have_defaults(tmp_path):
    found = build(actions(tmp_path, "join,7,card|club,2.5,5,900,3", "buy,,,,,,")).actions
    assert found.actions.ids == ("buy", "join")
    assert found.values.tolist() == [1, 7]
    assert found.created_at.tolist() == [NO_TIME, 5]
    assert found.expires_at.tolist() == [NO_TIME, 900]
    assert found.repeat_days.tolist() == [0, 3]
    assert found.features.categories["KIND"].offsets.tolist() == [0, 0, 2]
    assert np.isnan(found.features.numbers["COST"][0])
    assert found.features.numbers.keys() == {"COST"}


def test_an_action_that_was_put_replaces_the_imported_one(tmp_path):
    put = {"join": {"VALUE": 9}, "fresh": {"KIND": "club"}}
    found = build(actions(tmp_path, "join,7,card,2.5,5,900,3", put=put)).actions
    assert found.actions.ids == ("fresh", "join")
    assert found.values.tolist() == [1, 9]
    assert found.expires_at.tolist() == [NO_TIME, NO_TIME]


def test_the_older_name_of_the_expiration_is_read_too(tmp_path):
    of = schema("Actions", ACTION_ID, {"name": "ACTION_EXPIRATION_TIMESTAMP", "type": LONG})
    text = "ACTION_ID,ACTION_EXPIRATION_TIMESTAMP\njoin,77"
    found = build(Dataset(of, [part(tmp_path, "old", of, text)])).actions
    assert found.expires_at.tolist() == [77]


def test_interactions_are_sorted_known_once_and_in_any_spelling(tmp_path):
    imported = done(tmp_path, "bob,join,Not taken,5", "ann,join,TAKEN,9", "ann,buy,Viewed,3")
    streamed = ActionColumns(
        ["ann", "ann", "bob"], ["join", "buy", "buy"], [9, 10, 5], ["TAKEN", "NOT_TAKEN", "TAKEN"]
    )
    built = build(actions(tmp_path, "join,,,,,,", "buy,,,,,,"), imported, streamed)
    assert rows(built) == [
        ("ann", "buy", "VIEWED", 3),
        ("ann", "join", "TAKEN", 9),
        ("ann", "buy", "NOT_TAKEN", 10),
        ("bob", "join", "NOT_TAKEN", 5),
        ("bob", "buy", "TAKEN", 5),
    ]


def test_interactions_with_other_actions_do_not_count(tmp_path):
    built = build(actions(tmp_path, "join,,,,,,"), done(tmp_path, "zoe,gone,Taken,5"))
    assert rows(built) == []
    assert built.users.ids == ("ann", "bob")


def test_users_of_actions_alone_are_added_behind_the_others(tmp_path):
    built = build(
        actions(tmp_path, "join,,,,,,"), done(tmp_path, "abe,join,Taken,5", "zoe,join,Taken,4")
    )
    assert built.users.ids == ("ann", "bob", "abe", "zoe")
    assert [row[0] for row in rows(built)] == ["abe", "zoe"]
    features = built.user_features
    assert features.categories["CITY"].offsets.tolist() == [0, 1, 1, 1, 1]
    assert features.numbers["AGE"][:2].tolist() == [30, 40]
    assert np.isnan(features.numbers["AGE"][2:]).all()
    assert features.texts["NOTE"] == ("x", "y", "", "")


def test_of_too_many_actions_new_ones_and_those_lately_used_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(action_assembly, "MOST_ACTIONS", 3)
    built = build(
        actions(tmp_path, "old,,,,,,", "late,,,,,,", "new,,,,,,", "young,,,,50,,", "aged,,,,1,,"),
        done(tmp_path, "ann,old,Taken,5", "ann,late,Taken,90"),
    )
    assert built.actions.actions.ids == ("late", "new", "young")
    assert [row[1] for row in rows(built)] == ["late"]


def test_excluded_columns_are_not_learned_from(tmp_path):
    excluded = {"ACTIONS": ["kind"]}
    found = build(actions(tmp_path, "join,7,card,2.5,,,"), excluded_columns=excluded).actions
    assert not found.features.categories
    assert found.features.numbers.keys() == {"COST"}


@pytest.mark.parametrize("streamed", [None, ActionColumns([], [], [], [])])
def test_actions_may_stand_alone(tmp_path, streamed):
    built = build(actions(tmp_path, "join,,,,,,"), None, streamed)
    assert (built.actions.n_actions, built.actions.n_rows) == (1, 0)
    assert built.n_rows == 2
