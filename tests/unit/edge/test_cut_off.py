import asyncio

import pytest

from penchant.edge.asgi import STOPPING
from penchant.edge.layers import CutOff, RequestIds
from penchant.edge.refusals import Refusals

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/x",
    "headers": [(b"x-amz-target", b"AmazonPersonalize.ListSchemas")],
    "query_string": b"",
}


async def cancelled(app, **more):
    """What was sent by a request that is cancelled while it waits."""
    sent = []

    async def send(message):
        sent.append(message)

    app = RequestIds(CutOff(app, Refusals([])))
    request = asyncio.create_task(app({**SCOPE, **more}, None, send))
    await asyncio.sleep(0)
    request.cancel()
    await request
    return sent


async def waiting(scope, receive, send):
    await asyncio.Event().wait()


async def half_sent(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await waiting(scope, receive, send)


def test_a_request_that_the_end_of_the_server_cuts_off_is_to_be_sent_again():
    start, body = asyncio.run(cancelled(waiting, **{STOPPING: lambda: True}))
    assert start["status"] == 503
    assert (b"connection", b"close") in start["headers"]
    assert b"The server is stopping; send the request again." in body["body"]


def test_half_an_answer_gets_no_second_one():
    sent = asyncio.run(cancelled(half_sent, **{STOPPING: lambda: True}))
    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.parametrize("scope", [{}, {STOPPING: lambda: False}])
def test_other_cancellations_go_their_way(scope):
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled(waiting, **scope))
