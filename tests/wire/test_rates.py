"""Bounds on requests per second, as clients meet them."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from penchant.settings import Settings

ARN = "arn:aws:personalize:eu-west-1:123456789012:"
CALLS = {
    "put_items": (
        "personalize-events",
        {"datasetArn": f"{ARN}dataset/shop/ITEMS", "items": [{"itemId": "1"}]},
    ),
    "put_events": (
        "personalize-events",
        {
            "trackingId": "t",
            "sessionId": "s",
            "eventList": [{"eventType": "click", "sentAt": 0}],
        },
    ),
    "get_recommendations": ("personalize-runtime", {"campaignArn": f"{ARN}campaign/c"}),
    "list_schemas": ("personalize", {}),
}


@pytest.fixture(scope="module")
def live(serve, apis):
    """A server on which the operations of `CALLS` do nothing, a few times per second."""

    def nothing(caller, **arguments):
        return {}

    settings = Settings(rate_put_items=4, rate_put_events=4, rate_runtime=4, rate_control_plane=4)
    return serve(dict.fromkeys(CALLS, nothing), settings=settings)


def call(live, name, **retries):
    service, arguments = CALLS[name]
    client = boto3.Session().client(
        service,
        endpoint_url=live.address,
        region_name="eu-west-1",
        aws_access_key_id=live.key.id,
        aws_secret_access_key=live.key.secret,
        config=Config(retries=retries),
    )
    return lambda: getattr(client, name)(**arguments)["ResponseMetadata"]


@pytest.mark.parametrize("name", CALLS)
def test_a_client_that_does_not_try_again_is_told_that_it_is_throttled(live, name):
    send = call(live, name, total_max_attempts=1)
    with pytest.raises(ClientError, match="Rate exceeded: more than 4 requests") as caught:
        [send() for _ in range(50)]
    response = caught.value.response
    assert response["Error"]["Code"] == "ThrottlingException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_client_that_tries_again_gets_all_its_answers(live, mode):
    send = call(live, "put_items", mode=mode, total_max_attempts=12)
    answers = [send() for _ in range(7)]
    assert {answer["HTTPStatusCode"] for answer in answers} == {200}
    assert sum(answer["RetryAttempts"] for answer in answers) > 0
