import asyncio
import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from penchant.protocol import sigv4
from penchant.sandbox.s3.body import DisconnectedError, Intake, Received, receive_into
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.request import Request

HELLO = hashlib.sha256(b"hello").hexdigest()


def request(payload_hash: str = HELLO, **headers: str) -> Request:
    signature = sigv4.Signature(
        "AKIAONE", "20260101", "us-east-1", "s3", (), "0" * 64, "20260101T000000Z", payload_hash
    )
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Request("PUT", "my-bucket", "a", {}, named, "111111111111", signature, b"key")


def take(asked: Request, *pieces: bytes) -> tuple[Received, bytes]:
    sink = io.BytesIO()
    intake = Intake(asked, sink)
    for piece in pieces:
        intake.feed(piece)
    return intake.finish(), sink.getvalue()


def test_a_body_is_hashed_as_it_passes():
    received, content = take(request(x_amz_sdk_checksum_algorithm="SHA1"), b"he", b"llo")
    assert content == b"hello"
    assert received.size_bytes == 5
    assert received.md5 == hashlib.md5(b"hello").hexdigest()
    sha1 = base64.b64encode(hashlib.sha1(b"hello").digest()).decode()
    assert received.checksums == {"sha1": sha1}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content_md5": "XUFAKrxLKna5cZ2REBfFkg=="}, None),
        ({"content_md5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "BadDigest"),
        ({"content_md5": "short"}, "InvalidDigest"),
        ({"x_amz_checksum_crc32": "NhCmhg=="}, None),
        ({"x_amz_checksum_crc32": "AAAAAA=="}, "BadDigest"),
        ({"x_amz_checksum_crc32": "AAAA"}, "InvalidDigest"),
        ({"x_amz_checksum_xxhash3": "AAAA"}, "NotImplemented"),
        ({"x_amz_decoded_content_length": "6"}, "IncompleteBody"),
    ],
)
def test_everything_that_was_stated_is_compared(headers, code):
    if code is None:
        assert take(request(**headers), b"hello")[1] == b"hello"
        return
    with pytest.raises(S3Error) as caught:
        take(request(**headers), b"hello")
    assert caught.value.code == code


def test_a_trailing_checksum_has_to_be_announced():
    wire = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    streaming = sigv4.STREAMING_UNSIGNED_TRAILER
    announced = request(streaming, x_amz_trailer="x-amz-checksum-crc32")
    assert take(announced, wire)[0].checksums == {"crc32": "NhCmhg=="}
    with pytest.raises(S3Error, match="is not announced in x-amz-trailer"):
        take(request(streaming), wire)


def test_a_signing_of_another_kind_is_named():
    with pytest.raises(S3Error, match="Sign with AWS4-HMAC-SHA256"):
        take(request("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"), b"hello")


class Client:
    """Sends messages, and says how many were asked for."""

    def __init__(self, *messages: dict) -> None:
        self.messages = list(messages)

    async def __call__(self) -> dict:
        return self.messages.pop(0)


def receive(client: Client, asked: Request, sink: io.BytesIO) -> Received:
    async def main() -> Received:
        return await receive_into(Intake(asked, sink), client, threads)

    with ThreadPoolExecutor(1) as threads:
        return asyncio.run(main())


def part(body: bytes, more: bool = True) -> dict:
    return {"type": "http.request", "body": body, "more_body": more}


def test_batches_arrive_in_order():
    pieces = [bytes([n]) * 300_000 for n in range(12)]
    sink = io.BytesIO()
    client = Client(*map(part, pieces), part(b"", more=False))
    received = receive(client, request(sigv4.UNSIGNED_PAYLOAD), sink)
    assert sink.getvalue() == b"".join(pieces)
    assert received.size_bytes == 3_600_000


def test_an_empty_body_is_a_body():
    empty = request(sigv4.EMPTY_HASH)
    assert receive(Client(part(b"", more=False)), empty, io.BytesIO()).size_bytes == 0


def test_a_client_that_goes_away_is_told_from_one_that_ends():
    with pytest.raises(DisconnectedError):
        receive(Client(part(b"hel"), {"type": "http.disconnect"}), request(), io.BytesIO())


def test_an_error_in_the_middle_ends_the_receiving():
    client = Client(part(b"x" * 2**20), part(b"x" * 2**20), part(b"", more=False))
    with pytest.raises(S3Error, match="aws-chunked body is broken"):
        receive(client, request(sigv4.STREAMING_UNSIGNED_TRAILER), io.BytesIO())
