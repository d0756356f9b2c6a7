"""What a boto3 client sends arrives, and what a service answers is read by the client."""

import json
from datetime import UTC, datetime

import pytest

ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/c"


def test_members_arrive_as_snake_case_arguments_of_the_key_s_owner(echo, recorder, clients):
    recorder.results["create_solution"] = {"solutionArn": "arn:aws:personalize:::solution/s"}
    answer = clients("personalize").create_solution(
        name="s",
        performHPO=True,
        datasetGroupArn=ARN,
        solutionConfig={"algorithmHyperParameters": {"bptt": "3"}},
    )
    [(name, caller, arguments)] = recorder.calls
    assert name == "create_solution"
    assert (caller.access_key_id, caller.owner.account, caller.owner.region) == (
        "AKIDEXAMPLE",
        "123456789012",
        "eu-west-1",
    )
    assert arguments == {
        "name": "s",
        "perform_hpo": True,
        "dataset_group_arn": ARN,
        "solution_config": {"algorithmHyperParameters": {"bptt": "3"}},
    }
    assert answer["solutionArn"] == "arn:aws:personalize:::solution/s"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(answer["ResponseMetadata"]["RequestId"]) == 36


def test_an_operation_without_arguments_gets_none(echo, recorder, clients):
    recorder.results["list_schemas"] = {"schemas": []}
    assert clients("personalize").list_schemas()["schemas"] == []
    assert recorder.calls[0][2] == {}


def test_datetimes_keep_milliseconds_and_absent_members_are_absent(echo, recorder, clients):
    created = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
    recorder.results["describe_schema"] = {
        "schema": {"name": "s", "domain": None, "creationDateTime": created, "own": "secret"}
    }
    answer = clients("personalize").describe_schema(schemaArn=ARN)
    assert answer["schema"] == {
        "name": "s",
        "creationDateTime": datetime(2026, 1, 2, 3, 4, 5, 679000, tzinfo=UTC),
    }


def test_a_void_operation_of_the_control_plane_answers_an_empty_object(echo, recorder, clients):
    recorder.results["delete_schema"] = None
    clients("personalize").delete_schema(schemaArn=ARN)


def test_an_event_has_its_time_as_a_datetime_and_its_properties_as_text(echo, recorder, clients):
    recorder.results["put_events"] = None
    sent_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    answer = clients("personalize-events").put_events(
        trackingId="t",
        sessionId="s",
        eventList=[
            {"eventType": "click", "sentAt": sent_at, "properties": '{"a": 1}', "eventValue": 3}
        ],
    )
    [(_, _, arguments)] = recorder.calls
    assert arguments["event_list"] == [
        {"eventType": "click", "sentAt": sent_at, "properties": '{"a": 1}', "eventValue": 3.0}
    ]
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-length"] == "0"
    assert headers["content-type"] == "application/json"


def test_recommendations_come_back_as_they_were(echo, recorder, clients):
    items = [{"itemId": str(n), "score": 1 / (n + 1)} for n in range(25)]
    recorder.results["get_recommendations"] = {"itemList": items, "recommendationId": "RID"}
    answer = clients("personalize-runtime").get_recommendations(campaignArn=ARN, userId="1")
    assert answer["itemList"] == items
    assert answer["recommendationId"] == "RID"


@pytest.mark.parametrize(
    ("service", "call", "thread"),
    [
        ("personalize-runtime", "get_recommendations", "Thread-"),
        ("personalize-events", "put_events", "Thread-"),
        ("personalize", "list_schemas", "operation_"),
    ],
)
def test_hot_operations_stay_on_the_event_loop_and_slow_ones_leave_it(
    echo, recorder, clients, apis, examples, service, call, thread
):
    operation = next(op for op in apis if op.method_name == call)
    getattr(clients(service), call)(**examples.value(operation.model.input_shape))
    assert recorder.threads[0].startswith(thread)


def test_every_operation_is_reached_by_its_client(echo, recorder, clients, apis, examples):
    for operation in apis:
        arguments = examples.value(operation.model.input_shape)
        getattr(clients(operation.service), operation.method_name)(**arguments)
        assert recorder.calls[-1][0] == operation.method_name


def test_the_bytes_of_a_control_plane_answer(echo, recorder):
    recorder.results["create_schema"] = {"schemaArn": "x"}
    answer = echo.post("/", b'{"name": "s", "schema": "{}"}', "CreateSchema")
    assert answer.content == b'{"schemaArn":"x"}'
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["content-length"] == "17"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    recorder.results["delete_schema"] = None
    answer = echo.post("/", json.dumps({"schemaArn": ARN}), "DeleteSchema")
    assert answer.content == b"{}"


def test_the_bytes_of_an_answer_with_nulls_and_numbers_that_are_none(echo, recorder):
    recorder.results["get_recommendations"] = {
        "itemList": [{"itemId": "null", "score": None}, {"itemId": "1", "score": float("nan")}],
        "recommendationId": None,
    }
    answer = echo.post("/recommendations", b"{}")
    assert answer.content == b'{"itemList":[{"itemId":"null"},{"itemId":"1"}]}'
    assert answer.headers["content-type"] == "application/json"


def test_unknown_members_are_ignored_and_null_counts_as_absent(echo, recorder):
    body = b'{"name": "s", "schema": "{}", "domain": null, "later": [1]}'
    assert echo.post("/", body, "CreateSchema").status_code == 200
    assert recorder.calls[0][2] == {"name": "s", "schema": "{}"}


@pytest.mark.parametrize("properties", ['{"price": 1.5}', '"{\\"price\\":1.5}"'])
def test_properties_may_be_text_or_an_object(echo, recorder, properties):
    body = (
        '{"trackingId": "t", "sessionId": "s", "eventList": [{"eventType": "e", "itemId": null,'
        f' "sentAt": 1700000000.25, "properties": {properties}}}]}}'
    )
    assert echo.post("/events", body).status_code == 200
    [event] = recorder.calls[0][2]["event_list"]
    assert event == {
        "eventType": "e",
        "sentAt": datetime(2023, 11, 14, 22, 13, 20, 250000, tzinfo=UTC),
        "properties": '{"price":1.5}',
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "The body is not JSON: Input data was truncated"),
        (b"\xff", "The body is not JSON"),
        (b'{"a":' + b"[" * 50_000, "The body is not JSON"),
        (b"[]", "Unexpected START_ARRAY: expected a JSON object at 'the top of the body'"),
        (b'{"userId": 1}', "NUMBER_VALUE can not be converted to a String at 'userId'"),
        (b'{"userId": {}}', "Start of structure or map found where not expected at 'userId'"),
        (b'{"numResults": "1"}', "STRING_VALUE can not be converted to an Integer at 'numResults'"),
        (b'{"numResults": true}', "TRUE_VALUE can not be converted to an Integer at 'numResults'"),
        (b'{"numResults": 3000000000}', "3000000000 at 'numResults' does not lie between"),
        (b'{"context": []}', "Unexpected START_ARRAY: expected a JSON object at 'context'"),
        (b'{"context": {"A": null}}', "NULL_VALUE can not be converted to a String at 'context'"),
        (b'{"promotions": "x"}', "Unexpected STRING_VALUE: expected a JSON array at 'promotions'"),
    ],
)
def test_a_body_of_other_types_cannot_be_read(echo, body, text):
    answer = echo.post("/recommendations", body)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-errortype"] == "SerializationException"
    assert text in json.loads(answer.content)["message"]


def test_a_constraint_is_explained_as_the_service_does(echo, clients):
    client = clients("personalize")
    with pytest.raises(client.exceptions.InvalidInputException) as caught:
        client.create_schema(name="n" * 64, schema="{}", domain="PETS")
    assert caught.value.response["Error"]["Message"] == (
        f"2 validation errors detected: Value '{'n' * 64}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 63; Value 'PETS' at 'domain' failed to "
        "satisfy constraint: Member must satisfy enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]"
    )


def test_an_operation_that_does_not_model_invalid_input_says_validation(echo, clients):
    client = clients("personalize")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.list_schemas(maxResults=101)
    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value '101' at 'maxResults' failed to satisfy "
        "constraint: Member must have value less than or equal to 100",
    }


def test_a_sensitive_value_is_not_repeated(echo, clients):
    client = clients("personalize-events")
    with pytest.raises(client.exceptions.InvalidInputException) as caught:
        client.put_events(
            trackingId="t",
            sessionId="s",
            userId="u" * 257,
            eventList=[{"eventType": "e", "sentAt": 1_700_000_000}],
        )
    assert "Value at 'userId' failed to satisfy" in caught.value.response["Error"]["Message"]


def test_a_long_value_is_cut_in_the_message(echo, clients):
    client = clients("personalize")
    with pytest.raises(client.exceptions.InvalidInputException) as caught:
        client.create_schema(name="a", schema="x" * 20_001)
    assert len(caught.value.response["Error"]["Message"]) < 1200
