"""What one transaction writes into a resource while another is about to write into it stays.

Each test has somebody else's change written and not yet committed when a part of the product
comes to change the same resource.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.resources import Resource, utc_now
from penchant.jobs.queue import JobQueue
from penchant.service.campaigns import CampaignOperations
from penchant.service.solution_updates import SolutionUpdateOperations
from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.worker.deletion.task import Forget
from penchant.worker.deploying import Deploy
from penchant.worker.importing import Import
from penchant.worker.ledgers import ledger_of
from penchant.worker.recommenders.training import Recommend
from penchant.worker.renewal.task import Renew
from penchant.worker.tasks import Workshop

from ..schemas import avro
from .meanwhile import meanwhile

OWNER = Owner("000000000000", "us-east-1")
CALLER = Caller("key", OWNER)
GROUP = OWNER.arn(Kind.DATASET_GROUP, "shop")
DATASET = OWNER.arn(Kind.DATASET, "shop/INTERACTIONS")
RECIPE = "arn:aws:personalize:::recipe/aws-popularity-count"
FIELDS = [("USER_ID", "string"), ("ITEM_ID", "string"), ("TIMESTAMP", "long")]
AVRO = avro("Interactions", [{"name": name, "type": type_} for name, type_ in FIELDS])
UPDATE = {"status": "CREATE PENDING", "createdAt": "-", "updatedAt": "-"}


@pytest.fixture
def shop(tmp_path, database_url):
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, file_roots=(tmp_path,), minimum_interactions=1
    )
    stores = open_stores(settings)
    yield Workshop(stores, JobQueue(stores.engine, utc_now, 3), settings, utc_now)
    stores.close()


def put(shop, kind, name, parent_arn="", own=None, **sent):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    arn = OWNER.arn(kind, name)
    made = Resource(arn, kind, OWNER, name, "ACTIVE", now, now, parent_arn, sent, own or {})
    with shop.stores.resources.transaction() as tx:
        shop.stores.resources.add(tx, made)
    return arn


def job(shop, kind, arn, **payload):
    with shop.stores.resources.transaction() as tx:
        return shop.queue.enqueue(tx, kind, arn, payload)


def after_a_change_of(shop, arn, act, **theirs):
    """`own` when `act` was called while another transaction gave it these members."""
    resources = shop.stores.resources

    def change(tx):
        held = resources.held(tx, arn)
        resources.change(tx, held, utc_now(), own={**held.own, **theirs})

    meanwhile(shop.stores.engine, change, act)
    return resources.get(arn).own


def in_transaction(shop, write):
    def act():
        with shop.stores.resources.transaction() as tx:
            write(tx)

    return act


@pytest.fixture
def dataset(shop):
    """Interactions with one imported part."""
    put(shop, Kind.DATASET_GROUP, "shop")
    schema = put(shop, Kind.SCHEMA, "plays", schema=json.dumps(AVRO))
    put(
        shop,
        Kind.DATASET,
        "shop/INTERACTIONS",
        GROUP,
        schemaArn=schema,
        datasetType="Interactions",
    )
    imported(shop, "monday")()
    return DATASET


def imported(shop, name):
    """Publishes an increment of one user's interactions, which has been read before."""
    path = shop.settings.data_dir / f"{name}.csv"
    rows = "".join(f"{name},i{n},{n}\n" for n in range(1, 20))
    path.write_text(f"USER_ID,ITEM_ID,TIMESTAMP\n{rows}")
    arn = put(
        shop,
        Kind.DATASET_IMPORT_JOB,
        name,
        DATASET,
        datasetArn=DATASET,
        dataSource={"dataLocation": f"file://{path}"},
        importMode="INCREMENTAL",
    )
    return in_transaction(shop, Import(shop).do(job(shop, "import", arn), lambda _: None))


def test_an_import_adds_its_part_to_those_that_are_there_when_it_ends(shop, dataset):
    own = after_a_change_of(shop, dataset, imported(shop, "tuesday"), parts=["rewritten.parquet"])
    assert own["parts"][0] == "rewritten.parquet"
    assert len(own["parts"]) == 2


def test_a_deletion_keeps_the_part_that_an_import_adds_meanwhile(shop, dataset):
    (monday,) = shop.stores.resources.get(dataset).own["parts"]
    imported(shop, "tuesday")()
    _, tuesday = shop.stores.resources.get(dataset).own["parts"]
    (shop.settings.data_dir / "gone.csv").write_text("USER_ID\nmonday\n")
    address = {"dataLocation": f"file://{shop.settings.data_dir}/gone.csv"}
    arn = put(
        shop, Kind.DATA_DELETION_JOB, "gone", GROUP, datasetGroupArn=GROUP, dataSource=address
    )
    deletion = job(shop, "forget", arn)
    parts = [monday, tuesday, "wednesday.parquet"]
    own = after_a_change_of(
        shop, dataset, lambda: Forget(shop).do(deletion, lambda _: None), parts=parts
    )
    assert own["parts"] == [tuesday, "wednesday.parquet"]


def test_a_mark_keeps_what_was_written_meanwhile(shop, dataset):
    mark = in_transaction(shop, lambda tx: shop.mark(tx, dataset, "ACTIVE", n_rows=3))
    own = after_a_change_of(shop, dataset, mark, theirs=1)
    assert (own["n_rows"], own["theirs"]) == (3, 1)


@pytest.mark.parametrize("task", [Deploy, Recommend, Renew])
def test_a_task_that_ends_keeps_what_was_written_meanwhile(shop, task):
    kind = Kind.CAMPAIGN if task is Deploy else Kind.RECOMMENDER
    arn = put(shop, kind, "front", GROUP, own={"update": UPDATE})
    ended = job(shop, "any", arn, to="update", heard="")
    fail = in_transaction(shop, lambda tx: task(shop).fail(tx, ended, "no"))
    own = after_a_change_of(shop, arn, fail, theirs=1)
    written = "renewal" if task is Renew else "update"
    assert own[written] not in ({}, UPDATE)
    assert own["theirs"] == 1


def test_updates_keep_what_was_written_meanwhile(shop):
    ledger = ledger_of(shop)
    put(shop, Kind.DATASET_GROUP, "shop")
    named = {"recipeArn": RECIPE, "datasetGroupArn": GROUP}
    solution = put(shop, Kind.SOLUTION, "best", GROUP, **named)
    version = put(shop, Kind.SOLUTION_VERSION, "best/1", solution, **named)
    campaign = put(shop, Kind.CAMPAIGN, "front", solution, solutionVersionArn=version)
    solutions, campaigns = SolutionUpdateOperations(ledger), CampaignOperations(ledger)

    def update_solution():
        solutions.update_solution(CALLER, solution_arn=solution, perform_auto_training=False)

    def update_campaign():
        campaigns.update_campaign(CALLER, campaign_arn=campaign, min_provisioned_tps=2)

    for arn, update in ((solution, update_solution), (campaign, update_campaign)):
        own = after_a_change_of(shop, arn, update, theirs=1)
        assert (own["theirs"], "update" in own) == (1, True)


def test_a_job_that_several_ask_for_at_once_is_queued_once(shop):
    arn = put(shop, Kind.SOLUTION_VERSION, "best/1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: shop.ask("renew", arn, {}), range(8)))
    assert len(shop.queue.open()) == 1


def test_no_job_is_asked_for_about_what_is_gone(shop):
    shop.ask("renew", OWNER.arn(Kind.SOLUTION_VERSION, "gone/1"), {})
    assert shop.queue.open() == []
