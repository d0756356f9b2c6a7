"""How long the wire takes of one request: verify, parse, respond, and all of it together."""

import asyncio
import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from penchant.edge.application import application
from penchant.protocol import canonical, sigv4, verification
from penchant.protocol.catalogue import load_apis
from penchant.protocol.signature_forms import read
from penchant.service.counting import counted
from penchant.settings import Settings
from penchant.store.database import connect, migrate
from penchant.store.resources import Resources
from penchant.store.usage import Usage

from .calls import Call, Keys, signed
from .front import CALLER

pytestmark = pytest.mark.speed
ASKED = {"campaignArn": "arn:aws:personalize:us-east-1:000000000000:campaign/c", "userId": "12"}
BODY = json.dumps(ASKED).encode()


@pytest.fixture
def sent():
    return signed(BODY)


@pytest.fixture(scope="module")
def apis():
    return load_apis()


@pytest.fixture(scope="module")
def answer():
    items = [{"itemId": str(number), "score": 0.1 / (number + 3)} for number in range(25)]
    return {"itemList": items, "recommendationId": "RID-40-42ab-acfe-99a87e8a5023-CID-55f538"}


def test_reading_the_models_at_start(benchmark):
    benchmark.pedantic(load_apis, rounds=3)


def test_parsing_and_checking_a_request_for_recommendations(benchmark, apis):
    benchmark(apis.by_path["/recommendations"].parse, BODY)


def test_parsing_and_checking_an_event(benchmark, apis):
    event = b'{"eventType":"click","sentAt":1700000000,"itemId":"7","properties":"{}"}'
    body = b'{"trackingId":"t","sessionId":"s","userId":"1","eventList":[' + event + b"]}"
    benchmark(apis.by_path["/events"].parse, body)


def test_writing_an_answer_of_25_items(benchmark, apis, answer):
    benchmark(apis.by_path["/recommendations"].respond, answer)


def test_writing_a_described_solution(benchmark, apis):
    now = datetime.now(UTC)
    solution = {"name": "s", "status": "ACTIVE", "creationDateTime": now, "eventType": None}
    operation = apis.by_target["AmazonPersonalize.DescribeSolution"]
    benchmark(operation.respond, {"solution": solution})


def test_a_whole_request_inside_the_application(benchmark, apis, answer):
    async def get_recommendations(caller, **_):
        return answer

    doors = {"get_recommendations": get_recommendations}
    app = application(doors, Keys(), None, Settings(), apis=apis)
    loop = asyncio.new_event_loop()
    call = Call(app, ASKED, loop)
    benchmark(call)
    loop.close()
    assert call.statuses == {200, None}


def test_counting_a_call(benchmark, tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'penchant.db'}")
    usage = Usage(engine, Resources(engine), every_s=3600)
    method = counted({"get_recommendations": lambda caller, **_: {}}, usage)["get_recommendations"]
    benchmark(method, CALLER, campaign_arn=ASKED["campaignArn"], user_id="12")
    migrate(engine)
    usage.close()
    engine.dispose()


def test_verifying_a_signature(benchmark, sent):
    now = datetime.now(UTC)

    def verify():
        headers = canonical.fold(sent)
        request = sigv4.SignedRequest("POST", b"/recommendations", b"", headers)
        signature = read(headers, b"")
        body_hash = sha256(BODY).hexdigest()
        verification.verify(signature, "secret", request, body_hash=body_hash, now=now, skew_s=300)

    benchmark(verify)
