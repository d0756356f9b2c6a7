import asyncio
import time

import pytest

from penchant.edge.asgi import Answer
from penchant.edge.unread import Unread

CLOSE = (b"connection", b"close")
ANSWER = [(b"a", b"b"), (b"content-length", b"2")]
EXPECT = (b"expect", b"100-continue")
FIVE = (b"content-length", b"5")
CHUNKED = (b"transfer-encoding", b"chunked")


async def refusing(scope, receive, send):
    await Answer(403, [(b"a", b"b")], b"no").write(scope, send)


async def reading(scope, receive, send):
    while (await receive()).get("more_body", False):
        pass
    await refusing(scope, receive, send)


async def answering_first(scope, receive, send):
    await refusing(scope, receive, send)
    await receive()


def part(body, more):
    return {"type": "http.request", "body": body, "more_body": more}


def talk(app, *headers, parts=None, **limits):
    """What was sent and received, in order; after the last part the client is silent."""
    waiting = [part(b"12345", False)] if parts is None else list(parts)
    talked = []

    async def send(message):
        talked.append(message)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        talked.append(waiting.pop(0))
        return talked[-1]

    scope = {"type": "http", "method": "PUT", "path": "/", "headers": list(headers)}
    asyncio.run(Unread(app, **limits)(scope, receive, send))
    return talked


def kinds(talked):
    return [message["type"].removeprefix("http.") for message in talked]


def head_of(talked):
    [start] = [message for message in talked if message["type"] == "http.response.start"]
    return start["headers"]


def test_a_body_of_known_length_is_read_before_the_answer_and_the_connection_goes_on():
    talked = talk(refusing, FIVE, parts=[part(b"12", True), part(b"345", False)])
    assert kinds(talked) == ["request", "request", "response.start", "response.body"]
    assert head_of(talked) == ANSWER


@pytest.mark.parametrize("app", [refusing, answering_first])
def test_a_client_that_still_waits_to_be_asked_is_answered_and_cut_off(app):
    talked = talk(app, EXPECT, FIVE, parts=[{"type": "http.disconnect"}] * 2)
    assert kinds(talked)[:2] == ["response.start", "response.body"]
    assert head_of(talked) == [*ANSWER, CLOSE]


def test_a_client_that_was_asked_may_go_on():
    assert head_of(talk(reading, EXPECT, FIVE)) == ANSWER


@pytest.mark.parametrize("head", [[EXPECT, FIVE], [CHUNKED], [(b"content-length", b"99")]])
def test_what_nobody_foresees_is_dropped_after_the_answer(head):
    parts = [part(b"12", True), part(b"345", False)]
    talked = talk(refusing, *head, parts=parts, most_bytes=9)
    order = ["response.start", "response.body", "request", "request", "response.body"]
    assert kinds(talked) == order
    assert [one.get("more_body", False) for one in talked if "response.body" in one["type"]] == [
        True,
        False,
    ]
    assert head_of(talked)[-1] == CLOSE


def test_a_body_without_end_is_dropped_up_to_a_bound():
    talked = talk(refusing, CHUNKED, parts=[part(b"x" * 10, True)] * 100, most_bytes=45)
    assert kinds(talked).count("request") == 5


@pytest.mark.parametrize(
    ("head", "limits"),
    [
        ([FIVE], {"longest_s": 0.05, "silence_s": 0.05}),
        ([CHUNKED], {"silence_s": 0.05}),
        ([CHUNKED], {"longest_s": 0.05}),
    ],
)
def test_a_client_that_falls_silent_is_not_waited_for(head, limits):
    begun = time.monotonic()
    talked = talk(refusing, *head, parts=[part(b"1", True)], **limits)
    assert time.monotonic() - begun < 1
    assert head_of(talked)[-1] == CLOSE
    assert talked[-1].get("more_body", False) is False


def test_a_client_that_hangs_up_is_not_waited_for():
    talked = talk(refusing, FIVE, parts=[{"type": "http.disconnect"}])
    assert kinds(talked) == ["disconnect", "response.start", "response.body"]


def test_what_comes_without_a_body_passes_untouched():
    talked = talk(refusing, parts=[])
    assert head_of(talked) == ANSWER
