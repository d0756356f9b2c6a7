import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from penchant.data.attribution import UNDEFINED, Cell, Ledger
from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.serving.recommendation_ids import campaign_part, new_recommendation_id
from penchant.store.attributed import AttributedMetrics
from penchant.store.events import Event
from penchant.worker.attribution.group import MOST_SOURCES, limited
from penchant.worker.attribution.imports import AttributeImport
from penchant.worker.attribution.schedule import Attributions
from penchant.worker.attribution.tasks import Attribute
from penchant.worker.importing import Import

from ....schemas import avro_text

START = 1_700_000_100 // 900 * 900
FIELDS = {
    "Interactions": {
        "USER_ID": "string",
        "ITEM_ID": "string",
        "TIMESTAMP": "long",
        "EVENT_TYPE": "string",
        "RECOMMENDATION_ID": ["null", "string"],
    },
    "Items": {"ITEM_ID": "string", "PRICE": "float"},
}
METRICS = [
    {"eventType": "watch", "metricName": "plays", "expression": "SAMPLECOUNT()"},
    {"eventType": "Buy", "metricName": "revenue", "expression": "SUM(Items.PRICE)"},
]


@pytest.fixture
def clock():
    """The present moment, to be set; in the middle of a bucket."""
    return [datetime.fromtimestamp(START + 100, UTC)]


@pytest.fixture
def shop(yard, clock):
    return replace(yard.shop, clock=lambda: clock[0])


@pytest.fixture
def group(yard):
    arn = yard.put(Kind.DATASET_GROUP, "shop")
    for record, fields in FIELDS.items():
        text = avro_text(record, [{"name": name, "type": kind} for name, kind in fields.items()])
        schema = yard.put(Kind.SCHEMA, record, schema=text)
        yard.put(
            Kind.DATASET,
            f"shop/{record.upper()}",
            parent_arn=arn,
            schemaArn=schema,
            datasetType=record,
        )
    stores = yard.shop.stores
    items = f"{arn.replace('dataset-group', 'dataset')}/ITEMS"
    with stores.resources.transaction() as tx:
        stores.records.put(tx, items, {"x": {"price": 2.5}}, utc_now())
    return arn


@pytest.fixture
def attribution(yard, group):
    return yard.put(
        Kind.METRIC_ATTRIBUTION,
        "impact",
        parent_arn=group,
        own={"metrics": METRICS, "sequence": 0},
        metricsOutputConfig={
            "s3DataDestination": {"path": f"file://{yard.folder}/in/reports/"},
            "roleArn": "arn:aws:iam::000000000000:role/writer",
        },
    )


@pytest.fixture
def campaign(yard, group):
    solution = yard.put(Kind.SOLUTION, "best", parent_arn=group)
    return yard.put(Kind.CAMPAIGN, "front", parent_arn=solution)


def send(yard, group, *events):
    made = [
        Event(user_id="u", item_id="x", timestamp=START + second, event_type=kind, **others)
        for second, kind, others in events
    ]
    yard.shop.stores.events.append(group, made).result()


def look(yard, shop, attribution):
    """What the schedule asks for is done; whether it asked."""
    Attributions(shop).look()
    job = yard.shop.queue.of(attribution)
    if job is None or job.state != "QUEUED":
        return False
    yard.work("attribute", Attribute(shop))
    return True


def series(yard, attribution):
    cells = AttributedMetrics(yard.shop.stores.engine).series(attribution)
    return {(one.bucket - START, one.metric, one.source): one.value for one in cells}


def reports(yard):
    folder = yard.folder / "in" / "reports"
    found = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with path.open(newline="") as stream:
            found[path.name] = list(csv.reader(stream))
    return found


def test_events_are_added_up_by_their_sources_and_each_once(
    yard, shop, group, attribution, campaign
):
    rid = new_recommendation_id(campaign_part(campaign))
    mail = {"properties": {"EVENT_ATTRIBUTION_SOURCE": "mail"}, "recommendation_id": rid}
    send(yard, group, (0, "watch", mail), (1, "buy", {}), (2, "Buy", {"recommendation_id": rid}))
    assert look(yard, shop, attribution)
    expected = {
        (0, "plays", "mail"): 1.0,
        (0, "revenue", campaign): 2.5,
        (0, "revenue", UNDEFINED): 2.5,
    }
    assert series(yard, attribution) == expected
    send(yard, group, (3, "watch", mail), (901, "watch", mail))
    assert look(yard, shop, attribution)
    more = {(0, "plays", "mail"): 2.0, (900, "plays", "mail"): 1.0}
    assert series(yard, attribution) == expected | more


def test_it_is_not_asked_for_again_while_nothing_comes(yard, shop, group, attribution, clock):
    send(yard, group, (0, "watch", {}))
    assert look(yard, shop, attribution)
    assert not look(yard, shop, attribution)
    clock[0] += timedelta(minutes=15)
    assert look(yard, shop, attribution)


def test_events_older_than_a_fortnight_are_left_out(yard, shop, group, attribution):
    send(yard, group, (-15 * 86_400, "watch", {}))
    look(yard, shop, attribution)
    assert series(yard, attribution) == {}


def test_a_report_tells_ended_buckets_once(yard, shop, group, attribution, clock):
    send(yard, group, (0, "watch", {}), (1, "buy", {}), (2, "watch", {}))
    look(yard, shop, attribution)
    assert reports(yard) == {}
    clock[0] += timedelta(minutes=15)
    look(yard, shop, attribution)
    name = f"AggregatedAttributionMetrics - PUT - {START + 1000}.csv"
    assert reports(yard) == {
        name: [
            [
                *("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION"),
                *("EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP"),
            ],
            ["PLAYS", "WATCH", "2.0", "samplecount", UNDEFINED, str(START)],
            ["REVENUE", "BUY", "2.5", "sum", UNDEFINED, str(START)],
        ]
    }
    clock[0] += timedelta(minutes=15)
    look(yard, shop, attribution)
    assert list(reports(yard)) == [name]


def write_elsewhere(yard, attribution, config):
    resources = yard.shop.stores.resources
    with resources.transaction() as tx:
        held = resources.held(tx, attribution)
        resources.change(tx, held, utc_now(), sent={"metricsOutputConfig": config})


def test_a_report_that_cannot_be_written_is_told_and_written_later(
    yard, shop, group, attribution, clock
):
    (yard.folder / "in" / "reports").write_text("no folder")
    send(yard, group, (0, "watch", {}))
    look(yard, shop, attribution)
    clock[0] += timedelta(minutes=15)
    config = yard.get(attribution).sent["metricsOutputConfig"]
    elsewhere = {**config, "s3DataDestination": {"path": "s3://nowhere/reports"}}
    write_elsewhere(yard, attribution, elsewhere)
    look(yard, shop, attribution)
    found = yard.get(attribution)
    assert (found.status, "'nowhere'" in found.failure_reason) == ("ACTIVE", True)
    (yard.folder / "in" / "reports").unlink()
    write_elsewhere(yard, attribution, config)
    assert look(yard, shop, attribution)
    assert yard.get(attribution).failure_reason == ""
    ((_, row),) = reports(yard).values()
    assert row[2] == "1.0"


def bring_in(yard, group, mode, **members):
    dataset = f"{group.replace('dataset-group', 'dataset')}/INTERACTIONS"
    rows = [f"u{n},x,{START + n % 900},{'buy' if n % 4 else 'watch'}," for n in range(1000)]
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,RECOMMENDATION_ID\n"
    (yard.folder / "in" / "data.csv").write_text(header + "\n".join(rows) + "\n")
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        parent_arn=dataset,
        datasetArn=dataset,
        dataSource={"dataLocation": f"file://{yard.folder}/in/data.csv"},
        importMode=mode,
        **members,
    )
    yard.work("import", Import(yard.shop))
    assert yard.get(job).status == "ACTIVE", yard.get(job).failure_reason
    return job


def add_up(yard, shop):
    """What is asked for of imports is done; how it ended."""
    (job,) = [one for one in yard.shop.queue.open() if one.kind == "attribute-import"]
    yard.work("attribute-import", AttributeImport(shop))
    return yard.shop.queue.of(job.resource_arn).state


def asked(yard, shop):
    """Whether the schedule asks for imports."""
    Attributions(shop).look()
    return any(one.kind == "attribute-import" for one in yard.shop.queue.open())


COUNTED = {(0, "plays", UNDEFINED): 250.0, (0, "revenue", UNDEFINED): 1875.0}


def test_an_increment_counts_and_tells_when_asked_to(yard, shop, group, attribution):
    bring_in(yard, group, "INCREMENTAL", publishAttributionMetricsToS3=True)
    add_up(yard, shop)
    assert series(yard, attribution) == COUNTED
    (rows,) = reports(yard).values()
    assert [row[:3] for row in rows[1:]] == [
        ["PLAYS", "WATCH", "250.0"],
        ["REVENUE", "BUY", "1875.0"],
    ]
    assert next(iter(reports(yard))).startswith("AggregatedAttributionMetrics - BULK - ")


def test_a_full_import_does_not_count_and_tells_nothing_unasked(yard, shop, group, attribution):
    bring_in(yard, group, "FULL")
    add_up(yard, shop)
    assert series(yard, attribution) == {}
    assert reports(yard) == {}


def test_an_import_that_cannot_be_read_now_is_added_up_later(
    yard, shop, group, attribution, clock, monkeypatch
):
    def full(*_):
        raise duckdb.IOException("No space left on device")

    bring_in(yard, group, "INCREMENTAL")
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "read_part", full)
        assert add_up(yard, shop) == "FAILED"
        assert "No space left" in yard.get(attribution).failure_reason
        for minutes in (1, 2):
            assert not asked(yard, shop)
            clock[0] += timedelta(minutes=minutes)
            assert asked(yard, shop)
            assert add_up(yard, shop) == "FAILED"
    assert series(yard, attribution) == {}
    clock[0] += timedelta(minutes=4)
    assert asked(yard, shop)
    assert add_up(yard, shop) == "DONE"
    assert series(yard, attribution) == COUNTED
    assert (yard.get(attribution).failure_reason, yard.get(attribution).own["imports"]) == ("", {})
    clock[0] += timedelta(days=2)
    assert not asked(yard, shop)


def test_a_report_of_an_import_that_cannot_be_written_is_written_later(
    yard, shop, group, attribution, clock
):
    (yard.folder / "in" / "reports").write_text("no folder")
    bring_in(yard, group, "FULL", publishAttributionMetricsToS3=True)
    assert add_up(yard, shop) == "FAILED"
    (yard.folder / "in" / "reports").unlink()
    send(yard, group, (0, "watch", {}))
    assert look(yard, shop, attribution)
    assert "reports" in yard.get(attribution).failure_reason
    clock[0] += timedelta(minutes=1)
    assert asked(yard, shop)
    assert add_up(yard, shop) == "DONE"
    assert yard.get(attribution).failure_reason == ""
    assert len(reports(yard)) == 1


def test_a_file_that_has_been_replaced_is_not_added_up(yard, shop, group, attribution):
    bring_in(yard, group, "INCREMENTAL", publishAttributionMetricsToS3=True)
    (part,) = yard.get(f"{group.replace('dataset-group', 'dataset')}/INTERACTIONS").own["parts"]
    (yard.folder / part).unlink()
    assert add_up(yard, shop) == "DONE"
    assert (series(yard, attribution), reports(yard)) == ({}, {})
    assert yard.shop.queue.open() == []


def test_without_a_metric_attribution_nothing_is_asked_for(yard, group):
    dataset = f"{group.replace('dataset-group', 'dataset')}/INTERACTIONS"
    assert yard.get(dataset).parent_arn == group
    Attributions(yard.shop).look()
    assert yard.shop.queue.open() == []


def test_a_metric_attribution_that_is_gone_is_passed_over(yard, shop, group, attribution):
    send(yard, group, (0, "watch", {}))
    Attributions(shop).look()
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, attribution)
    yard.work("attribute", Attribute(shop))
    assert series(yard, attribution) == {}


def test_a_hundred_sources_are_told_apart():
    cells = [Cell(0, "m", "e", "sum", f"s{n}", 1.0) for n in range(MOST_SOURCES + 5)]
    found = [one.source for one in limited(cells, {"s104"})]
    assert found.count(UNDEFINED) == 5
    assert found[-1] == "s104"
