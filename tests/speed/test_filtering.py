"""What a filter costs on top of an answer: 10 000 items, one thread.

`pytest tests/speed/test_filtering.py -m speed`
"""

import asyncio
import re
import time
from functools import partial

import duckdb
import numpy as np
import pytest

from penchant.data.imports import SourceFile, import_files
from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.edge.application import application
from penchant.settings import Settings

from ..schemas import avro_text
from .calls import Call, Keys
from .front import CALLER, CAMPAIGNS, GROUP, LENGTH, N_ITEMS, N_USERS, NOW, OWNER, run

pytestmark = pytest.mark.speed

FILTER = (
    "INCLUDE ItemID WHERE Items.GENRE IN ($GENRES) AND Items.PRICE < 900 | "
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")'
)
ON_SALE = 'INCLUDE ItemID WHERE Items.ON_SALE IN ("yes")'
TEXT = ["null", "string"]
COLUMNS = {
    "ITEMS": (
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRE", "type": TEXT, "categorical": True},
        {"name": "PRICE", "type": "float"},
        {"name": "ON_SALE", "type": TEXT, "categorical": True},
        {"name": "STORY", "type": TEXT, "textual": True},
    ),
    "INTERACTIONS": (
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ),
}
ROWS = {
    "ITEMS": f"""SELECT 'item-' || n AS ITEM_ID, 'g' || n % 7 || '|g' || n % 11 AS GENRE,
        n % 1000 AS PRICE, if(n % 10 = 0, 'yes', 'no') AS ON_SALE,
        repeat('words ', 40) || n AS STORY FROM range({N_ITEMS}) AS t(n)""",
    "INTERACTIONS": f"""SELECT 'user-' || n % {N_USERS} AS USER_ID,
        'item-' || (n * 7919) % {N_ITEMS} AS ITEM_ID, 1700000000 + n AS TIMESTAMP,
        if(n % 3 = 0, 'Click', 'view') AS EVENT_TYPE FROM range({N_USERS * LENGTH}) AS t(n)""",
}


@pytest.fixture(scope="module", autouse=True)
def data(ground):
    """Datasets of items and interactions, and two filters."""
    with ground.resources.transaction() as tx:
        for name in COLUMNS:
            for one in dataset(ground.folder, name):
                ground.resources.add(tx, one)
        for name, expression in (("filter", FILTER), ("sale", ON_SALE)):
            sent = {"filterExpression": expression}
            ground.resources.add(tx, resource(Kind.FILTER, name, sent=sent, parent_arn=GROUP))


def dataset(folder, name):
    text = avro_text(name.title(), COLUMNS[name])
    duckdb.sql(ROWS[name]).write_csv(str(folder / f"{name}.csv"))
    source = SourceFile(folder / f"{name}.csv", name)
    part = folder / f"{name}.parquet"
    import_files(
        [source],
        parse_schema(text),
        name,
        part,
        memory_bytes=200_000_000,
        threads=1,
        spill=folder,
        progress=lambda done, total: None,
    )
    yield (schema := resource(Kind.SCHEMA, name, sent={"schema": text}))
    sent = {"schemaArn": schema.arn, "datasetType": name}
    yield resource(Kind.DATASET, f"shop/{name}", sent=sent, own={"parts": [part.name]})


def resource(kind, name, **members):
    moments = {"created_at": NOW, "updated_at": NOW}
    arn = OWNER.arn(kind, name)
    return Resource(
        arn=arn, kind=kind, owner=OWNER, name=name, status="ACTIVE", **moments, **members
    )


ASKED = {
    "plain": {},
    "a filter of columns and events": {
        "filter_arn": OWNER.arn(Kind.FILTER, "filter"),
        "filter_values": {"GENRES": '"g1","g2","g3"'},
    },
    "a promotion": {
        "promotions": [
            {
                "name": "sale",
                "percentPromotedItems": 20,
                "filterArn": OWNER.arn(Kind.FILTER, "sale"),
            }
        ]
    },
}
ASKED["both"] = ASKED["a filter of columns and events"] | ASKED["a promotion"]
ASKED["metadata"] = {"metadata_columns": {"ITEMS": ["GENRE", "PRICE", "STORY"]}}


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
@pytest.mark.parametrize("kind", ASKED)
def test_recommendations(benchmark, runtime, kind, user):
    asked = {"campaign_arn": CAMPAIGNS["aws-user-personalization-v2"], "user_id": user} | ASKED[
        kind
    ]
    found = benchmark(lambda: run(lambda: runtime.get_recommendations(CALLER, **asked)))
    assert len(found["itemList"]) == 25


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
def test_a_filter_and_a_promotion_cost_at_most_half_of_a_call_more(runtime, user):
    """The two in turn, so that whatever else the machine does slows both down.

    A call is all between the bytes of a signed request and those of its answer.
    """
    kinds = ("plain", "both")
    wanted = {"campaign_arn": CAMPAIGNS["aws-user-personalization-v2"], "user_id": user}
    inside = [partial(answered, runtime, wanted | ASKED[kind]) for kind in kinds]
    doors = {"get_recommendations": runtime.get_recommendations}
    app = application(doors, Keys(), None, Settings())
    loop = asyncio.new_event_loop()
    calls = [Call(app, on_the_wire(wanted | ASKED[kind]), loop) for kind in kinds]
    for what, most, (plain, both) in (
        ("without the wire", 1.75, taken_in_turn(inside)),
        ("a whole call", 1.5, taken_in_turn(calls)),
    ):
        print(
            f"\n{user}, {what}: {plain:.0f} us plain, {both:.0f} us with both, {both / plain:.2f}"
        )
        assert both <= most * plain
    loop.close()
    assert all(call.statuses == {200, None} for call in calls)


def answered(runtime, asked):
    return run(lambda: runtime.get_recommendations(CALLER, **asked))


def on_the_wire(asked):
    """`user_id` is `userId` there."""
    return {re.sub("_(.)", lambda found: found[1].upper(), name): asked[name] for name in asked}


def taken_in_turn(calls):
    """Medians in microseconds."""
    times = [[] for _ in calls]
    for _ in range(1_000):
        for call, taken in zip(calls, times, strict=True):
            began = time.perf_counter()
            call()
            taken.append(time.perf_counter() - began)
    return [float(np.median(taken)) * 1e6 for taken in times]
