"""Requests that nobody with a key has signed are refused, whatever was changed in them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

MISMATCH = "The request signature we calculated does not match the signature you provided."


def refused(answer):
    assert answer.status_code in (400, 403)
    return answer.headers["x-amzn-errortype"], json.loads(answer.content)["message"]


@pytest.fixture
def request_(echo):
    return echo.signed(
        "/recommendations", b'{"userId": "1"}', **{"Content-Type": "application/json"}
    )


def test_an_untouched_request_is_answered(echo, request_):
    assert echo.send(request_).status_code == 200


@pytest.mark.parametrize("name", ["X-Amz-Date", "Content-Type", "Host"])
def test_a_changed_header_is_refused(echo, request_, name):
    changed = {
        "X-Amz-Date": (datetime.now(UTC) + timedelta(seconds=3)).strftime("%Y%m%dT%H%M%SZ"),
        "Content-Type": "text/plain",
        "Host": "example.com",
    }
    del request_.headers[name]
    request_.headers[name] = changed[name]
    code, message = refused(echo.send(request_))
    assert code == "InvalidSignatureException"
    assert message.startswith(MISMATCH)


def test_a_changed_target_is_refused(echo):
    request = echo.signed("/", b"{}", "ListSchemas")
    request.headers.replace_header("X-Amz-Target", "AmazonPersonalize.ListSolutions")
    answer = echo.send(request)
    assert answer.status_code == 400
    assert json.loads(answer.content)["__type"] == "InvalidSignatureException"


def test_a_target_added_later_is_refused(echo, request_):
    request_.headers["X-Amz-Target"] = "AmazonPersonalize.DeleteSchema"
    answer = echo.send(request_)
    assert answer.status_code == 400
    assert json.loads(answer.content)["__type"] == "IncompleteSignatureException"


def test_a_changed_body_is_refused(echo, request_):
    request_.data = b'{"userId": "2"}'
    assert refused(echo.send(request_))[0] == "InvalidSignatureException"


def test_a_changed_path_is_refused(echo, request_):
    request_.url = request_.url.replace("/recommendations", "/personalize-ranking")
    assert refused(echo.send(request_))[0] == "InvalidSignatureException"


def test_an_added_query_is_refused(echo, request_):
    request_.url += "?a=b"
    assert refused(echo.send(request_))[0] == "InvalidSignatureException"


def test_a_changed_signature_is_refused(echo, request_):
    right = request_.headers["Authorization"]
    request_.headers.replace_header(
        "Authorization", right[:-1] + ("0" if right[-1] != "0" else "1")
    )
    assert refused(echo.send(request_))[0] == "InvalidSignatureException"


def test_a_changed_region_is_refused(echo, request_):
    right = request_.headers["Authorization"]
    request_.headers.replace_header("Authorization", right.replace("eu-west-1", "us-east-1"))
    assert refused(echo.send(request_))[0] == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("minutes", "words"), [(-6, "Signature expired: "), (6, "Signature not yet current: ")]
)
def test_a_clock_that_is_wrong_is_refused(echo, monkeypatch, minutes, words):
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now)
    code, message = refused(echo.post("/recommendations", b"{}"))
    assert code == "InvalidSignatureException"
    assert message.startswith(words)


def test_a_wrong_secret_is_refused_with_the_text_that_people_know(echo):
    client = echo.client("personalize", aws_secret_access_key="wrong")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.list_schemas()
    assert caught.value.response["Error"] == {
        "Code": "InvalidSignatureException",
        "Message": f"{MISMATCH} Check your AWS Secret Access Key and signing method. Consult the "
        "service documentation for details.",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("service", ["personalize", "personalize-runtime"])
def test_an_unknown_key_is_refused(echo, service):
    client = echo.client(service, aws_access_key_id="AKIDSTRANGER")
    call = client.list_schemas if service == "personalize" else client.get_recommendations
    with pytest.raises(client.exceptions.ClientError) as caught:
        call()
    assert caught.value.response["Error"] == {
        "Code": "UnrecognizedClientException",
        "Message": "The security token included in the request is invalid.",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {"X-Amz-Target": "AmazonPersonalize.ListSchemas"}, b'"__type":"MissingAuthenticat'),
        ("/recommendations", {}, b'{"message":"Missing Authentication Token"}'),
        ("/bucket/key", {}, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"),
        (
            "/",
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"<ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>",
        ),
    ],
)
def test_an_unsigned_request_is_refused_in_its_own_protocol(echo, path, headers, expected):
    request = AWSRequest("POST", f"{echo.address}{path}", data=b"{}", headers=headers)
    answer = echo.send(request)
    assert answer.status_code == 403
    assert expected in answer.content


def test_another_scheme_of_authorization_is_told_what_is_needed(echo):
    headers = {"Authorization": "Bearer x", "X-Amz-Date": "20260102T030405Z"}
    request = AWSRequest("POST", f"{echo.address}/recommendations", data=b"{}", headers=headers)
    answer = echo.send(request)
    assert answer.status_code == 400
    assert refused(answer) == (
        "IncompleteSignatureException",
        "Unsupported AWS 'algorithm': 'Bearer'; sign with AWS4-HMAC-SHA256.",
    )


def test_a_presigned_request_is_answered_until_it_expires(serve, recorder, apis):
    now = [datetime.now(UTC)]
    live = serve(recorder.operations(apis), clock=lambda: now[0])
    request = AWSRequest("POST", f"{live.address}/recommendations")
    credentials = Credentials(live.key.id, live.key.secret)
    SigV4QueryAuth(credentials, "personalize", "eu-west-1", expires=60).add_auth(request)
    assert live.send(request).status_code == 200
    now[0] += timedelta(seconds=62)
    assert refused(live.send(request))[0] == "InvalidSignatureException"


@pytest.mark.parametrize(("token", "status"), [("right", 200), ("wrong", 403), (None, 403)])
@pytest.mark.parametrize("signer", [SigV4Auth, SigV4QueryAuth])
def test_a_temporary_key_needs_its_session_token(serve, recorder, apis, signer, token, status):
    live = serve(recorder.operations(apis), session_token="right")
    key = live.key
    request = AWSRequest("POST", f"{live.address}/recommendations", data=b"")
    signer(Credentials(key.id, key.secret, token), "personalize", "eu-west-1").add_auth(request)
    answer = live.send(request)
    assert answer.status_code == status
    if status != 200:
        assert refused(answer)[0] == "UnrecognizedClientException"


def test_a_credential_of_another_service_is_named(echo):
    request = AWSRequest("POST", f"{echo.address}/", data=b"{}")
    request.headers["X-Amz-Target"] = "AmazonPersonalize.ListSchemas"
    credentials = Credentials(echo.key.id, echo.key.secret)
    SigV4Auth(credentials, "execute-api", "eu-west-1").add_auth(request)
    answer = echo.send(request)
    assert json.loads(answer.content) == {
        "__type": "InvalidSignatureException",
        "message": "Credential should be scoped to correct service: 'personalize', got "
        "'execute-api'.",
    }
