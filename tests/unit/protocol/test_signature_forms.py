import pytest

from penchant.protocol import sigv4
from penchant.protocol.signature_forms import is_signed, is_version_2, read, session_token

PRESIGNED = (
    b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260102%2Feu-west-1%2Fs3%2F"
    b"aws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Ba"
    b"&X-Amz-Security-Token=a%2Bb&X-Amz-Signature=0123"
)
HEADER = (
    b"AWS4-HMAC-SHA256 Credential=AK/ID/20260102/eu-west-1/personalize/aws4_request, "
    b"SignedHeaders=host;x-amz-date, Signature=0123"
)


def test_a_signature_in_the_header_is_read():
    headers = {b"authorization": HEADER, b"x-amz-date": b"20260102T030405Z"}
    assert read(headers, b"") == sigv4.Signature(
        access_key_id="AK/ID",
        date="20260102",
        region="eu-west-1",
        service="personalize",
        signed_headers=("host", "x-amz-date"),
        signature="0123",
        timestamp="20260102T030405Z",
        payload_hash="",
    )
    assert read(headers | {b"x-amz-content-sha256": b"abc"}, b"").payload_hash == "abc"


@pytest.mark.parametrize("separator", [b",", b" , ", b",  "])
def test_blanks_between_the_parts_do_not_matter(separator):
    headers = {
        b"authorization": HEADER.replace(b", ", separator),
        b"x-amz-date": b"20260102T030405Z",
    }
    assert read(headers, b"").signed_headers == ("host", "x-amz-date")


def test_a_signature_in_the_query_is_read():
    assert read({}, PRESIGNED) == sigv4.Signature(
        access_key_id="AKID",
        date="20260102",
        region="eu-west-1",
        service="s3",
        signed_headers=("host", "a"),
        signature="0123",
        timestamp="20260102T030405Z",
        payload_hash="UNSIGNED-PAYLOAD",
        presigned=True,
        expires_s=60,
    )


def test_a_session_token_is_found_in_header_and_query():
    assert session_token({b"x-amz-security-token": b"a+b"}, b"") == b"a+b"
    assert session_token({}, PRESIGNED) == b"a+b"
    assert session_token({}, PRESIGNED + b"&response-content-type=%C3%BC") == b"a+b"
    assert session_token({}, b"") == b""


def test_version_2_counts_in_the_query_where_nothing_newer_is():
    query = b"AWSAccessKeyId=AKID&Signature=x&Expires=1"
    assert is_signed({}, query)
    assert is_version_2({}, query)
    assert not is_version_2({b"authorization": HEADER}, query)
    assert not is_version_2({}, query + b"&" + PRESIGNED)


def test_version_2_in_a_header_is_told_what_is_wanted():
    headers = {b"authorization": b"AWS AKID:c2ln", b"date": b"Fri, 02 Jan 2026 03:04:05 GMT"}
    with pytest.raises(sigv4.RefusedError, match="'AWS'; sign with AWS4-HMAC-SHA256"):
        read(headers, b"")


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
        (
            "AWS4-HMAC-SHA256 Credential=a/b/../d/aws4_request, SignedHeaders=b, Signature=aa",
            "d",
            "a valid region, such as us-east-1, got '..'",
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
    assert old in PRESIGNED
    with pytest.raises(sigv4.RefusedError) as caught:
        read({}, PRESIGNED.replace(old, new))
    assert caught.value.reason is sigv4.Reason.INCOMPLETE
    assert words in caught.value.message
