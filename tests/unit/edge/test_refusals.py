import pytest

from penchant.domain.errors import InternalFailure
from penchant.edge.asgi import EXCHANGE, Exchange
from penchant.edge.refusals import Refusals
from penchant.protocol.faults import Dialect
from penchant.protocol.sigv4 import Reason, RefusedError

REFUSALS = Refusals(["/recommendations", "/events"])


def scope(path="/", *, method="POST", service="", presigned=False, **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    credential = f"AKID/20260102/eu-west-1/{service}/aws4_request"
    if service and not presigned:
        pairs.append((b"authorization", f"AWS4-HMAC-SHA256 Credential={credential}, x".encode()))
    query = f"X-Amz-Credential={credential.replace('/', '%2F')}&a=b" if presigned else ""
    return {
        "path": path,
        "method": method,
        "headers": pairs,
        "query_string": query.encode(),
        EXCHANGE: Exchange("id", 0.0),
    }


@pytest.mark.parametrize(
    ("request_", "dialect"),
    [
        (scope(x_amz_target="a"), Dialect.JSON),
        (scope(service="ssm", x_amz_target="a"), Dialect.JSON),
        (scope("/recommendations"), Dialect.REST_JSON),
        (scope("/foo", service="personalize"), Dialect.REST_JSON),
        (scope("/recommendations", method="GET"), Dialect.S3),
        (scope("/recommendations", service="s3"), Dialect.S3),
        (scope("/b/k", service="s3", presigned=True), Dialect.S3),
        (scope("/b/k"), Dialect.S3),
        (scope(service="sts"), Dialect.QUERY),
        (scope(service="iam", presigned=True), Dialect.QUERY),
        (scope(content_type="application/x-www-form-urlencoded; charset=utf-8"), Dialect.QUERY),
        (scope(service="monitoring", smithy_protocol="rpc-v2-cbor"), Dialect.CBOR),
    ],
)
def test_the_protocol_is_told_from_the_head_of_a_request(request_, dialect):
    assert REFUSALS.dialect_of(request_) is dialect


@pytest.mark.parametrize(
    ("service", "reason", "code", "status"),
    [
        ("personalize", Reason.MISSING, "MissingAuthenticationTokenException", 403),
        ("personalize", Reason.INCOMPLETE, "IncompleteSignatureException", 400),
        ("personalize", Reason.UNKNOWN_KEY, "UnrecognizedClientException", 403),
        ("personalize", Reason.MISMATCH, "InvalidSignatureException", 400),
        ("personalize", Reason.WRONG_BODY, "InvalidSignatureException", 400),
        ("personalize", Reason.SKEWED, "InvalidSignatureException", 400),
        ("personalize", Reason.EXPIRED, "InvalidSignatureException", 400),
        ("sts", Reason.MISSING, "MissingAuthenticationToken", 403),
        ("sts", Reason.INCOMPLETE, "IncompleteSignature", 400),
        ("sts", Reason.UNKNOWN_KEY, "InvalidClientTokenId", 403),
        ("sts", Reason.MISMATCH, "SignatureDoesNotMatch", 403),
        ("sts", Reason.SKEWED, "SignatureDoesNotMatch", 403),
        ("s3", Reason.MISSING, "AccessDenied", 403),
        ("s3", Reason.INCOMPLETE, "AuthorizationHeaderMalformed", 400),
        ("s3", Reason.UNKNOWN_KEY, "InvalidAccessKeyId", 403),
        ("s3", Reason.MISMATCH, "SignatureDoesNotMatch", 403),
        ("s3", Reason.WRONG_BODY, "XAmzContentSHA256Mismatch", 400),
        ("s3", Reason.SKEWED, "RequestTimeTooSkewed", 403),
        ("s3", Reason.EXPIRED, "AccessDenied", 403),
    ],
)
def test_every_reason_has_a_code_in_every_protocol(service, reason, code, status):
    request = scope(service=service)
    answer = REFUSALS.of_refused(request, RefusedError(reason, "why"))
    assert answer.status == status
    assert request[EXCHANGE].error == code
    assert code.encode() in answer.body + b"".join(value for _, value in answer.headers)


def test_an_error_keeps_its_status_unless_told_otherwise():
    error = InternalFailure("x")
    assert REFUSALS.of_error(scope(service="personalize"), error).status == 500
    assert REFUSALS.of_error(scope(service="personalize"), error, 503).status == 503
    assert b"<Code>InternalError</Code>" in REFUSALS.of_error(scope(service="s3"), error).body
