from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from penchant.protocol import canonical, sigv4, verification
from penchant.protocol.signature_forms import read

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


BODY = b'{"name": "a"}'


def signed_by_botocore(
    signer, service, path="/", *, method="POST", body=BODY, headers=None, **more
):
    request = AWSRequest(method, f"http://localhost:8080{path}", data=body, headers=headers or {})
    signer(Credentials("AKID", SECRET), service, "eu-west-1", **more).add_auth(request)
    prepared = request.prepare()
    path, _, query = prepared.url.removeprefix("http://localhost:8080").partition("?")
    pairs = [(b"host", b"localhost:8080")]
    pairs += [(n.lower().encode(), _bytes(v)) for n, v in prepared.headers.items()]
    return sigv4.SignedRequest(method, path.encode(), query.encode(), canonical.fold(pairs))


def _bytes(value):
    return value if isinstance(value, bytes) else value.encode()


def verify(request, *, body=BODY, secret=SECRET, now=None, skew_s=300):
    signature = read(request.headers, request.query_string)
    body_hash = None if signature.service == "s3" else sha256(body).hexdigest()
    return verification.verify(
        signature, secret, request, body_hash=body_hash, now=now or datetime.now(UTC), skew_s=skew_s
    )


@pytest.fixture
def request_():
    return signed_by_botocore(
        SigV4Auth,
        "personalize",
        headers={"X-Amz-Target": "AmazonPersonalize.ListSchemas", "Content-Type": "a/b"},
    )


def refusal(*args, **keywords):
    with pytest.raises(sigv4.RefusedError) as caught:
        verify(*args, **keywords)
    return caught.value.reason, caught.value.message


def with_headers(request, **changes):
    headers = dict(request.headers)
    for name, value in changes.items():
        headers[name.replace("_", "-").encode()] = value
    return replace(request, headers=headers)


def test_a_header_signature_of_botocore_is_accepted(request_):
    signature = read(request_.headers, b"")
    assert (signature.access_key_id, signature.region, signature.service) == (
        "AKID",
        "eu-west-1",
        "personalize",
    )
    key = sigv4.signing_key(SECRET, signature.date, "eu-west-1", "personalize")
    assert verify(request_) == key


def test_a_signature_dated_by_the_date_header_is_accepted():
    request = signed_by_botocore(SigV4Auth, "personalize", headers={"Date": "x"})
    assert b"x-amz-date" not in request.headers
    assert verify(request)
    reason, _ = refusal(with_headers(request, date=b"Mon, 01 Jan 2024 00:00:00 GMT"))
    assert reason is sigv4.Reason.MISMATCH


@pytest.mark.parametrize("path", ["/a%20b/%C3%BC?acl&prefix=x%2Fy", "/b/a//b/../c", "/b/~x+y"])
def test_an_s3_signature_of_botocore_is_accepted(path):
    assert verify(signed_by_botocore(S3SigV4Auth, "s3", path))


@pytest.mark.parametrize("path", ["/b/k", "/b/a%20b?versionId=1%2B2"])
def test_a_presigned_s3_request_is_accepted(path):
    request = signed_by_botocore(S3SigV4QueryAuth, "s3", path, method="GET", body=b"", expires=60)
    assert read(request.headers, request.query_string).payload_hash == "UNSIGNED-PAYLOAD"
    assert verify(request)


def test_a_presigned_request_of_another_service_covers_its_body():
    request = signed_by_botocore(SigV4QueryAuth, "sts", "/?a=b", body=b"", expires=60)
    assert verify(request, body=b"")
    assert refusal(request, body=b"other")[0] is sigv4.Reason.MISMATCH


def test_a_wrong_secret_does_not_match(request_):
    reason, message = refusal(request_, secret="other")
    assert reason is sigv4.Reason.MISMATCH
    assert message.startswith("The request signature we calculated does not match the signature")


def test_another_body_does_not_match(request_):
    assert refusal(request_, body=b"{}")[0] is sigv4.Reason.MISMATCH


def test_a_stated_body_hash_must_be_the_hash_of_the_body():
    headers = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    request = signed_by_botocore(SigV4Auth, "personalize", headers=headers)
    reason, message = refusal(request)
    assert reason is sigv4.Reason.WRONG_BODY
    assert "x-amz-content-sha256 says 'UNSIGNED-PAYLOAD', the body's hash is" in message


def test_s3_demands_a_stated_body_hash():
    request = signed_by_botocore(SigV4Auth, "s3")
    assert refusal(request)[1] == "Missing required header for this request: x-amz-content-sha256"


@pytest.mark.parametrize("name", ["host", "x-amz-target", "content-type", "x-amz-date"])
def test_every_signed_header_is_covered(request_, name):
    if name == "x-amz-date":
        value = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y%m%dT%H%M%SZ").encode()
    else:
        value = request_.headers[name.encode()] + b"x"
    reason, _ = refusal(with_headers(request_, **{name: value}))
    assert reason is sigv4.Reason.MISMATCH


@pytest.mark.parametrize("name", [b"host", b"x-amz-target", b"content-type"])
def test_a_signed_header_must_be_there(request_, name):
    headers = {n: v for n, v in request_.headers.items() if n != name}
    reason, message = refusal(replace(request_, headers=headers))
    assert reason is sigv4.Reason.INCOMPLETE
    assert f"The header '{name.decode()}' is named in SignedHeaders but is not in the" in message


def test_an_amazon_header_that_is_not_signed_is_refused(request_):
    reason, message = refusal(with_headers(request_, x_amz_acl=b"public"))
    assert reason is sigv4.Reason.INCOMPLETE
    assert "headers present in the request which were not signed: x-amz-acl." in message


def test_other_headers_may_be_added_on_the_way(request_):
    assert verify(with_headers(request_, x_forwarded_for=b"1.2.3.4"))


def test_host_has_to_be_signed(request_):
    changed = request_.headers[b"authorization"].replace(b"host;", b"")
    reason, message = refusal(with_headers(request_, authorization=changed))
    assert reason is sigv4.Reason.INCOMPLETE
    assert "'Host' or ':authority' must be a 'SignedHeader'" in message


@pytest.mark.parametrize(
    ("change"),
    [{"method": "PUT"}, {"raw_path": b"/events"}, {"query_string": b"a=b"}],
)
def test_method_path_and_query_are_covered(request_, change):
    assert refusal(replace(request_, **change))[0] is sigv4.Reason.MISMATCH


def test_an_old_signature_has_expired(request_):
    stamp = read(request_.headers, b"").signed_at
    assert verify(request_, now=stamp + timedelta(seconds=300))
    now = datetime(2026, 1, 2, 3, 10, 1, tzinfo=UTC)
    reason, message = refusal(
        with_headers(
            request_,
            x_amz_date=b"20260102T030500Z",
            authorization=(
                request_.headers[b"authorization"].replace(
                    stamp.strftime("%Y%m%d").encode(), b"20260102"
                )
            ),
        ),
        now=now,
    )
    assert reason is sigv4.Reason.SKEWED
    assert message == (
        "Signature expired: 20260102T030500Z is now earlier than 20260102T030501Z "
        "(20260102T031001Z - 5 min.)"
    )


def test_a_signature_of_the_future_is_not_yet_current(request_):
    stamp = read(request_.headers, b"").signed_at
    assert verify(request_, now=stamp - timedelta(seconds=30), skew_s=30)
    reason, message = refusal(request_, now=stamp - timedelta(seconds=31), skew_s=30)
    assert reason is sigv4.Reason.SKEWED
    assert message.startswith("Signature not yet current: ")
    assert message.endswith(" + 30 s.)")


def test_a_presigned_request_expires_after_its_own_time():
    request = signed_by_botocore(
        S3SigV4QueryAuth, "s3", "/b/k", method="GET", body=b"", expires=900
    )
    stamp = read(request.headers, request.query_string).signed_at
    assert verify(request, now=stamp + timedelta(seconds=900))
    reason, message = refusal(request, now=stamp + timedelta(seconds=901))
    assert reason is sigv4.Reason.EXPIRED
    assert message.startswith("Signature expired: ")
    reason, _ = refusal(request, now=stamp - timedelta(seconds=301))
    assert reason is sigv4.Reason.EXPIRED


def test_the_scope_has_to_name_the_day_of_the_signature(request_):
    stamp = read(request_.headers, b"").date.encode()
    changed = request_.headers[b"authorization"].replace(b"/" + stamp + b"/", b"/20200101/")
    reason, message = refusal(with_headers(request_, authorization=changed))
    assert reason is sigv4.Reason.MISMATCH
    assert message.startswith("Date in Credential scope does not match YYYYMMDD")


@pytest.mark.parametrize("date", [b"yesterday", b"2026-01-02T03:04", b"20260231T000000Z"])
def test_the_date_has_to_be_a_date(request_, date):
    reason, message = refusal(with_headers(request_, x_amz_date=date))
    assert reason is sigv4.Reason.INCOMPLETE
    assert f"Date must be in ISO-8601 'basic format'. Got '{date.decode()}'" in message


@given(st.binary(), st.binary(), st.binary())
@example(b"AWS4-HMAC-SHA256 Credential=////, SignedHeaders=a, Signature=0", b"\xff", b"\xff")
@example(
    b"AWS4-HMAC-SHA256 Credential=a/\xff/c/d/aws4_request, SignedHeaders=host;\xff, Signature=0",
    b"\xff" * 16,
    b"",
)
@example(
    b"AWS4-HMAC-SHA256 Credential=a/20260102/c/d/aws4_request, SignedHeaders=host, Signature=0",
    b"20260102T030405Z",
    b"\xff",
)
def test_whatever_is_sent_is_refused_and_nothing_worse(authorization, date, payload_hash):
    headers = {
        b"authorization": authorization,
        b"x-amz-date": date,
        b"x-amz-content-sha256": payload_hash,
        b"host": b"h",
    }
    request = sigv4.SignedRequest("POST", b"/", b"", headers)
    with pytest.raises(sigv4.RefusedError):
        verify(request)


@given(st.binary())
@example(b"X-Amz-Signature=%ff&X-Amz-Credential=%ff/20260102/%ff/s3/aws4_request")
def test_whatever_query_is_sent_is_refused_and_nothing_worse(query):
    request = sigv4.SignedRequest("GET", b"/", b"X-Amz-Signature=1&" + query, {b"host": b"h"})
    with pytest.raises(sigv4.RefusedError):
        verify(request)
