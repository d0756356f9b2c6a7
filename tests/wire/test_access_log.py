"""Which requests have a line in the log."""

import json
import logging

import pytest

from penchant.settings import Settings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), [400]),
        (Settings(access_log="all"), [200, 400]),
        (Settings(access_log="none"), []),
    ],
)
def test_the_setting_says_which(serve, recorder, apis, caplog, settings, expected):
    caplog.set_level(logging.INFO, logger="penchant.access")
    live = serve(recorder.operations(apis), settings=settings)
    for body in (b"{}", b"["):
        live.post("/recommendations", body)
    live.client("personalize").list_schemas()  # by now the lines of those before are written
    told = [json.loads(record.getMessage()) for record in caplog.records]
    assert [one["status"] for one in told if one["path"] == "/recommendations"] == expected
