import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.protocol import sigv4
from penchant.sandbox.s3.chunks import Chunked, ChunkSigner, Plain
from penchant.sandbox.s3.errors import S3Error

UNSIGNED = b"5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"


def decode(framing, data: bytes, n_bytes: int = 1) -> bytes:
    pieces = [data[at : at + n_bytes] for at in range(0, len(data), n_bytes)]
    return b"".join(bytes(part) for piece in pieces for part in framing.decode(piece))


@given(st.integers(1, len(UNSIGNED)))
def test_however_the_wire_is_cut_the_content_comes_out(n_bytes: int):
    framing = Chunked(None, with_trailers=True)
    assert decode(framing, UNSIGNED, n_bytes) == b"hello world"
    assert framing.finish() == {"x-amz-checksum-crc32": "DUoRhQ=="}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"xyz\r\n", "is not a chunk's length"),
        (b"1\r\nab\r\n", "a chunk is longer than its length"),
        (b"1" * 5000, "a line is longer"),
    ],
)
def test_broken_framing_is_refused(data: bytes, reason: str):
    with pytest.raises(S3Error, match=reason):
        decode(Chunked(None, with_trailers=False), data, len(data))


def test_a_body_without_its_last_chunk_is_incomplete():
    framing = Chunked(None, with_trailers=False)
    decode(framing, b"5\r\nhello\r\n")
    with pytest.raises(S3Error, match="ends before its last chunk"):
        framing.finish()


def test_what_follows_the_end_is_ignored():
    framing = Chunked(None, with_trailers=True)
    assert decode(framing, UNSIGNED + b"more", 200) == b"hello world"
    assert framing.finish() == {"x-amz-checksum-crc32": "DUoRhQ=="}


def test_a_chunk_without_signature_is_refused_where_they_are_signed():
    request = sigv4.Signature(
        "AKIAONE", "20260101", "us-east-1", "s3", (), "0" * 64, "20260101T000000Z", ""
    )
    framing = Chunked(ChunkSigner(b"key", request, request.signature), with_trailers=False)
    with pytest.raises(S3Error, match="a chunk has no signature"):
        decode(framing, b"5\r\nhello\r\n")


def test_the_signatures_of_aws_own_example_are_right():
    """The example of the Amazon S3 API reference: 66560 letters in chunks of 64 KiB."""
    scope_date, stamp = "20130524", "20130524T000000Z"
    key = sigv4.signing_key(
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope_date, "us-east-1", "s3"
    )
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    request = sigv4.Signature(
        "AKIAIOSFODNN7EXAMPLE", scope_date, "us-east-1", "s3", (), seed, stamp, ""
    )
    wire = (
        b"10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
        b"\r\n" + b"a" * 65536 + b"\r\n"
        b"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
        b"\r\n" + b"a" * 1024 + b"\r\n"
        b"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
        b"\r\n\r\n"
    )
    framing = Chunked(ChunkSigner(key, request, seed), with_trailers=False)
    assert decode(framing, wire, 1000) == b"a" * 66560
    assert framing.finish() == {}


def test_a_plain_body_is_compared_with_its_hash():
    right = Plain(hashlib.sha256(b"hello").hexdigest())
    assert decode(right, b"hello") == b"hello"
    assert right.finish() == {}
    wrong = Plain(hashlib.sha256(b"other").hexdigest())
    decode(wrong, b"hello")
    with pytest.raises(S3Error, match="Send the body that was signed"):
        wrong.finish()
