"""What needs no signature (health, metrics, preflights), and what is logged of each request."""

import json
import logging

import pytest
from botocore.awsrequest import AWSRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import penchant.edge.pages

from ..waiting import until


def get(live, path, method="GET", **headers):
    request = AWSRequest(method, f"{live.address}{path}", headers=headers)
    return live.send(request)


def test_health_says_that_it_lives_and_which_version(echo):
    answer = get(echo, "/health")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["status"] == "ok"
    assert json.loads(answer.content)["version"][0].isdigit()
    assert len(answer.headers["x-amzn-requestid"]) == 36


def test_metrics_count_requests_by_operation_and_status(serve, recorder, apis):
    live = serve(recorder.operations(apis))
    live.post("/recommendations", b"{}")
    live.post("/recommendations", b"{}")
    live.post("/recommendations", b"[")
    text = get(live, "/metrics").content.decode()
    assert 'penchant_requests_total{operation="GetRecommendations",status="200"} 2' in text
    assert 'penchant_requests_total{operation="GetRecommendations",status="400"} 1' in text
    name = "penchant_request_duration_seconds"
    assert f'{name}_bucket{{operation="GetRecommendations",status="200",le="+Inf"}} 2' in text
    assert f'{name}_count{{operation="GetRecommendations",status="200"}} 2' in text


def test_a_page_that_is_not_there_asks_for_a_signature(echo):
    answer = get(echo, "/nothing")
    assert answer.status_code == 403
    assert b"<Code>AccessDenied</Code>" in answer.content
    assert get(echo, "/nothing", "HEAD").content == b""


def test_further_pages_need_no_signature(serve):
    async def hello(request):
        return PlainTextResponse("hello")

    live = serve({}, routes=[Route("/console", hello)])
    assert get(live, "/console").content == b"hello"


def test_a_page_that_fails_is_an_internal_error(serve, caplog):
    async def broken(request):
        raise RuntimeError("out of order")

    live = serve({}, routes=[Route("/console", broken)])
    assert get(live, "/console").status_code == 500
    assert "out of order" in caplog.text


def test_a_preflight_is_answered_without_a_signature(echo, recorder):
    answer = get(
        echo,
        "/recommendations",
        "OPTIONS",
        **{
            "Origin": "http://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-amz-date",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "authorization,x-amz-date"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.content == b""
    assert not recorder.calls


@pytest.mark.parametrize("body", [b"{}", b"["])
def test_a_page_of_any_origin_may_read_answers_and_errors(echo, body):
    answer = echo.post("/recommendations", body, Origin="http://shop.example")
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"x-amzn-requestid", "x-amzn-errortype", "etag"} <= set(exposed)


def test_an_answer_to_no_browser_has_no_such_headers(echo):
    assert "access-control-allow-origin" not in echo.post("/recommendations", b"{}").headers


def access_line(caplog):
    """The line is written once the answer is out, so it may come a moment later."""
    (line,) = until(
        lambda: [one.getMessage() for one in caplog.records if one.name == "penchant.access"]
    )
    return line


def test_one_line_of_json_is_logged_per_request(echo, caplog):
    caplog.set_level(logging.INFO, logger="penchant.access")
    answer = echo.post("/recommendations", b'{"numResults": -1}')
    values = json.loads(access_line(caplog))
    assert values.pop("duration_ms") > 0
    assert values == {
        "request_id": answer.headers["x-amzn-requestid"],
        "method": "POST",
        "path": "/recommendations",
        "operation": "GetRecommendations",
        "status": 400,
        "error": "InvalidInputException",
        "access_key_id": "AKIDEXAMPLE",
    }


def test_the_module_s_content_type_is_prometheus_own(echo):
    assert get(echo, "/metrics").headers["content-type"] == penchant.edge.pages.CONTENT_TYPE
