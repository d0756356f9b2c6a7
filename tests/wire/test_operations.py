"""The services behind the wire: which operations there are, and what each of them takes."""

import inspect

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from penchant import app
from penchant.protocol.catalogue import SERVICES, load_apis
from penchant.settings import Settings

OPERATIONS = {op.method_name: op for op in load_apis()}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """The bound methods of the real services, by name."""
    house = app.open_house(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield app.operations(house)
    house.close()


@pytest.fixture(scope="module")
def real_clients(services, serve):
    """The boto3 clients of the real services, by the service's name."""
    live = serve(services)
    return {name: live.client(name) for name in SERVICES}


def differences(operation, method):
    """What a service's method takes otherwise than the operation's input says, in words."""
    caller, *parameters = inspect.signature(method).parameters.values()
    if caller.name != "caller":
        yield f"its first parameter is {caller.name}, not caller"
    shape = operation.model.input_shape
    expected = {xform_name(name): name in shape.required_members for name in shape.members}
    taken = {parameter.name: parameter for parameter in parameters}
    yield from (f"it takes {name}, which is no member" for name in taken.keys() - expected.keys())
    yield from (f"it does not take {name}" for name in expected.keys() - taken.keys())
    for name in expected.keys() & taken.keys():
        parameter = taken[name]
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            yield f"{name} is not keyword-only"
        if expected[name] != (parameter.default is inspect.Parameter.empty):
            yield f"{name} should {'not ' if expected[name] else ''}have a default"


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_service_s_method_takes_the_members_of_its_operation(services, name):
    assert list(differences(OPERATIONS[name], services[name])) == []


def test_differences_are_named():
    def list_schemas(who, max_results, *, next_token, later=None):
        pass

    assert sorted(differences(OPERATIONS["list_schemas"], list_schemas)) == [
        "it takes later, which is no member",
        "its first parameter is who, not caller",
        "max_results is not keyword-only",
        "max_results should have a default",
        "next_token should have a default",
    ]

    def list_recipes(caller, *, recipe_provider=None):
        pass

    assert "it does not take max_results" in differences(OPERATIONS["list_recipes"], list_recipes)


def test_the_services_have_all_operations_and_no_others(services):
    assert services.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_real_service_answers_or_refuses_as_its_model_allows(real_clients, examples, name):
    operation = OPERATIONS[name]
    client = real_clients[operation.service]
    refusal = None
    try:
        getattr(client, name)(**examples.value(operation.model.input_shape))
    except ClientError as error:
        refusal = error.response["Error"]
    assert refusal is None or (refusal["Code"] in operation.error_names and refusal["Message"])
