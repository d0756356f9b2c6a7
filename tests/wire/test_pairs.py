"""Every error that the models list is provoked, from a real client at the live services."""

import itertools

import pytest

from penchant import app
from penchant.domain import statuses
from penchant.protocol.catalogue import RUNTIME, load_apis
from penchant.settings import Settings

from .pairs import UNPROVOKED, pairs, ways
from .provocations import QUOTA_SETTINGS
from .world import World, operations_by_method

OPERATIONS = operations_by_method(load_apis())
PROVOKED = [
    (operation, error, way)
    for operation in OPERATIONS.values()
    for _, error in pairs([operation])
    for way in ways(operation, error)
]


@pytest.fixture(scope="module")
def worlds(serve, tmp_path_factory):
    """Makes worlds, each in a region where nothing is yet; `quotas` bounds everything to one."""
    houses, lives, numbers = {}, {}, itertools.count(1)

    def world(*, quotas: bool) -> World:
        if quotas not in houses:
            given = QUOTA_SETTINGS if quotas else {}
            folder = tmp_path_factory.mktemp("data")
            houses[quotas] = app.open_house(Settings(data_dir=folder, **given))
            lives[quotas] = serve(app.operations(houses[quotas]))
        region = f"eu-test-{next(numbers)}"

        def client(service):
            return lives[quotas].client(service, region_name=region)

        return World(houses[quotas], client, OPERATIONS)

    yield world
    for house in houses.values():
        house.close()


@pytest.fixture(scope="module")
def open_world(worlds):
    return worlds(quotas=False)


def way_id(value):
    return value if isinstance(value, str) else getattr(value, "name", None) or value.behaviour


@pytest.mark.parametrize(("operation", "error", "way"), PROVOKED, ids=way_id)
def test_an_error_of_the_model_is_provoked(worlds, open_world, operation, error, way):
    world = worlds(quotas=True) if error == "LimitExceededException" else open_world
    exceptions = world.clients[operation.service].exceptions
    n_refused = 0
    for request in way.requests(world, operation):
        with pytest.raises(getattr(exceptions, error)) as caught:
            world.call(operation.method_name, **request)
        assert caught.value.response["Error"]["Message"]
        n_refused += 1
    assert n_refused


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=way_id)
def test_every_pair_is_provoked_or_has_a_reason(operation):
    without = [
        (name, error)
        for name, error in pairs([operation])
        if not ways(operation, error) and (name, error) not in UNPROVOKED
    ]
    assert without == []


def test_reasons_are_given_for_pairs_of_the_models_alone():
    assert set(UNPROVOKED) <= set(pairs(OPERATIONS.values()))
    assert len(UNPROVOKED) <= 10


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS.values() if one.service != RUNTIME], ids=way_id
)
def test_a_valid_request_is_answered(open_world, operation):
    request = open_world.valid(operation.method_name, **_ready(open_world, operation))
    answer = open_world.call(operation.method_name, **request)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def _ready(world, operation):
    """What a valid request names beside the usual, where that would be in a wrong state."""
    match operation.method_name:
        case "stop_solution_version_creation":
            return {"solutionVersionArn": world.version(status=statuses.CREATE_PENDING)}
        case "start_recommender":
            arn = world.example("recommenderArn")
            world.force(arn, statuses.INACTIVE)
            return {"recommenderArn": arn}
    return {}
