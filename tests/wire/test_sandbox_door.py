"""Requests that are signed for other services: let through whole, or refused as those refuse."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from penchant.protocol import sigv4


class Sandbox:
    """An ASGI application that takes everything and remembers it."""

    def __init__(self):
        self.scopes, self.bodies = [], []

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.scopes.append(scope)
        self.bodies.append(body)
        content = b"<R><GetCallerIdentityResult/></R>"
        headers = [(b"content-length", b"%d" % len(content)), (b"content-type", b"text/xml")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def sandbox():
    return Sandbox()


@pytest.fixture(scope="module")
def live(serve, sandbox):
    return serve({}, sandbox=sandbox)


def test_a_put_to_s3_arrives_with_its_signature_and_its_body_unread(live, sandbox):
    live.client("s3").put_object(Bucket="recommendations", Key="a b/ü.csv", Body=b"x" * 100_000)
    scope = sandbox.scopes[-1]
    signature = scope["penchant.signature"]
    assert isinstance(signature, sigv4.Signature)
    assert (signature.service, signature.region) == ("s3", "eu-west-1")
    assert scope["raw_path"] == b"/recommendations/a%20b/%C3%BC.csv"
    assert scope["penchant.account"] == "123456789012"
    assert scope["penchant.signing_key"] == sigv4.signing_key(
        live.key.secret, signature.date, "eu-west-1", "s3"
    )
    assert b"x" * 100_000 in sandbox.bodies[-1]


def test_an_upload_in_chunks_says_so(live, sandbox):
    request = AWSRequest("PUT", f"{live.address}/b/k", data=b"0\r\n\r\n")
    request.headers["X-Amz-Content-SHA256"] = sigv4.STREAMING_UNSIGNED_TRAILER
    signer = S3SigV4Auth(Credentials(live.key.id, live.key.secret), "s3", "eu-west-1")
    signer.payload = lambda request: sigv4.STREAMING_UNSIGNED_TRAILER
    signer.add_auth(request)
    assert live.send(request).status_code == 200
    assert sandbox.scopes[-1]["penchant.signature"].payload_hash == sigv4.STREAMING_UNSIGNED_TRAILER


def test_a_body_of_another_service_is_verified_and_handed_on(live, sandbox):
    live.client("sts").get_caller_identity()
    assert sandbox.bodies[-1] == b"Action=GetCallerIdentity&Version=2011-06-15"
    assert sandbox.scopes[-1]["penchant.signature"].service == "sts"


def test_a_presigned_url_of_s3_is_let_through(live, sandbox):
    client = live.client("s3", config={"signature_version": "s3v4"})
    url = client.generate_presigned_url(
        "get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=60
    )
    assert live.send(AWSRequest("GET", url)).status_code == 200
    assert sandbox.scopes[-1]["penchant.signature"].presigned


def test_a_url_presigned_by_version_2_is_let_through_with_the_headers_in_its_query(live, sandbox):
    client = live.client("s3", region_name="us-east-1")
    url = client.generate_presigned_url(
        "put_object", Params={"Bucket": "b", "Key": "k", "Metadata": {"a": "1"}}
    )
    assert "AWSAccessKeyId=" in url
    assert live.send(AWSRequest("PUT", url, data=b"hello")).status_code == 200
    scope, signature = sandbox.scopes[-1], sandbox.scopes[-1]["penchant.signature"]
    assert (signature.service, signature.region) == ("s3", "us-east-1")
    assert (signature.presigned, signature.payload_hash) == (True, sigv4.UNSIGNED_PAYLOAD)
    assert scope["penchant.account"] == "123456789012"
    assert (b"x-amz-meta-a", b"1") in scope["headers"]
    assert sandbox.bodies[-1] == b"hello"


def test_a_temporary_key_of_version_2_needs_its_session_token(serve, sandbox):
    live = serve({}, sandbox=sandbox, session_token="right")
    for token, status in (("right", 200), ("wrong", 403), (None, 403)):
        client = live.client("s3", region_name="us-east-1", aws_session_token=token)
        url = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
        assert live.send(AWSRequest("GET", url)).status_code == status


def presigned_by_version_2(live, **given):
    client = live.client("s3", region_name="us-east-1", **given)
    return client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})


@pytest.mark.parametrize(
    ("given", "old", "new", "expected"),
    [
        ({"aws_access_key_id": "AKIDSTRANGER"}, "", "", (403, b"<Code>InvalidAccessKeyId</Code>")),
        ({"aws_secret_access_key": "wrong"}, "", "", (403, b"<Code>SignatureDoesNotMatch</Code>")),
        ({}, "/b/k", "/b/other", (403, b"<Code>SignatureDoesNotMatch</Code>")),
        ({}, "Expires=", "Expires=x", (400, b"(should be seconds since epoch): 'x")),
        ({}, "Signature=", "Sign=", (400, b"requires the parameters Signature, Expires")),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_url_of_version_2_has_the_codes_of_s3(live, method, given, old, new, expected):
    url = presigned_by_version_2(live, **given).replace(old, new)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    answer = live.send(AWSRequest(method, url, headers=headers))
    assert answer.status_code == expected[0]
    assert expected[1] in answer.content


def test_an_expired_url_of_version_2_says_so(live, monkeypatch):
    with monkeypatch.context() as patched:
        then = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
        patched.setattr("botocore.auth.time.time", lambda: then)
        url = presigned_by_version_2(live)
    answer = live.send(AWSRequest("GET", url))
    assert answer.status_code == 403
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.content


def test_version_2_reaches_no_service_but_s3(serve, recorder, apis, sandbox):
    live = serve(recorder.operations(apis), sandbox=sandbox)
    signer = HmacV1QueryAuth(Credentials(live.key.id, live.key.secret))
    hot = AWSRequest("POST", f"{live.address}/recommendations", data=b"{}")
    signer.add_auth(hot)
    assert live.send(hot).status_code == 200
    assert sandbox.scopes[-1]["penchant.signature"].service == "s3"
    headers = {"X-Amz-Target": "AmazonPersonalize.ListSchemas"}
    target = AWSRequest("POST", f"{live.address}/", data=b"{}", headers=headers)
    signer.add_auth(target)
    answer = live.send(target)
    assert answer.status_code == 400
    assert b"scoped to correct service: 'personalize', got 's3'" in answer.content
    assert recorder.calls == []


def test_version_2_in_a_header_is_told_what_is_wanted(live):
    client = live.client("s3", config={"signature_version": "s3"})
    with pytest.raises(ClientError, match="'AWS'; sign with AWS4-HMAC-SHA256"):
        client.list_buckets()


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


STRANGER = {"aws_access_key_id": "AKIDSTRANGER"}
WRONG = {"aws_secret_access_key": "wrong"}


@pytest.mark.parametrize(
    ("service", "call", "given", "expected"),
    [
        ("s3", "list_buckets", STRANGER, ("InvalidAccessKeyId", 403)),
        ("s3", "list_buckets", WRONG, ("SignatureDoesNotMatch", 403)),
        ("sts", "get_caller_identity", STRANGER, ("InvalidClientTokenId", 403)),
        ("sts", "get_caller_identity", WRONG, ("SignatureDoesNotMatch", 403)),
        ("iam", "list_roles", WRONG, ("SignatureDoesNotMatch", 403)),
        ("ssm", "describe_parameters", STRANGER, ("UnrecognizedClientException", 403)),
        ("ssm", "describe_parameters", WRONG, ("InvalidSignatureException", 400)),
        ("cloudwatch", "list_metrics", STRANGER, ("UnrecognizedClientException", 403)),
        ("cloudwatch", "list_metrics", WRONG, ("InvalidSignatureException", 400)),
    ],
)
def test_a_refused_request_has_the_code_of_its_service(live, service, call, given, expected):
    assert refusal(getattr(live.client(service, **given), call)) == expected


def test_a_refused_head_has_no_body(live):
    client = live.client("s3", **WRONG)
    assert refusal(client.head_object, Bucket="b", Key="k") == ("403", 403)


def test_a_refused_upload_of_many_bytes_is_answered(live):
    client = live.client("s3", **WRONG)
    code = refusal(client.put_object, Bucket="b", Key="k", Body=b"x" * 3_000_000)
    assert code == ("SignatureDoesNotMatch", 403)


def test_an_old_request_to_s3_is_too_skewed(live, monkeypatch):
    then = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=16)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    assert refusal(live.client("s3").list_buckets) == ("RequestTimeTooSkewed", 403)


def test_an_expired_url_of_s3_says_so(live, monkeypatch):
    then = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=62)
    request = AWSRequest("GET", f"{live.address}/b/k")
    credentials = Credentials(live.key.id, live.key.secret)
    with monkeypatch.context() as patched:
        patched.setattr("botocore.auth.get_current_datetime", lambda: then)
        S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=60).add_auth(request)
    answer = live.send(request)
    assert answer.status_code == 403
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.content
    assert b"<Resource>/b/k</Resource>" in answer.content


def test_without_a_sandbox_the_answer_says_where_to_go(serve):
    live = serve({})
    with pytest.raises(ClientError) as caught:
        live.client("ssm").describe_parameters()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "Send requests of 'ssm' there." in caught.value.response["Error"]["Message"]
    assert refusal(live.client("s3").list_buckets) == ("NotImplemented", 501)


def test_a_sandbox_that_fails_is_an_internal_error(serve, caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("out of order")

    caplog.set_level(logging.ERROR)
    live = serve({}, sandbox=broken)
    assert refusal(live.client("s3").list_buckets) == ("InternalError", 500)
    assert refusal(live.client("sts").get_caller_identity) == ("InternalFailure", 500)
