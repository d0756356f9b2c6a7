"""Answers that come before the body: the client reads them, and its next request is answered."""

import logging
import socket
import time
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from penchant.edge.connection import LONGEST_HEAD_BYTES
from penchant.edge.unread import MOST_BYTES
from penchant.settings import Settings

MAX_BYTES = 1000


async def keep(scope, receive, send):
    """A sandbox that takes every body."""
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"e"')]})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def live(serve):
    return serve({}, sandbox=keep, settings=Settings(max_body_bytes=MAX_BYTES))


@pytest.fixture
def line(live):
    """A connection of bytes."""
    host = urlsplit(live.address)
    with socket.create_connection((host.hostname, host.port), timeout=20) as connection:
        yield connection


def head(*lines):
    return "\r\n".join(("POST /recommendations HTTP/1.1", "Host: x", *lines, "", "")).encode()


def signed(live, body, *framing):
    """The head of a signed request; unless told otherwise, it waits to be asked for its body."""
    framing = framing or ("Expect: 100-continue", f"Content-Length: {len(body)}")
    request = live.signed("/recommendations", body).prepare()
    fields = [f"{name}: {_text(value)}" for name, value in request.headers.items()]
    fields = [field for field in fields if not field.lower().startswith("content-length")]
    host = f"Host: {urlsplit(live.address).netloc}"
    start = ("POST /recommendations HTTP/1.1", host, *fields)
    return "\r\n".join((*start, *framing, "", "")).encode()


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def answer_to(connection, sent):
    """Status and lower-case headers of the next answer; its body is read too."""
    connection.sendall(sent)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    start, _, body = received.partition(b"\r\n\r\n")
    status, *fields = start.decode().lower().split("\r\n")
    headers = dict(field.split(": ", 1) for field in fields)
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return int(status.split()[1]), headers


def is_closed(connection):
    return connection.recv(1) == b""


WAITING = ("Expect: 100-continue", "Content-Length: 5")
UNKNOWN = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDSTRANGER/20260102/x/personalize/aws4_request"
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (WAITING, 403),
        ((*WAITING, "Authorization: Basic x"), 400),
        (
            (
                *WAITING,
                f"{UNKNOWN}, SignedHeaders=host, Signature=00",
                "X-Amz-Date: 20260102T030405Z",
            ),
            403,
        ),
    ],
)
def test_a_refusal_before_the_body_ends_the_connection(line, fields, expected):
    status, headers = answer_to(line, head(*fields))
    assert (status, headers["connection"]) == (expected, "close")
    assert is_closed(line)


def test_a_body_that_is_too_long_is_never_asked_for(live, line):
    status, headers = answer_to(line, signed(live, b"x" * (MAX_BYTES + 1)))
    assert (status, headers["connection"]) == (413, "close")
    assert is_closed(line)


def test_a_body_that_is_asked_for_leaves_the_connection_open(live, line):
    body = b"x" * MAX_BYTES
    for _ in range(2):
        assert answer_to(line, signed(live, body))[0] == 100
        status, headers = answer_to(line, body)
        assert status == 400  # there are no operations
        assert "connection" not in headers


def test_a_body_that_nobody_reads_does_not_spoil_the_next_request(line):
    body = b"x" * 3_000_000
    for _ in range(2):
        status, headers = answer_to(line, head(f"Content-Length: {len(body)}") + body)
        assert status == 403
        assert "connection" not in headers


def test_boto3_goes_on_after_a_refused_upload(live, caplog):
    caplog.set_level(logging.WARNING, "uvicorn")
    wrong, right = live.client("s3", aws_secret_access_key="wrong"), live.client("s3")
    # both write to the same connections
    wrong._endpoint.http_session = right._endpoint.http_session
    for _ in range(3):
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            wrong.put_object(Bucket="b", Key="k", Body=b"x" * 5000)
        right.put_object(Bucket="b", Key="k", Body=b"x" * 5000)
        right.put_object(Bucket="b", Key="k", Body=b"")
    assert not caplog.records


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("personalize", "create_schema", {"name": "n", "schema": "x" * 9_000_000}),
        (
            "personalize-events",
            "put_events",
            {
                "trackingId": "t",
                "sessionId": "s",
                "eventList": [{"eventType": "e", "sentAt": 0, "properties": "x" * 9_000_000}],
            },
        ),
    ],
)
def test_boto3_reads_that_its_request_is_too_long_and_goes_on(live, service, call, arguments):
    client = live.client(service)
    for _ in range(2):
        with pytest.raises(ClientError, match="longer than 1000 bytes") as caught:
            getattr(client, call)(**arguments)
        assert caught.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_a_client_that_ends_its_connection_reads_the_answer_too(live):
    signed = live.signed("/recommendations", b"x" * 9_000_000)
    request = Request(signed.url, signed.data, dict(signed.headers.items()))
    with pytest.raises(HTTPError) as caught:  # urllib sends `Connection: close`
        urlopen(request)
    with caught.value as answer:
        assert answer.code == 413
        assert answer.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"


def test_a_client_that_does_not_wait_to_be_asked_reads_the_answer_too(live, line):
    body = b"x" * 9_000_000
    status, headers = answer_to(line, signed(live, body) + body)
    assert (status, headers["connection"]) == (413, "close")
    line.shutdown(socket.SHUT_WR)
    assert is_closed(line)


def test_a_client_that_sends_without_end_is_answered_and_cut_off(line):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    status, headers = answer_to(line, head("Transfer-Encoding: chunked") + chunk)
    assert (status, headers["connection"]) == (403, "close")
    more = chunk * ((MOST_BYTES + 32 * 2**20) // len(chunk))  # beside what the kernel holds
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        line.sendall(more)


def test_a_client_that_falls_silent_in_its_body_is_cut_off(line):
    begun = time.monotonic()
    status, _ = answer_to(line, head("Transfer-Encoding: chunked") + b"5\r\nab")
    assert status == 403
    assert is_closed(line)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nx: ", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_end_is_refused(line, start):
    endless = b"a: b\r\n" if start.endswith(b"\n") else b"xxxxxx"
    status, headers = answer_to(line, start + endless * (LONGEST_HEAD_BYTES // len(endless) + 1))
    assert (status, headers["connection"]) == (431, "close")


def test_a_tail_without_end_is_refused(live, line):
    line.sendall(signed(live, b"12345", "Transfer-Encoding: chunked") + b"5\r\n12345\r\n0\r\n")
    time.sleep(0.2)  # the tail is counted from where the last part of the body ends
    status, headers = answer_to(line, b"a: b\r\n" * (LONGEST_HEAD_BYTES // 6 + 1))
    assert (status, headers["connection"]) == (431, "close")


def test_a_long_head_of_a_long_body_is_not_refused(line):
    long = "x" * (LONGEST_HEAD_BYTES - 500)
    body = b"x" * 500_000
    for _ in range(2):
        sent = head(f"X-Long: {long}", f"Content-Length: {len(body)}") + body
        assert answer_to(line, sent)[0] == 403
