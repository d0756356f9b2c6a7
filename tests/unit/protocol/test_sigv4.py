from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from penchant.protocol import canonical, sigv4
from penchant.protocol.signature_forms import is_signed, read

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
    return sigv4.verify(
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


def test_the_example_of_the_reference_gives_its_signing_key():
    key = sigv4.signing_key(
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"
    )
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


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


def test_chunks_are_chained_as_in_the_example_of_the_reference():
    key = sigv4.signing_key(SECRET.replace("+", "/"), "20130524", "us-east-1", "s3")
    scope = "20130524/us-east-1/s3/aws4_request"
    stamp = "20130524T000000Z"
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    first = sigv4.chunk_signature(key, stamp, scope, seed, sha256(b"a" * 65536).hexdigest())
    assert first == "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
    second = sigv4.chunk_signature(key, stamp, scope, first, sha256(b"a" * 1024).hexdigest())
    assert second == "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
    last = sigv4.chunk_signature(key, stamp, scope, second, sigv4.EMPTY_HASH)
    assert last == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"


def test_trailers_are_chained_as_in_the_example_of_the_reference():
    key = sigv4.signing_key(SECRET.replace("+", "/"), "20130524", "us-east-1", "s3")
    scope = "20130524/us-east-1/s3/aws4_request"
    stamp = "20130524T000000Z"
    seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
    for data in (b"a" * 65536, b"a" * 1024, b""):
        seed = sigv4.chunk_signature(key, stamp, scope, seed, sha256(data).hexdigest())
    assert seed == "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"
    trailers = b"x-amz-checksum-crc32c:sOO8/Q==\n"
    signature = sigv4.trailer_signature(key, stamp, scope, seed, trailers)
    assert signature == "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"


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


def test_version_2_is_told_what_is_wanted():
    query = b"AWSAccessKeyId=AKID&Signature=x&Expires=1"
    assert is_signed({}, query)
    with pytest.raises(sigv4.RefusedError, match="Please use AWS4-HMAC-SHA256"):
        read({}, query)


def test_an_unsigned_request_is_told_apart():
    assert not is_signed({}, b"X-Amz-Foo=1")
    assert is_signed({b"authorization": b"Basic x"}, b"")
    assert is_signed({}, b"X-Amz-Signature=1")
    with pytest.raises(sigv4.RefusedError, match="Missing Authentication Token"):
        read({}, b"")


@pytest.mark.parametrize(
    ("authorization", "date", "words"),
    [
        ("Basic YWJj", "d", "Unsupported AWS 'algorithm': 'Basic'; sign with AWS4-HMAC-SHA256."),
        ("AWS4-HMAC-SHA256 SignedHeaders=a, Signature=b", "d", "requires 'Credential' parameter."),
        ("AWS4-HMAC-SHA256 Credential=a, Signature=b", "d", "requires 'SignedHeaders' parameter."),
        ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b", "d", "requires 'Signature' parameter."),
        (
            "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=a",
            "",
            "either a 'X-Amz-Date' or a 'Date' header.",
        ),
        ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=XX", "d", "is malformed."),
        (
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=b, Signature=aa",
            "d",
            "exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws3, SignedHeaders=b, Signature=aa",
            "d",
            "valid terminator: 'aws4_request', got 'a/b/c/d/aws3'",
        ),
    ],
)
def test_an_incomplete_header_is_told_what_it_lacks(authorization, date, words):
    headers = {b"authorization": authorization.encode()} | ({b"x-amz-date": b"d"} if date else {})
    with pytest.raises(sigv4.RefusedError) as caught:
        read(headers, b"")
    assert caught.value.reason is sigv4.Reason.INCOMPLETE
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"X-Amz-Expires=60", b"X-Amz-Expires=0", "a number of seconds from 1 to 604800, got '0'"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=604801", "from 1 to 604800, got '604801'"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=" + b"9" * 5000, "a number of seconds from 1 to"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=x", "a number of seconds from 1 to 604800, got 'x'"),
        (b"&X-Amz-Expires=60", b"", "Missing: X-Amz-Expires."),
        (b"=AWS4-HMAC-SHA256", b"=AWS4-ECDSA-P256-SHA256", "must include X-Amz-Algorithm=AWS4-H"),
        (b"X-Amz-Expires=60", b"X-Amz-Expires=60&X-Amz-Expires=61", "is given twice."),
    ],
)
def test_an_incomplete_query_is_told_what_it_lacks(old, new, words):
    request = signed_by_botocore(S3SigV4QueryAuth, "s3", "/b/k", method="GET", body=b"", expires=60)
    assert old in request.query_string
    with pytest.raises(sigv4.RefusedError) as caught:
        read({}, request.query_string.replace(old, new))
    assert caught.value.reason is sigv4.Reason.INCOMPLETE
    assert words in caught.value.message
