"""The watch over answers: it lets good ones through and names what is wrong with others."""

import asyncio
import math
from datetime import UTC, datetime

import pytest
from botocore import handlers

from penchant.protocol.catalogue import load_apis

from ..answers import WrongAnswerError, check, check_bytes, checked, operation_classes

OPERATIONS = {operation.name: operation for operation in load_apis()}
ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/c"
ERROR = b'{"__type": "%s", "message": "%s"}'


def wrong(name, answer, *, wire=True):
    with pytest.raises(WrongAnswerError) as caught:
        check(OPERATIONS[name], answer, wire=wire)
    return str(caught.value)


def test_a_good_answer_passes():
    summary = {"name": "c", "campaignArn": ARN, "status": "ACTIVE", "creationDateTime": 1.5}
    check(OPERATIONS["ListCampaigns"], {"campaigns": [summary], "nextToken": "t"}, wire=True)
    ranked = [{"itemId": "1", "score": 1, "metadata": {"title": "Vertigo"}}]
    check(OPERATIONS["GetPersonalizedRanking"], {"personalizedRanking": ranked}, wire=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"later": 1}, "DescribeCampaignResponse at DescribeCampaign has no member 'later'"),
        ({"campaign": []}, "DescribeCampaign.campaign is no object: []"),
        ({"campaign": {"name": None}}, "DescribeCampaign.campaign.name is no string: None"),
        ({"campaign": {"name": "-c"}}, "does not match ^[a-zA-Z0-9]"),
        ({"campaign": {"name": "c" * 64}}, "name is 64, beyond 1 to 63 of Name"),
        ({"campaign": {"minProvisionedTPS": 0}}, "is 0, beyond 1 to inf of TransactionsPerSecond"),
        ({"campaign": {"minProvisionedTPS": True}}, "is no integer: True"),
        ({"campaign": {"minProvisionedTPS": 1.0}}, "is no integer: 1.0"),
        ({"campaign": {"creationDateTime": "2026-01-01"}}, "is no timestamp: '2026-01-01'"),
        ({"campaign": {"creationDateTime": math.inf}}, "is not finite: inf"),
        ({"campaign": {"campaignArn": "c"}}, "campaignArn does not match arn:"),
        (
            {"campaign": {"campaignConfig": {"rankingInfluence": {"TASTE": 1}}}},
            "the key 'TASTE' of DescribeCampaign.campaign.campaignConfig.rankingInfluence is none",
        ),
        (
            {"campaign": {"campaignConfig": {"rankingInfluence": {"POPULARITY": 2}}}},
            "POPULARITY is 2, beyond 0",
        ),
    ],
)
def test_what_is_wrong_is_named(answer, words):
    assert words in wrong("DescribeCampaign", answer)


def test_lists_and_maps_are_looked_into():
    assert "has no member 'rank'" in wrong("GetRecommendations", {"itemList": [{"rank": 1}]})
    assert "itemList is no list: {}" in wrong("GetRecommendations", {"itemList": {}})
    item = {"itemId": "1", "metadata": {"title": 3}}
    assert "metadata.title is no string: 3" in wrong("GetRecommendations", {"itemList": [item]})
    assert "metrics is no object" in wrong("GetSolutionMetrics", {"metrics": 3})
    tag = {"tagKey": "team"}
    assert "tags[0] lacks 'tagValue', which Tag req" in wrong(
        "ListTagsForResource", {"tags": [tag]}
    )


def test_where_the_service_does_not_keep_to_its_model_neither_form_is_wrong():
    for name in ("best", "best/0123abcd"):
        version = {"solutionVersion": {"name": name}}
        check(OPERATIONS["DescribeSolutionVersion"], version, wire=True)
    assert "name does not match" in wrong(
        "DescribeSolutionVersion", {"solutionVersion": {"name": "best/of"}}
    )
    assert "name does not match" not in wrong("DescribeCampaign", {"campaign": {"status": 1}})
    job = {"roleArn": "arn:aws:iam::123456789012:role/r"}
    check(OPERATIONS["DescribeDatasetExportJob"], {"datasetExportJob": job}, wire=True)


def test_none_and_datetimes_are_good_in_results_and_not_on_the_wire():
    answer = {"schema": {"domain": None, "creationDateTime": datetime(2026, 1, 1, tzinfo=UTC)}}
    check(OPERATIONS["DescribeSchema"], answer, wire=False)
    found = wrong("DescribeSchema", answer)
    assert "domain is no string: None" in found
    assert "creationDateTime is no timestamp" in found


def test_an_operation_without_an_output_answers_nothing():
    check(OPERATIONS["DeleteSchema"], {}, wire=True)
    assert "DeleteSchema answers nothing" in wrong("DeleteSchema", {"schemaArn": ARN})
    check_bytes(OPERATIONS["PutEvents"], 200, {}, b"")
    with pytest.raises(WrongAnswerError, match="PutEvents answers without a body"):
        check_bytes(OPERATIONS["PutEvents"], 200, {}, b"{}")


def test_an_error_is_one_that_the_operation_lists_and_has_a_message():
    operation = OPERATIONS["DescribeSchema"]
    found = check_bytes(operation, 400, {}, ERROR % (b"ResourceNotFoundException", b"no"))
    assert found == "ResourceNotFoundException"
    assert check_bytes(operation, 400, {}, ERROR % (b"ThrottlingException", b"slowly"))
    with pytest.raises(WrongAnswerError, match="lists no ResourceInUseException: no"):
        check_bytes(operation, 400, {}, ERROR % (b"ResourceInUseException", b"no"))
    with pytest.raises(WrongAnswerError, match="answers the error"):
        check_bytes(operation, 400, {}, ERROR % (b"ResourceNotFoundException", b""))
    rest = OPERATIONS["GetRecommendations"]
    headers = {"x-amzn-errortype": "ResourceNotFoundException"}
    assert check_bytes(rest, 404, headers, b'{"message": "no"}') == "ResourceNotFoundException"
    with pytest.raises(WrongAnswerError):
        check_bytes(rest, 404, headers, ERROR % (b"ResourceNotFoundException", b"no"))


def test_a_checked_method_fails_with_a_wrong_result():
    def list_schemas(self, *, schemas):
        return {"schemas": schemas}

    async def put_events(self):
        return {"events": 1}

    method = checked(OPERATIONS["ListSchemas"], list_schemas)
    assert method(None, schemas=[{"name": "s"}]) == {"schemas": [{"name": "s"}]}
    with pytest.raises(WrongAnswerError, match="has no member 'text'"):
        method(None, schemas=[{"text": "{}"}])
    with pytest.raises(WrongAnswerError):
        asyncio.run(checked(OPERATIONS["PutEvents"], put_events)(None))


def test_the_classes_of_the_services_have_every_operation_once():
    methods = [name for desk in operation_classes() for name in vars(desk)]
    assert {methods.count(one) for one in ("create_schema", "put_events", "tag_resource")} == {1}


def test_every_client_of_the_test_run_is_watched(request):
    watching = [spec[1] for spec in handlers.BUILTIN_HANDLERS if spec[0] == "before-parse"]
    assert [one.__qualname__ for one in watching].count("Witness.see") == 1
    assert request.node.user_properties == []
