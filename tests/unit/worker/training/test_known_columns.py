import json

import numpy as np
import pytest

from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.resources import utc_now
from penchant.service.dataset_updates import DatasetUpdateOperations
from penchant.worker.importing import Import
from penchant.worker.ledgers import ledger_of
from penchant.worker.training.sources import gather

from ..conftest import OWNER

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"
ITEMS = {
    "type": "record",
    "name": "Items",
    "namespace": "x",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": "string", "categorical": True},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "WEIGHT", "type": ["null", "float"]},
    ],
    "version": "1.0",
}
UPDATES = [{"columns": ["PRICE"]}, {"columns": ["WEIGHT"]}]


@pytest.fixture
def group(yard):
    """A group whose items got a price first and a weight later."""
    group = yard.get(yard.dataset()).parent_arn
    schema = yard.put(Kind.SCHEMA, "goods", schema=json.dumps(ITEMS))
    items = yard.put(
        Kind.DATASET,
        "shop/ITEMS",
        parent_arn=group,
        own={"updates": UPDATES},
        schemaArn=schema,
        datasetType="Items",
    )
    record = {"GENRES": "war", "PRICE": 2.0, "WEIGHT": 3.0}
    with yard.shop.stores.resources.transaction() as tx:
        yard.shop.stores.records.put(tx, items, {"i": record}, utc_now())
    return group


def learned_from(yard, group, own, version_own=None):
    solution = yard.put(Kind.SOLUTION, "best", own=own, parent_arn=group)
    version = yard.put(
        Kind.SOLUTION_VERSION,
        "best/1",
        parent_arn=solution,
        own=version_own,
        recipeArn=RECIPE,
        datasetGroupArn=group,
    )
    features = gather(yard.shop.stores, yard.shop.settings, yard.get(version)).item_features
    return {*features.categories, *features.numbers}


@pytest.mark.parametrize(
    ("n_seen", "columns"),
    [(0, {"GENRES"}), (1, {"GENRES", "PRICE"}), (2, {"GENRES", "PRICE", "WEIGHT"})],
)
def test_a_solution_learns_from_the_columns_of_its_time(yard, group, n_seen, columns):
    seen = {OWNER.arn(Kind.DATASET, "shop/ITEMS"): n_seen} if n_seen else {}
    assert learned_from(yard, group, {"datasetUpdates": seen}) == columns


def test_what_keeps_no_count_learns_from_all(yard, group):
    assert learned_from(yard, group, {}) == {"GENRES", "PRICE", "WEIGHT"}


def test_a_count_of_one_s_own_is_what_holds(yard, group):
    seen = {"datasetUpdates": {OWNER.arn(Kind.DATASET, "shop/ITEMS"): 1}}
    assert learned_from(yard, group, {"datasetUpdates": {}}, seen) == {"GENRES", "PRICE"}


def bring_in(yard, items, mode, header, row):
    path = yard.folder / "in" / f"{mode}.csv"
    path.write_text(f"{header}\n{row}\n")
    job = yard.put(
        Kind.DATASET_IMPORT_JOB,
        mode,
        job="import",
        datasetArn=items,
        dataSource={"dataLocation": f"file://{path}"},
        importMode=mode,
    )
    yard.work("import", Import(yard.shop))
    assert yard.get(job).failure_reason == ""


def test_what_was_imported_before_an_update_lacks_the_columns_that_later_imports_have(yard):
    group = yard.get(yard.dataset()).parent_arn
    narrow = {**ITEMS, "fields": ITEMS["fields"][:2]}
    wide = {**ITEMS, "fields": ITEMS["fields"][:3]}
    schemas = [
        yard.put(Kind.SCHEMA, name, schema=json.dumps(text))
        for name, text in (("narrow", narrow), ("wide", wide))
    ]
    items = yard.put(
        Kind.DATASET, "shop/ITEMS", parent_arn=group, schemaArn=schemas[0], datasetType="Items"
    )
    bring_in(yard, items, "FULL", "ITEM_ID,GENRES", "old,war")
    update = DatasetUpdateOperations(ledger_of(yard.shop)).update_dataset
    update(Caller("", OWNER), dataset_arn=items, schema_arn=schemas[1])
    bring_in(yard, items, "INCREMENTAL", "ITEM_ID,GENRES,PRICE", "new,war,2.5")
    version = yard.put(Kind.SOLUTION_VERSION, "best/1", recipeArn=RECIPE, datasetGroupArn=group)
    found = gather(yard.shop.stores, yard.shop.settings, yard.get(version))
    assert list(found.items.ids) == ["new", "old"]
    np.testing.assert_array_equal(found.item_features.numbers["PRICE"], [2.5, np.nan])
