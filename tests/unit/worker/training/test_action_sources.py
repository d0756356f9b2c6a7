"""Actions are gathered for the recipes that recommend them."""

import numpy as np
import pytest

from penchant.data.datasets import Dataset
from penchant.data.schemas import parse_schema
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind
from penchant.domain.datasets import action_stream
from penchant.store.events import Event
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.action_sources import gather_actions
from penchant.worker.training.sessions import Sessions

SCHEMA = (
    '{"type": "record", "name": "Actions", "namespace": "x", "fields": ['
    '{"name": "ACTION_ID", "type": "string"}, {"name": "VALUE", "type": "long"}]}'
)


def known():
    return TrainingSet(
        users=Vocabulary(["ann"]),
        items=Vocabulary(["i"]),
        user_indices=np.zeros(1, np.int32),
        item_indices=np.zeros(1, np.int32),
        timestamps=np.ones(1, np.int64),
        event_types=np.full(1, -1, np.int16),
        event_values=np.full(1, np.nan, np.float32),
    )


def version(yard, recipe):
    group = yard.put(Kind.DATASET_GROUP, "club")
    arn = yard.put(
        Kind.SOLUTION_VERSION,
        "best/0123abcd",
        recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        datasetGroupArn=group,
    )
    return yard.shop.stores.resources.get(arn), group


def gathered(yard, tmp_path, wanted, kept):
    shop = yard.shop
    return gather_actions(
        shop.stores, shop.settings, wanted, kept, known(), tmp_path, {}, Sessions()
    )


def test_recipes_of_items_get_no_actions(yard, tmp_path):
    wanted, _ = version(yard, "aws-sims")
    assert gathered(yard, tmp_path, wanted, {}).actions is None


def test_a_group_without_an_actions_dataset_is_told_what_to_do(yard, tmp_path):
    wanted, _ = version(yard, "aws-next-best-action")
    with pytest.raises(TaskFailure, match="has no actions dataset; create one and import actions"):
        gathered(yard, tmp_path, wanted, {})


def test_streamed_interactions_are_among_those_learned_from(yard, tmp_path):
    wanted, group = version(yard, "aws-next-best-action")
    event = Event(user_id="zoe", item_id="join", timestamp=9, event_type="TAKEN")
    yard.shop.stores.events.append(action_stream(group), [event]).result()
    put = {"join": {"VALUE": 4}}
    kept = {"ACTIONS": Dataset(parse_schema(SCHEMA), [], put)}
    found = gathered(yard, tmp_path, wanted, kept)
    assert found.actions.values.tolist() == [4]
    assert found.actions.timestamps.tolist() == [9]
    assert found.users.ids == ("ann", "zoe")


def test_what_a_session_did_about_actions_is_of_the_user_who_logged_in(yard, tmp_path):
    wanted, group = version(yard, "aws-next-best-action")
    viewed = {"item_id": "join", "event_type": "VIEWED", "session_id": "s"}
    events = [
        Event(user_id="s", timestamp=8, **viewed),
        Event(user_id="zoe", timestamp=9, **viewed),
    ]
    yard.shop.stores.events.append(action_stream(group), events).result()
    kept = {"ACTIONS": Dataset(parse_schema(SCHEMA), [], {"join": {"VALUE": 4}})}
    found = gathered(yard, tmp_path, wanted, kept)
    assert found.users.ids == ("ann", "zoe")
    assert found.actions.timestamps.tolist() == [8, 9]
