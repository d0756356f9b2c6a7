from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from penchant.protocol import canonical

SEGMENTS = st.lists(st.text(max_size=8), max_size=4)
PAIRS = st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=5)), max_size=5)


def botocore_canonical(path="/", query="", headers=None, service="personalize"):
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    auth = signer(Credentials("key", "secret"), service, "us-east-1")
    request = AWSRequest("POST", f"http://localhost{path}{query and '?' + query}", data=b"{}")
    request.headers["Host"] = "localhost"
    request.headers["X-Amz-Content-SHA256"] = "0" * 64
    for name, value in (headers or {}).items():
        request.headers[name] = value
    return auth.canonical_request(request).encode()


def ours(path="/", query="", headers=None, service="personalize"):
    sent = {"host": "localhost", "x-amz-content-sha256": "0" * 64} | (headers or {})
    folded = canonical.fold([(n.lower().encode(), v.encode()) for n, v in sent.items()])
    raw = path.encode()
    return canonical.request(
        b"POST",
        raw if service == "s3" else canonical.path(raw),
        canonical.query(query.encode()),
        folded,
        sorted(folded),
        b"0" * 64,
    )


@given(SEGMENTS)
@example(["a", "..", "..", "b"])
@example(["", "", ""])
@example(["a", "."])
@example(["a", ".."])
@example(["a", ""])
@example(["..", ""])
@example([".a", "b c", "ü", "%2F"])
def test_a_path_is_normalised_and_encoded_as_botocore_does(segments):
    path = "/" + "/".join(quote(s) for s in segments)
    assert ours(path) == botocore_canonical(path)


@given(SEGMENTS)
def test_the_path_of_s3_stays_as_sent(segments):
    path = "/bucket/" + "/".join(quote(s, safe="") for s in segments)
    assert ours(path, service="s3") == botocore_canonical(path, service="s3")


@given(PAIRS)
@example([("b", "2"), ("a", "1"), ("a", "0")])
@example([("a-b", "1"), ("a", "2"), ("A", "3"), ("a=", "&")])
@example([("prefix", "a/b c+d"), ("delimiter", "/"), ("acl", "")])
def test_a_query_is_encoded_and_sorted_as_botocore_does(pairs):
    query = "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in pairs)
    assert ours(query=query) == botocore_canonical(query=query)


@given(
    st.dictionaries(
        st.from_regex(r"\Ax-[a-z]{1,6}\Z"),
        st.from_regex(r"\A[!-~]([ -~]{0,9}[!-~])?\Z"),
        max_size=3,
    )
)
def test_headers_are_squeezed_as_botocore_does(headers):
    assert ours(headers=headers) == botocore_canonical(headers=headers)


def test_a_repeated_header_is_joined_by_commas():
    folded = canonical.fold([(b"x-a", b" 1 "), (b"host", b"h"), (b"x-a", b"2\t\t3")])
    assert folded == {b"x-a": b"1,2 3", b"host": b"h"}


def test_a_query_that_is_not_encoded_is_encoded_before_signing():
    assert canonical.query(b"b=x/y&a&c=%7e") == b"a=&b=x%2Fy&c=~"


def test_a_parameter_can_be_left_out_of_the_query():
    assert (
        canonical.query(b"a=1&X-Amz-Signature=f&b=2", without=(b"X-Amz-Signature",)) == b"a=1&b=2"
    )


@pytest.mark.parametrize(
    ("raw", "expected"), [(b"", b"/"), (b"/", b"/"), (b"//a//", b"/a/"), (b"/a%20b", b"/a%2520b")]
)
def test_paths_of_services_are_encoded_twice(raw, expected):
    assert canonical.path(raw) == expected
