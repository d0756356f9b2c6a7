import csv
import json

import pytest

from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.store.events import Event
from penchant.worker.exporting import Export, event_texts
from penchant.worker.importing import Import

from ...schemas import avro, avro_text

GOODS = avro(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "MAIN_GENRE", "type": "string", "categorical": True},
    ],
)


@pytest.fixture
def out(yard):
    (yard.folder / "in" / "out").mkdir()
    return yard.folder / "in" / "out"


def bring_in(yard, dataset, text):
    (yard.folder / "in" / "data.csv").write_text(text)
    yard.put(
        Kind.DATASET_IMPORT_JOB,
        "monday",
        job="import",
        parent_arn=dataset,
        datasetArn=dataset,
        dataSource={"dataLocation": f"file://{yard.folder}/in/data.csv"},
        importMode="FULL",
    )
    yard.work("import", Import(yard.shop))


def export(yard, dataset, mode, path=None):
    arn = yard.put(
        Kind.DATASET_EXPORT_JOB,
        f"weekly-{mode}",
        job="export",
        parent_arn=dataset,
        datasetArn=dataset,
        ingestionMode=mode,
        jobOutput={"s3DataDestination": {"path": path or f"file://{yard.folder}/in/out/"}},
    )
    yard.work("export", Export(yard.shop))
    return yard.get(arn)


def written(out, mode):
    with (out / f"weekly-{mode}.csv").open(newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, sorted(rows)


@pytest.fixture
def plays(yard):
    """A dataset of 1000 imported interactions and two streamed ones, one of which is no news."""
    dataset = yard.dataset()
    rows = [f"u{n % 40},i{n % 90},{1_000 + n}" for n in range(1000)]
    bring_in(yard, dataset, "USER_ID,ITEM_ID,TIMESTAMP\n" + "\n".join(rows) + "\n")
    events = [
        Event(user_id="u0", item_id="i0", timestamp=1_000, event_type="click", session_id="s"),
        Event(user_id="fresh", item_id="i7", timestamp=9_000, event_type="click", session_id="s"),
        Event(user_id="fresh", item_id="", timestamp=9_001, event_type="search", session_id="s"),
    ]
    yard.shop.stores.events.append(yard.get(dataset).parent_arn, events).result()
    return dataset


@pytest.mark.parametrize(("mode", "n_rows"), [("BULK", 1000), ("PUT", 2), ("ALL", 1001)])
def test_interactions_are_written_by_how_they_came(yard, out, plays, mode, n_rows):
    job = export(yard, plays, mode)
    assert (job.status, job.failure_reason) == ("ACTIVE", "")
    header, rows = written(out, mode)
    assert header == ["USER_ID", "ITEM_ID", "TIMESTAMP"]
    assert len(rows) == n_rows == job.own["n_rows"]
    assert (["fresh", "i7", "9000"] in rows) is (mode != "BULK")
    assert list((yard.folder / "scratch").iterdir()) == []


@pytest.fixture
def goods(yard):
    schema = yard.put(Kind.SCHEMA, "goods", schema=json.dumps(GOODS))
    group = yard.put(Kind.DATASET_GROUP, "shop")
    return yard.put(
        Kind.DATASET, "shop/ITEMS", parent_arn=group, schemaArn=schema, datasetType="Items"
    )


def put(yard, dataset, records):
    stores = yard.shop.stores
    with stores.resources.transaction() as tx:
        stores.records.put(tx, dataset, records, utc_now())


def test_an_imported_record_is_written_instead_of_an_older_put_one(yard, out, goods):
    put(yard, goods, {"x": {"mainGenre": "old"}, "z": {"mainGenre": "put"}})
    bring_in(yard, goods, "ITEM_ID,MAIN_GENRE\nx,new\n")
    export(yard, goods, "ALL")
    assert written(out, "ALL")[1] == [["x", "new"], ["z", "put"]]
    export(yard, goods, "PUT")
    assert written(out, "PUT")[1] == [["x", "old"], ["z", "put"]]


def test_put_records_are_written_under_the_schema_s_names_and_win(yard, out, goods):
    bring_in(yard, goods, "ITEM_ID,MAIN_GENRE\nx,old\ny,kept\n")
    put(yard, goods, {"x": {"mainGenre": ["a", "b"]}})
    assert export(yard, goods, "PUT").status == "ACTIVE"
    assert written(out, "PUT")[1] == [["x", "a|b"]]
    export(yard, goods, "ALL")
    assert written(out, "ALL")[1] == [["x", "a|b"], ["y", "kept"]]


def test_a_bucket_that_is_not_there_fails_the_job_with_a_reason(yard, plays):
    job = export(yard, plays, "ALL", path="s3://nowhere/out")
    assert job.status == "CREATE FAILED"
    assert job.failure_reason.startswith("Invalid Data location.")
    assert "'nowhere'" in job.failure_reason


def test_a_dataset_that_was_deleted_meanwhile_is_not_exported(yard, out, plays):
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.resources.remove(tx, plays)
    job = export(yard, plays, "ALL")
    assert job.failure_reason == f"{plays} was deleted; nothing was exported."
    assert list(out.iterdir()) == []


def test_events_are_told_in_the_schema_s_columns():
    fields = [
        *(("USER_ID", "string"), ("ACTION_ID", "string"), ("TIMESTAMP", "long")),
        *(("EVENT_TYPE", "string"), ("DEVICE_KIND", "string")),
    ]
    schema = parse_schema(
        avro_text("ActionInteractions", [{"name": name, "type": kind} for name, kind in fields])
    )
    event = Event(
        user_id="u",
        item_id="a",
        timestamp=5,
        event_type="Taken",
        event_value=0.5,
        impression=("a", "b"),
        recommendation_id="RID",
        properties={"deviceKind": "phone", "other": 1},
    )
    assert event_texts(schema)(event) == {
        "USER_ID": "u",
        "ACTION_ID": "a",
        "TIMESTAMP": "5",
        "EVENT_TYPE": "Taken",
        "EVENT_VALUE": "0.5",
        "IMPRESSION": "a|b",
        "RECOMMENDATION_ID": "RID",
        "DEVICE_KIND": "phone",
    }
