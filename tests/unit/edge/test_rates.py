from dataclasses import fields

import pytest

from penchant.domain.arns import Owner
from penchant.domain.errors import ThrottlingException
from penchant.edge.rates import BY_SERVICE, BY_TARGET, Bucket, Rates
from penchant.protocol.catalogue import EVENTS, load_apis
from penchant.settings import Settings

HERE = Owner("1", "here")


@pytest.fixture(scope="module")
def apis():
    return {operation.method_name: operation for operation in load_apis()}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def n_taken(rates, operation, n=50, owner=HERE, **arguments):
    """How many of so many requests at one moment are taken."""
    taken = 0
    for _ in range(n):
        try:
            rates.take(operation, owner, arguments)
        except ThrottlingException:
            continue
        taken += 1
    return taken


def bounded(clock, **per_s):
    return Rates.read(Settings(**{f"rate_{name}": value for name, value in per_s.items()}), clock)


def test_nothing_is_bounded_unless_a_setting_says_so(apis, clock):
    rates = Rates.read(Settings(), clock)
    for operation in apis.values():
        assert n_taken(rates, operation) == 50


def test_every_setting_of_a_rate_bounds_an_operation_and_every_operation_is_bound(apis):
    names = {one.name for one in fields(Settings) if one.name.startswith("rate_")}
    assert {setting for setting, _ in BY_TARGET.values()} | set(BY_SERVICE.values()) == names
    for operation in apis.values():
        assert operation.method_name in BY_TARGET or operation.service in BY_SERVICE
        if operation.service == EVENTS:
            assert operation.method_name in BY_TARGET


def test_what_an_operation_is_about_is_an_argument_of_it(apis):
    for name, (_, members) in BY_TARGET.items():
        taken = {member.lower() for member in apis[name].model.input_shape.members}
        assert any(member.replace("_", "") in taken for member in members), name


def test_a_second_s_requests_may_come_at_once_and_more_as_time_passes(apis, clock):
    rates = bounded(clock, put_items=4)
    assert n_taken(rates, apis["put_items"], dataset_arn="a") == 4
    clock.now_s += 0.5
    assert n_taken(rates, apis["put_items"], dataset_arn="a") == 2
    clock.now_s += 3600
    assert n_taken(rates, apis["put_items"], dataset_arn="a") == 4


def test_a_rate_below_one_lets_single_requests_through(apis, clock):
    rates = bounded(clock, control_plane=0.5)
    assert n_taken(rates, apis["list_schemas"]) == 1
    clock.now_s += 1
    assert n_taken(rates, apis["list_schemas"]) == 0
    clock.now_s += 1
    assert n_taken(rates, apis["list_schemas"]) == 1


def test_the_refusal_names_the_setting_and_its_value(apis, clock):
    rates = bounded(clock, put_events=1)
    n_taken(rates, apis["put_events"], tracking_id="a")
    with pytest.raises(ThrottlingException, match=r"than 1 requests .*PENCHANT_RATE_PUT_EVENTS"):
        rates.take(apis["put_events"], HERE, {"tracking_id": "a"})


def test_datasets_accounts_and_operations_are_counted_apart(apis, clock):
    rates = bounded(clock, put_items=3, put_users=2)
    assert n_taken(rates, apis["put_items"], dataset_arn="a") == 3
    assert n_taken(rates, apis["put_items"], dataset_arn="b") == 3
    assert n_taken(rates, apis["put_items"], owner=Owner("2", "here"), dataset_arn="a") == 3
    assert n_taken(rates, apis["put_items"], owner=Owner("1", "there"), dataset_arn="a") == 3
    assert n_taken(rates, apis["put_users"], dataset_arn="a") == 2


def test_a_campaign_has_a_rate_and_all_of_an_account_have_another(apis, clock):
    rates = bounded(clock, campaign=3, runtime=8)
    assert n_taken(rates, apis["get_recommendations"], campaign_arn="a") == 3
    assert n_taken(rates, apis["get_personalized_ranking"], campaign_arn="a") == 3
    assert n_taken(rates, apis["get_recommendations"], recommender_arn="b") == 2
    assert n_taken(rates, apis["list_schemas"]) == 50


def test_all_operations_of_the_control_plane_are_counted_together(apis, clock):
    rates = bounded(clock, control_plane=5)
    assert n_taken(rates, apis["list_schemas"], n=3) == 3
    assert n_taken(rates, apis["describe_campaign"]) == 2


def test_what_one_bound_refuses_does_not_count_for_another(apis, clock):
    rates = bounded(clock, campaign=1, runtime=3)
    assert n_taken(rates, apis["get_recommendations"], campaign_arn="a") == 1
    assert n_taken(rates, apis["get_recommendations"], campaign_arn="b") == 1
    assert n_taken(rates, apis["get_recommendations"], campaign_arn="c") == 1
    assert n_taken(rates, apis["get_recommendations"], campaign_arn="d") == 0


def test_names_that_clients_make_up_do_not_fill_the_memory(apis, clock):
    rates = bounded(clock, put_events=1)
    for number in range(10_001):
        rates.take(apis["put_events"], HERE, {"tracking_id": str(number)})
    assert n_taken(rates, apis["put_events"], tracking_id="10000") == 0
    assert n_taken(rates, apis["put_events"], tracking_id="0") == 1


def test_a_bucket_never_holds_more_than_a_second_s_requests():
    bucket = Bucket(2, now_s=0)
    for _ in range(2):
        assert bucket.holds_one(1000)
        bucket.take()
    assert not bucket.holds_one(1000)
