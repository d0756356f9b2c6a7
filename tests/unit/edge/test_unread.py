import asyncio

import pytest

from penchant.edge.asgi import Answer
from penchant.edge.unread import Unread

CLOSE = (b"connection", b"close")


async def refusing(scope, receive, send):
    await Answer(403, [(b"a", b"b")], b"no").write(scope, send)


async def reading(scope, receive, send):
    await receive()
    await refusing(scope, receive, send)


async def answering_first(scope, receive, send):
    await refusing(scope, receive, send)
    await receive()


def headers_of(app, *headers):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "PUT", "path": "/", "headers": list(headers)}
    asyncio.run(Unread(app)(scope, receive, send))
    return sent[0]["headers"]


@pytest.mark.parametrize("app", [refusing, answering_first])
def test_a_client_that_still_waits_to_be_asked_is_cut_off(app):
    headers = headers_of(app, (b"expect", b"100-continue"))
    assert headers == [(b"a", b"b"), (b"content-length", b"2"), CLOSE]


def test_a_client_that_was_asked_may_go_on():
    assert CLOSE not in headers_of(reading, (b"expect", b"100-continue"))


def test_a_client_that_sends_at_once_may_go_on():
    assert CLOSE not in headers_of(refusing, (b"content-length", b"5"))
