import csv
import json
import threading
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind
from penchant.domain.datasets import folder_of
from penchant.domain.resources import utc_now
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.popularity import PopularityModel
from penchant.serving.imported_events import ImportedEvents, beside, write_imported_events
from penchant.store.erasing import Erasure
from penchant.store.events import Event
from penchant.worker.deletion import artifacts as deleting_artifacts
from penchant.worker.deletion import data as deleting_data
from penchant.worker.deletion.task import MOST_BYTES, Forget
from penchant.worker.importing import Import
from penchant.worker.loop import Worker
from penchant.worker.training.sources import gather

from ....schemas import avro
from ....waiting import until

GONE = "leaving-user-4711"
USERS = avro(
    "Users",
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "AGE", "type": "int"},
    ],
)


def bring_in(yard, dataset, name, columns, n_rows):
    """A file such as an import leaves."""
    part = f"{folder_of(yard.get(dataset))}/{name}.parquet"
    path = yard.folder / part
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"SELECT {columns}, n AS _row FROM range({n_rows}) AS rows(n)").write_parquet(
        str(path)
    )
    if "ITEM_ID" in columns:
        write_imported_events(path, "ITEM_ID", memory_bytes=100_000_000, spill=yard.folder)
    resources = yard.shop.stores.resources
    with resources.transaction() as tx:
        held = resources.held(tx, dataset)
        resources.change(tx, held, utc_now(), own={"parts": [*held.own.get("parts", ()), part]})


@pytest.fixture
def plays(yard):
    """Interactions in two files; a fifth of the second are those of one user."""
    dataset = yard.dataset()
    rest = "'i' || (n % 90) AS ITEM_ID, 1000 + n AS TIMESTAMP"
    bring_in(yard, dataset, "1-1", f"'u' || (n % 40) AS USER_ID, {rest}", 1000)
    user = f"CASE WHEN n % 5 = 0 THEN '{GONE}' ELSE 'u' || (n % 40) END"
    bring_in(yard, dataset, "2-1", f"{user} AS USER_ID, {rest}", 1000)
    return dataset


@pytest.fixture
def people(yard, plays):
    schema = yard.put(Kind.SCHEMA, "people", schema=json.dumps(USERS))
    dataset = yard.put(
        Kind.DATASET,
        "shop/USERS",
        parent_arn=yard.get(plays).parent_arn,
        schemaArn=schema,
        datasetType="Users",
    )
    bring_in(yard, dataset, "3-1", f"'{GONE}' AS USER_ID, 4 AS AGE", 1)
    stores = yard.shop.stores
    with stores.resources.transaction() as tx:
        stores.records.put(tx, dataset, {GONE: {"age": 5}, "u1": {"age": 6}}, utc_now())
    return dataset


@pytest.fixture
def group(yard, plays, people):
    """The dataset group, with events too."""
    arn = yard.get(plays).parent_arn
    theirs = {"user_id": GONE, "item_id": "i1", "session_id": f"session of {GONE}"}
    events = [Event(**theirs, timestamp=n, recommendation_id="RID-1") for n in range(5)]
    others = [Event(user_id="u2", item_id="i2", timestamp=n) for n in range(3)]
    yard.shop.stores.events.append(arn, events + others).result()
    yard.shop.stores.shown.note("RID-1", ["i1"])
    return arn


def artifact(yard, name):
    users = Vocabulary(["u0", GONE, "u1"])
    rows = TrainingSet(
        users=users,
        items=Vocabulary(["i0", "i1"]),
        user_indices=np.array([0, 0, 1, 1, 2], np.int32),
        item_indices=np.array([0, 1, 0, 1, 1], np.int32),
        timestamps=np.arange(5, dtype=np.int64),
        event_types=np.full(5, -1, np.int16),
        event_values=np.full(5, np.nan, np.float32),
    )
    write_artifact(
        yard.folder / name,
        PopularityModel(rows.items, (), np.array([2, 3], np.float32)),
        rows,
        recipe_arn="arn:aws:personalize:::recipe/aws-popularity-count",
        family="popularity",
        metrics={"coverage": 0.5},
        leaderboard=[],
        max_history=9,
        test_rows={
            "users": np.array([1, 2, -1], np.int32),
            "items": np.array([0, 1, 1], np.int32),
        },
    )


@pytest.fixture
def version(yard, group):
    """A deployed solution version, trained and renewed."""
    for name in ("artifacts/1-1", "artifacts/2-1"):
        artifact(yard, name)
    solution = yard.put(Kind.SOLUTION, "best", parent_arn=group)
    own = {"artifact": "artifacts/1-1", "renewal": {"artifact": "artifacts/2-1", "former": ""}}
    version = yard.put(Kind.SOLUTION_VERSION, "best/1", parent_arn=solution, own=own)
    serving = {"solutionVersionArn": version, "artifact": "artifacts/2-1"}
    yard.put(Kind.CAMPAIGN, "front", parent_arn=solution, own={"serving": serving})
    return version


def delete(yard, group, text=f"USER_ID\n{GONE}\n", name="monday", **paths):
    folder = yard.folder / "in" / "gone"
    (folder / "deeper").mkdir(parents=True, exist_ok=True)
    for path, content in {"deeper/users.csv": text, "readme.txt": "no list", **paths}.items():
        (folder / path).write_text(content)
    from_s3 = {"dataLocation": f"file://{folder}"}
    arn = yard.put(
        Kind.DATA_DELETION_JOB,
        name,
        status="PENDING",
        parent_arn=group,
        datasetGroupArn=group,
        dataSource=from_s3,
    )
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.queue.enqueue(tx, "forget", arn, {})
    return arn


def do(yard, arn):
    yard.work("forget", Forget(yard.shop, pause_s=0.0, grace_s=0.0))
    return yard.get(arn)


def left_in(yard, text=GONE):
    """Files below the data folder, but for what was uploaded, that hold a text."""
    found = [path for path in yard.folder.rglob("*") if path.is_file()]
    outside = [path for path in found if not path.is_relative_to(yard.folder / "in")]
    assert yard.folder / "penchant.db" in outside
    return [str(path) for path in outside if text.encode() in path.read_bytes()]


def test_no_byte_of_a_user_is_left(yard, group, version):
    assert len(left_in(yard)) > 5
    job = do(yard, delete(yard, group))
    assert (job.status, job.failure_reason) == ("COMPLETED", "")
    assert left_in(yard) == []
    assert job.own["n_deleted"] == 200 + 1 + 1 + 5
    assert list((yard.folder / "scratch").iterdir()) == []


def test_what_an_import_told_of_the_user_is_taken_back(yard, group, plays):
    users = [GONE, 'it\'s "u1"']
    with (yard.folder / "in" / "heavy.csv").open("w", newline="") as file:
        rows = [(user, f"i{n}", 9) for user in users for n in range(500)]
        csv.writer(file).writerows([("USER_ID", "ITEM_ID", "TIMESTAMP"), *rows])
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        "heavy",
        job="import",
        parent_arn=plays,
        datasetArn=plays,
        dataSource={"dataLocation": f"file://{yard.folder}/in/heavy.csv"},
        importMode="INCREMENTAL",
    )
    yard.work("import", Import(yard.shop))
    before = yard.get(job).own["warnings"]
    assert [one.get("userId") for one in before] == [*sorted(users), None]
    do(yard, delete(yard, group))
    assert yard.get(job).own["warnings"] == [one for one in before if one.get("userId") != GONE]
    assert left_in(yard) == []


def test_warnings_kept_as_texts_alone_are_taken_back_whoever_they_name(yard, group, plays):
    told = [f"User '{GONE}' has 9 of 10 interactions (90%); leave it out.", "Of nobody."]
    job = yard.put(Kind.DATASET_IMPORT_JOB, "old", parent_arn=plays, own={"warnings": told})
    do(yard, delete(yard, group))
    assert yard.get(job).own["warnings"] == []
    assert left_in(yard) == []


def test_the_others_stay(yard, plays, group):
    do(yard, delete(yard, group))
    parts = yard.get(plays).own["parts"]
    pasts = [ImportedEvents.load(beside(yard.folder / part)) for part in parts]
    assert [len(past.users) for past in pasts] == [40, 32]
    assert yard.shop.stores.events.count(group) == 3
    assert dict(yard.shop.stores.records.scan(group.replace("-group", "") + "/USERS")) == {
        "u1": {"age": 6}
    }


def test_a_file_without_the_users_is_not_written_anew(yard, plays, group):
    before = yard.get(plays).own["parts"]
    do(yard, delete(yard, group))
    after = yard.get(plays).own["parts"]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)
    assert not (yard.folder / before[1]).exists()


def test_a_file_of_nobody_else_is_gone(yard, people, group):
    do(yard, delete(yard, group))
    assert yard.get(people).own["parts"] == []


def test_models_answer_on_and_know_the_user_no_more(yard, group, version):
    do(yard, delete(yard, group))
    renewal = yard.get(version).own["renewal"]["artifact"]
    (campaign,) = yard.shop.stores.resources.every(Kind.CAMPAIGN)
    assert campaign.own["serving"]["artifact"] == renewal
    names = {yard.get(version).own["artifact"], renewal}
    assert {f"artifacts/{path.name}" for path in (yard.folder / "artifacts").iterdir()} == names
    for name in names:
        found = read_artifact(yard.folder / name)
        assert (list(found.users), found.meta["metrics"]) == (["u0", "u1"], {"coverage": 0.5})
        assert len(found.history(GONE)) == 0
        assert found.history("u1").items.tolist() == [1]


def test_the_test_of_a_training_loses_the_rows_of_the_user(yard, group, version):
    do(yard, delete(yard, group))
    own = yard.get(version).own
    rows = read_artifact(yard.folder / own["artifact"]).test_rows()
    assert (rows["users"].tolist(), rows["items"].tolist()) == ([1, -1], [1, 1])
    assert read_artifact(yard.folder / own["renewal"]["artifact"]).test_rows() is None


def test_the_next_training_does_not_know_the_user(yard, group, version):
    do(yard, delete(yard, group))
    asked = replace(yard.get(version), sent={"datasetGroupArn": group})
    training_set = gather(yard.shop.stores, yard.shop.settings, asked)
    assert GONE not in training_set.users
    assert training_set.n_users == 40


def test_what_killed_jobs_left_is_gone_too(yard, plays, group, version):
    folder = (yard.folder / yard.get(plays).own["parts"][0]).parent
    for path in (
        folder / "99-1.parquet",
        folder / ".12-1.parquet.past.abc" / "names.json",
        yard.folder / "scratch" / "tmpxyz" / "0.parquet",
        yard.folder / "artifacts" / ".7-1.abc" / "users.json",
        yard.folder / "batches" / "99" / "in" / "users.json",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(GONE)
    do(yard, delete(yard, group))
    assert left_in(yard) == []


def test_a_file_that_cannot_be_written_anew_fails_the_deletion(yard, group, monkeypatch):
    def rewrite(*_):
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(deleting_data, "rewrite", rewrite)
    job = do(yard, delete(yard, group))
    assert (job.status, "No space left" in job.failure_reason) == ("FAILED", True)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (deleting_data, "_discard"),
        (deleting_artifacts, "_publish"),
        (Forget, "_sweep"),
        (Erasure, "clean"),
    ],
)
def test_a_job_that_was_killed_is_begun_again_and_counts_nothing_twice(
    yard, group, version, monkeypatch, place, name
):
    class KilledError(BaseException):
        """Ends the worker as a kill would."""

    def die(*_):
        raise KilledError

    arn = delete(yard, group)
    task = Forget(yard.shop, pause_s=0.0, grace_s=0.0)
    job = yard.shop.queue.claim("other", 0.001, kinds=["forget"])
    with monkeypatch.context() as patched:
        patched.setattr(place, name, die)
        with pytest.raises(KilledError):
            task.do(job, lambda _: None)
    found = do(yard, arn)
    assert (found.status, found.own["n_deleted"]) == ("COMPLETED", 207)
    assert left_in(yard) == []


def test_what_jobs_under_way_publish_is_cleaned_when_they_have_ended(yard, group, version):
    """A training that began before brings the user back; a deployment the artifact of old."""
    busy = yard.put(Kind.SOLUTION_VERSION, "best/2", job="train", parent_arn=group)
    training = yard.shop.queue.claim("trainer", 60, kinds=["train"])
    arn = delete(yard, group)
    stop = threading.Event()
    forget = Forget(yard.shop, pause_s=0.01, grace_s=0.0)
    worker = threading.Thread(
        target=Worker("deleter", yard.shop, {"forget": forget}).run, args=(stop,)
    )
    worker.start()
    try:
        until(lambda: yard.shop.queue.of(arn).payload)
        assert yard.get(arn).status == "IN_PROGRESS"
        assert (yard.folder / "artifacts" / "2-1").is_dir()
        artifact(yard, "artifacts/77-1")
        with yard.shop.stores.resources.transaction() as tx:
            yard.shop.queue.finish(tx, training, "DONE")
            yard.shop.mark(tx, busy, "ACTIVE", artifact="artifacts/77-1")
            (campaign,) = yard.shop.stores.resources.every(Kind.CAMPAIGN)
            serving = {**campaign.own["serving"], "artifact": "artifacts/2-1"}
            yard.shop.mark(tx, campaign.arn, "ACTIVE", serving=serving)
        until(lambda: yard.get(arn).status == "COMPLETED")
    finally:
        stop.set()
        worker.join(30)
    assert left_in(yard) == []
    assert read_artifact(yard.folder / yard.get(busy).own["artifact"]).meta["nUsers"] == 2
    serving = yard.get(campaign.arn).own["serving"]
    assert serving["artifact"] == yard.get(version).own["renewal"]["artifact"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ID\nu1\n", "users.csv has the columns [ID]"),
        ("USER_ID,AGE\nu1,5\n", "users.csv has the columns [USER_ID, AGE]"),
        ("USER_ID\nu1,u2\n", "users.csv, line 2 holds 2 values"),
        ("", "users.csv has the columns []"),
        ('USER_ID\n"u1\n', "users.csv, line 2 is not CSV"),
    ],
)
def test_a_list_that_is_none_fails_the_job_with_a_reason(yard, text, reason):
    group = yard.get(yard.dataset()).parent_arn
    job = do(yard, delete(yard, group, text))
    assert job.status == "FAILED"
    assert reason in job.failure_reason


def test_a_folder_without_lists_fails_the_job_with_a_reason(yard):
    group = yard.get(yard.dataset()).parent_arn
    arn = delete(yard, group)
    (yard.folder / "in" / "gone" / "deeper" / "users.csv").unlink()
    assert "no file that ends in .csv" in do(yard, arn).failure_reason


def test_lists_of_more_than_a_hundred_megabytes_fail_the_job_with_a_reason(yard):
    group = yard.get(yard.dataset()).parent_arn
    arn = delete(yard, group)
    with (yard.folder / "in" / "gone" / "deeper" / "users.csv").open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    assert f"{MOST_BYTES} are the most" in do(yard, arn).failure_reason


def test_users_that_nobody_knows_are_deleted_all_the_same(yard, group):
    job = do(yard, delete(yard, group, 'USER_ID\nnobody\n"some, body"\n'))
    assert (job.status, job.own.get("n_deleted", 0)) == ("COMPLETED", 0)
