import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import UnknownOperationException
from penchant.edge.desk import Desk
from penchant.edge.rates import Rates
from penchant.protocol.catalogue import load_apis

CALLER = Caller("AKID", Owner("1", "r"))


@pytest.fixture(scope="module")
def apis():
    return load_apis()


def serve(operation, method, body=b"{}"):
    with ThreadPoolExecutor(1, thread_name_prefix="operation") as threads:
        desk = Desk(
            {operation.method_name: method} if method else {}, threads, Rates({}, time.monotonic)
        )
        return asyncio.run(desk.serve(operation, CALLER, body))


def test_a_slow_operation_runs_in_a_thread_with_its_caller_and_arguments(apis):
    seen = []

    def list_schemas(caller, **arguments):
        seen.append((caller, arguments, threading.current_thread().name))
        return {"schemas": []}

    operation = apis.by_target["AmazonPersonalize.ListSchemas"]
    assert serve(operation, list_schemas, b'{"maxResults": 3}') == b'{"schemas":[]}'
    assert seen == [(CALLER, {"max_results": 3}, "operation_0")]


def test_an_asynchronous_operation_is_awaited_where_it_is(apis):
    seen = []

    async def put_items(caller, *, dataset_arn, items):
        await asyncio.sleep(0)
        seen.append(threading.current_thread())

    body = b'{"datasetArn":"arn:aws:personalize:::d/a","items":[{"itemId":"a"}]}'
    assert serve(apis.by_path["/items"], put_items, body) == b""
    assert seen == [threading.current_thread()]


def test_a_method_that_is_missing_is_an_unknown_operation(apis):
    with pytest.raises(UnknownOperationException, match="ListSchemas is not answered by this"):
        serve(apis.by_target["AmazonPersonalize.ListSchemas"], None)
