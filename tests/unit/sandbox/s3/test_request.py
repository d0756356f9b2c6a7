import pytest

from penchant.protocol.sigv4 import Signature
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.request import Request, read

SIGNATURE = Signature("AKIAONE", "20260101", "us-east-1", "s3", (), "", "", "")


def request(
    path: bytes = b"/", host: bytes = b"localhost:8080", query: bytes = b"", **headers: str
) -> Request:
    raw = [(b"host", host)]
    raw += [(n.replace("_", "-").encode(), v.encode("latin-1")) for n, v in headers.items()]
    scope = {
        "method": "GET",
        "raw_path": path,
        "path": "unused",
        "query_string": query,
        "headers": raw,
        "penchant.signature": SIGNATURE,
        "penchant.signing_key": b"key",
        "penchant.account": "111111111111",
    }
    return read(scope, ("localhost", "s3.example.com"))


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        (b"localhost:8080", b"/", ("", "")),
        (b"localhost", b"/my-bucket", ("my-bucket", "")),
        (b"localhost", b"/my-bucket/", ("my-bucket", "")),
        (b"127.0.0.1:8080", b"/my-bucket/a/b%20c", ("my-bucket", "a/b c")),
        (b"[::1]:8080", b"/my-bucket/a", ("my-bucket", "a")),
        (b"my-bucket.localhost:8080", b"/a/b", ("my-bucket", "a/b")),
        (b"my-bucket.localhost", b"/", ("my-bucket", "")),
        (b"my.bucket.localhost", b"/a", ("my.bucket", "a")),
        (b"my-bucket.s3.example.com", b"/a//b/", ("my-bucket", "a//b/")),
        (b"s3.example.com", b"/my-bucket/a", ("my-bucket", "a")),
        (b"bad_name.localhost", b"/my-bucket/a", ("my-bucket", "a")),
    ],
)
def test_the_bucket_stands_in_the_path_or_in_the_host(host, path, expected):
    asked = request(path, host)
    assert (asked.bucket, asked.key) == expected


def test_a_plus_is_itself_in_a_key_and_a_blank_in_the_query():
    asked = request(b"/my-bucket/a+b", query=b"prefix=a+b%2Bc&delete&delimiter=")
    assert asked.key == "a+b"
    assert asked.query == {"prefix": "a b+c", "delete": "", "delimiter": ""}


@pytest.mark.parametrize(("path", "query"), [(b"/a/%ff", b""), (b"/a", b"prefix=%ff")])
def test_what_is_not_utf8_is_refused(path, query):
    with pytest.raises(S3Error, match="is not UTF-8") as caught:
        request(path, query=query)
    assert caught.value.code == "InvalidURI"


def test_kept_headers_are_those_of_the_object_without_the_transfers_coding():
    asked = request(
        content_type="text/csv",
        content_encoding="aws-chunked, gzip",
        x_amz_meta_made_by="test",
        authorization="secret",
        x_amz_acl="private",
    )
    assert asked.object_headers() == {
        "content-type": "text/csv",
        "content-encoding": "gzip",
        "x-amz-meta-made-by": "test",
    }
    assert "content-encoding" not in request(content_encoding="aws-chunked").object_headers()


def test_numbers_are_cut_and_others_refused():
    assert request(query=b"max-keys=5000").number("max-keys", 1000, 1000) == 1000
    assert request(query=b"max-keys=").number("max-keys", 7, 1000) == 7
    for text in (b"-1", b"ten"):
        with pytest.raises(S3Error, match="is no whole number"):
            request(query=b"max-keys=" + text).number("max-keys", 1000, 1000)
