"""Every error that an operation's model lists arrives as that exception, with the right status."""

import json
import uuid

import pytest

from penchant.domain import errors
from penchant.protocol.catalogue import load_apis
from penchant.settings import Settings

PAIRS = [(op, name) for op in load_apis() for name in sorted(op.error_names)]
REST_STATUSES = {"ResourceNotFoundException": 404, "ResourceInUseException": 409}


def pair_id(value):
    return value if isinstance(value, str) else value.name


@pytest.mark.parametrize(("operation", "name"), PAIRS, ids=pair_id)
def test_a_modelled_error_is_that_exception_of_the_client(
    echo, recorder, clients, examples, operation, name
):
    recorder.results[operation.method_name] = getattr(errors, name)("the value 'x' will not do")
    client = clients(operation.service)
    arguments = examples.value(operation.model.input_shape)
    with pytest.raises(getattr(client.exceptions, name)) as caught:
        getattr(client, operation.method_name)(**arguments)
    answer = caught.value.response
    assert answer["Error"] == {"Code": name, "Message": "the value 'x' will not do"}
    expected = REST_STATUSES.get(name, 400) if operation.is_rest else 400
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == expected
    uuid.UUID(answer["ResponseMetadata"]["RequestId"])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ValidationException", 400),
        ("AccessDeniedException", 400),
        ("ResourceNotFoundException", 404),
        ("InternalFailure", 500),
    ],
)
def test_an_error_that_the_operation_does_not_list_keeps_its_status(
    echo, recorder, clients, any_error, name, status
):
    recorder.results["put_events"] = getattr(errors, name)("no")
    client = clients("personalize-events")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.put_events(
            trackingId="t", sessionId="s", eventList=[{"eventType": "e", "sentAt": 1}]
        )
    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_the_bytes_of_an_error_of_the_control_plane(echo, recorder):
    recorder.results["describe_schema"] = errors.ResourceNotFoundException.of("x")
    body = json.dumps({"schemaArn": "arn:aws:personalize:::schema/a"})
    answer = echo.post("/", body, "DescribeSchema")
    assert answer.status_code == 400
    assert answer.content == (
        b'{"__type":"ResourceNotFoundException","message":"Resource Arn x does not exist."}'
    )
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"


def test_the_bytes_of_an_error_of_the_runtime(echo, recorder):
    recorder.results["get_recommendations"] = errors.ResourceNotFoundException.of("x")
    answer = echo.post("/recommendations", b"{}")
    assert answer.status_code == 404
    assert answer.content == b'{"message":"Resource Arn x does not exist."}'
    assert answer.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert answer.headers["content-type"] == "application/json"


def test_what_nobody_expected_is_an_internal_failure_with_the_request_s_id(echo, recorder, caplog):
    recorder.results["list_schemas"] = ZeroDivisionError("a secret detail")
    answer = echo.post("/", b"{}", "ListSchemas")
    assert answer.status_code == 500
    request_id = answer.headers["x-amzn-requestid"]
    assert json.loads(answer.content) == {
        "__type": "InternalFailure",
        "message": "The server failed to answer; its log tells why under the request id "
        f"{request_id}.",
    }
    [record] = [r for r in caplog.records if r.name == "penchant.edge"]
    assert record.getMessage() == f"ListSchemas failed, request id {request_id}"
    assert "a secret detail" in caplog.text


def test_a_failure_of_the_runtime_is_written_in_its_own_protocol(echo, recorder):
    recorder.results["get_recommendations"] = KeyError("x")
    answer = echo.post("/recommendations", b"{}")
    assert answer.status_code == 500
    assert answer.headers["x-amzn-errortype"] == "InternalFailure"


def test_an_operation_without_a_service_is_unknown(serve):
    live = serve({})
    client = live.client("personalize")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.list_filters()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "ListFilters is not answered by this version" in str(caught.value)


@pytest.mark.parametrize(
    ("path", "target", "status", "text"),
    [
        ("/", "Foo", 400, "No operation has the target 'AmazonPersonalize.Foo'"),
        ("/foo", "", 404, "No operation is reached by POST /foo; check the path."),
    ],
)
def test_what_no_model_knows_is_unknown(echo, path, target, status, text):
    answer = echo.post(path, b"{}", target)
    assert answer.status_code == status
    assert b"UnknownOperationException" in answer.content + str(answer.headers).encode()
    assert text in json.loads(answer.content)["message"]


def test_a_body_that_is_too_long_is_refused(serve, recorder, apis):
    live = serve(recorder.operations(apis), settings=Settings(max_body_bytes=1000))
    assert live.post("/", b'{"a": "' + b"x" * 991 + b'"}', "ListSchemas").status_code == 200
    answer = live.post("/", b'{"a": "' + b"x" * 992 + b'"}', "ListSchemas")
    assert answer.status_code == 413
    assert json.loads(answer.content) == {
        "__type": "RequestEntityTooLargeException",
        "message": "The request body is longer than 1000 bytes; send less at a time or raise "
        "PENCHANT_MAX_BODY_BYTES.",
    }
