import asyncio

import pytest

from penchant.domain.errors import RequestEntityTooLargeException
from penchant.edge.bodies import ClientGoneError, read_body, replay


def receiver(*messages):
    waiting = list(messages)

    async def receive():
        return waiting.pop(0)

    return receive


def part(body, more):
    return {"type": "http.request", "body": body, "more_body": more}


def test_parts_are_joined():
    receive = receiver(part(b"a", True), part(b"", True), part(b"b", False))
    assert asyncio.run(read_body(receive, 2)) == b"ab"


def test_a_body_that_is_too_long_is_not_read_to_its_end():
    receive = receiver(part(b"aa", True), part(b"a", True))
    with pytest.raises(RequestEntityTooLargeException, match="longer than 2 bytes; send less"):
        asyncio.run(read_body(receive, 2))


def test_a_body_that_says_it_is_too_long_is_not_asked_for():
    with pytest.raises(RequestEntityTooLargeException, match="longer than 2 bytes; send less"):
        asyncio.run(read_body(receiver(), 2, stated_bytes=3))


def test_a_client_that_hangs_up_is_noticed():
    receive = receiver(part(b"a", True), {"type": "http.disconnect"})
    with pytest.raises(ClientGoneError):
        asyncio.run(read_body(receive, 9))


def test_a_body_that_was_read_can_be_read_again():
    async def read_twice():
        receive = replay(b"ab", receiver({"type": "http.disconnect"}))
        return await receive(), await receive()

    first, second = asyncio.run(read_twice())
    assert first == part(b"ab", False)
    assert second == {"type": "http.disconnect"}
