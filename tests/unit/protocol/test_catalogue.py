import pytest

from penchant.domain.errors import SerializationException
from penchant.protocol.catalogue import load_apis


@pytest.fixture(scope="module")
def apis():
    return load_apis()


def test_all_79_operations_are_there(apis):
    assert len(list(apis)) == 79
    assert len({op.method_name for op in apis}) == 79


def test_operations_of_the_control_plane_are_found_by_target(apis):
    operation = apis.by_target["AmazonPersonalize.CreateDatasetImportJob"]
    assert operation.method_name == "create_dataset_import_job"
    assert operation.service == "personalize"
    assert not operation.is_rest


def test_operations_of_events_and_runtime_are_found_by_path(apis):
    assert sorted(apis.by_path) == [
        "/action-interactions",
        "/action-recommendations",
        "/actions",
        "/events",
        "/items",
        "/personalize-ranking",
        "/recommendations",
        "/users",
    ]
    assert apis.by_path["/personalize-ranking"].method_name == "get_personalized_ranking"
    assert apis.by_path["/items"].error_statuses["ResourceInUseException"] == 409


def test_an_empty_body_is_an_empty_request(apis):
    assert apis.by_target["AmazonPersonalize.ListSchemas"].parse(b"") == {}


def test_text_that_breaks_off_after_a_wrong_value_is_not_json(apis):
    with pytest.raises(SerializationException, match="The body is not JSON"):
        apis.by_path["/recommendations"].parse(b'{"numResults": -1, ')
