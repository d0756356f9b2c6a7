import asyncio
import inspect

import pytest

from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import InternalFailure, InvalidInputException
from penchant.service.action_events import ActionEvents
from penchant.service.action_runtime import ActionRuntime
from penchant.service.counting import NAMED_BY, counted
from penchant.service.events import Events
from penchant.service.runtime import Runtime
from penchant.store.usage import Outcome

CALLER = Caller("AKID", Owner("111111111111", "us-east-1"))


class Noted(list):
    """The calls that were counted."""

    def note(self, owner, name, operation, outcome, taken_ms):
        assert owner == CALLER.owner
        assert taken_ms >= 0
        self.append((name, operation, outcome))


@pytest.fixture
def noted():
    return Noted()


async def get_recommendations(caller, *, campaign_arn=None, recommender_arn=None, user_id=""):
    if user_id:
        return {"itemList": [user_id]}
    raise InvalidInputException("userId is missing.")


def put_items(caller, *, dataset_arn):
    raise {"ours": InternalFailure("down"), "a bug": KeyError("x")}[dataset_arn]


def test_answers_and_refusals_are_counted_under_what_was_called(noted):
    ask = counted({"get_recommendations": get_recommendations}, noted)["get_recommendations"]
    answer = asyncio.run(ask(CALLER, campaign_arn="c", user_id="u"))
    assert answer == {"itemList": ["u"]}
    with pytest.raises(InvalidInputException):
        asyncio.run(ask(CALLER, campaign_arn=None, recommender_arn="r"))
    assert noted == [
        ("c", "get_recommendations", Outcome.ANSWERED),
        ("r", "get_recommendations", Outcome.REFUSED),
    ]


@pytest.mark.parametrize(("name", "error"), [("ours", InternalFailure), ("a bug", KeyError)])
def test_the_server_s_own_faults_are_counted_as_such(noted, name, error):
    with pytest.raises(error):
        counted({"put_items": put_items}, noted)["put_items"](CALLER, dataset_arn=name)
    assert noted == [(name, "put_items", Outcome.FAILED)]


def test_a_call_whose_client_hung_up_is_not_counted(noted):
    async def put_events(caller, *, tracking_id):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(
            counted({"put_events": put_events}, noted)["put_events"](CALLER, tracking_id="t")
        )
    assert noted == []


def test_a_call_that_names_nothing_is_not_counted(noted):
    ask = counted({"get_recommendations": get_recommendations}, noted)["get_recommendations"]
    asyncio.run(ask(CALLER, user_id="u"))
    assert noted == []


def test_other_operations_are_left_as_they_are(noted):
    def list_schemas(caller):
        return {}

    assert counted({"list_schemas": list_schemas}, noted) == {"list_schemas": list_schemas}


def test_what_is_counted_is_called_as_before():
    desks = (Runtime, ActionRuntime, Events, ActionEvents)
    methods = {
        name: getattr(desk, name) for desk in desks for name in NAMED_BY if hasattr(desk, name)
    }
    assert set(methods) == set(NAMED_BY)
    for name, method in counted(methods, Noted()).items():
        assert inspect.signature(method) == inspect.signature(methods[name])
        assert inspect.iscoroutinefunction(method) == inspect.iscoroutinefunction(methods[name])
        assert set(NAMED_BY[name]) <= set(inspect.signature(method).parameters)
