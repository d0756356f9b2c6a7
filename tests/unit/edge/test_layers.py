import asyncio
import json
import re
import uuid

import pytest

from penchant.edge.asgi import EXCHANGE, Answer
from penchant.edge.layers import AccessLog, Counting, LastDoor, RequestIds
from penchant.edge.metrics import Metrics
from penchant.edge.refusals import Refusals
from penchant.logs import ForPeople

SCOPE = {"type": "http", "method": "POST", "path": "/x", "headers": [], "query_string": b""}


def send_to(app):
    scope, sent = dict(SCOPE), []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("nobody reads the body")

    asyncio.run(app(scope, receive, send))
    return scope, sent


async def answering(scope, receive, send):
    await Answer(201, [(b"a", b"b")], b"body").write(scope, send)


async def failing_midway(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("cut")


def test_every_answer_carries_the_id_of_its_request():
    scope, sent = send_to(RequestIds(answering))
    headers = dict(sent[0]["headers"])
    assert headers[b"x-amzn-requestid"].decode() == scope[EXCHANGE].request_id
    uuid.UUID(scope[EXCHANGE].request_id)
    assert headers[b"a"] == b"b"
    assert headers[b"content-length"] == b"4"
    assert scope[EXCHANGE].status == 201


def test_an_id_that_the_inside_gave_is_replaced():
    async def with_an_id(scope, receive, send):
        await Answer(200, [(b"X-Amzn-RequestId", b"other"), (b"a", b"b")], b"").write(scope, send)

    scope, sent = send_to(RequestIds(with_an_id))
    names = [name.lower() for name, _ in sent[0]["headers"]]
    assert names.count(b"x-amzn-requestid") == 1
    assert dict(sent[0]["headers"])[b"x-amzn-requestid"].decode() == scope[EXCHANGE].request_id


def test_a_failure_after_half_an_answer_cuts_the_connection_and_is_counted(caplog):
    metrics = Metrics()
    app = RequestIds(AccessLog(Counting(LastDoor(failing_midway, Refusals([])), metrics)))
    with pytest.raises(RuntimeError, match="cut"):
        send_to(app)
    assert "failed, request id" in caplog.text
    assert 'operation="-",status="200"} 1' in metrics.render()


def test_the_access_log_costs_nothing_when_nobody_listens(caplog):
    caplog.set_level("WARNING", logger="penchant.access")
    send_to(RequestIds(AccessLog(answering)))
    assert not caplog.records


def with_status(status):
    async def answer(scope, receive, send):
        await Answer(status, [], b"").write(scope, send)

    return answer


@pytest.mark.parametrize(
    ("told", "expected"),
    [("all", [200, 404, 500]), ("failed", [404, 500]), ("none", [])],
)
def test_the_access_log_tells_what_it_is_asked_to(told, expected, caplog):
    caplog.set_level("INFO", logger="penchant.access")
    for status in (200, 404, 500):
        send_to(RequestIds(AccessLog(with_status(status), told)))
    assert [json.loads(record.message)["status"] for record in caplog.records] == expected


def test_only_failures_of_the_server_itself_are_warnings(caplog):
    caplog.set_level("INFO", logger="penchant.access")
    for status in (404, 500):
        send_to(RequestIds(AccessLog(with_status(status))))
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]


def test_people_get_a_line_that_can_be_read(caplog):
    caplog.set_level("INFO", logger="penchant.access")
    send_to(RequestIds(AccessLog(with_status(404))))
    line = ForPeople().format(caplog.records[0])
    assert re.fullmatch(r"\d\d:\d\d:\d\d POST /x - 404 \d+(\.\d+)? ms", line)
