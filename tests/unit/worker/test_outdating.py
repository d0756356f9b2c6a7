"""Of a put record and an imported one of the same id the newer counts."""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from penchant.data.attributes import read_attributes
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind
from penchant.domain.resources import utc_now
from penchant.serving.datasets import DatasetReader
from penchant.worker.importing import Import
from penchant.worker.training.sources import keep_parts

from ...schemas import avro

GOODS = avro(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": ["null", "float"]},
    ],
)


class Goods:
    """A dataset of items, filled by imports and puts."""

    def __init__(self, yard):
        self.yard = yard
        schema = yard.put(Kind.SCHEMA, "goods", schema=json.dumps(GOODS))
        self.group = yard.put(Kind.DATASET_GROUP, "shop")
        self.arn = yard.put(
            Kind.DATASET,
            "shop/ITEMS",
            parent_arn=self.group,
            schemaArn=schema,
            datasetType="ITEMS",
        )

    def put(self, price, item="a", at=None):
        records = self.yard.shop.stores.records
        with self.yard.shop.stores.resources.transaction() as tx:
            records.put(tx, self.arn, {item: {"price": price}}, at or utc_now())

    def bring_in(self, name, *rows, mode="INCREMENTAL"):
        path = self.yard.folder / "in" / f"{name}.csv"
        path.write_text("\n".join(["ITEM_ID,PRICE", *rows]))
        job = self.yard.put(
            Kind.DATASET_IMPORT_JOB,
            name,
            job="import",
            parent_arn=self.arn,
            datasetArn=self.arn,
            dataSource={"dataLocation": f"file://{path}"},
            importMode=mode,
        )
        self.yard.work("import", Import(self.yard.shop))
        assert self.yard.get(job).status == "ACTIVE"

    def prices(self):
        """Of the items a, b and c, as trainings, filters and metadata see them, who must agree."""
        shop, ids = self.yard.shop, ["a", "b", "c"]
        with TemporaryDirectory() as folder:
            kept = keep_parts(shop.stores, shop.settings, self.group, Path(folder))["ITEMS"]
            price = [one for one in kept.schema.fields if one.name == "PRICE"]
            found = read_attributes(kept, ids, price, memory_bytes=200_000_000).numbers["PRICE"]
        learned = [None if np.isnan(one) else one for one in found.tolist()]
        stores = shop.stores
        reader = DatasetReader(stores.resources, stores.records, self.yard.folder, 200_000_000)
        stock = reader.stock(self.arn, Vocabulary(()), frozenset({"PRICE"}))
        assert [stock.of(one).get("PRICE") for one in ids] == learned
        metadata = reader.metadata(self.arn).of(ids, price)
        told = [float(one["price"]) if one else None for one in metadata]
        assert told == learned
        return learned


@pytest.fixture
def goods(yard):
    goods = Goods(yard)
    goods.bring_in("first", "a,1", "b,1", mode="FULL")
    return goods


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_an_import_replaces_what_was_put_before(goods, mode):
    goods.put(2.0)
    goods.put(2.0, "c")
    assert goods.prices() == [2, 1, 2]
    goods.bring_in("second", "a,3", "b,3", mode=mode)
    assert goods.prices() == [3, 3, 2]


def test_what_is_put_after_the_import_was_asked_for_counts(goods):
    goods.put(2.0, at=utc_now() + timedelta(minutes=1))
    goods.bring_in("second", "a,3")
    assert goods.prices() == [2, 1, None]


def test_a_record_put_again_counts_again(goods):
    goods.put(2.0)
    goods.bring_in("second", "a,3")
    goods.put(4.0)
    assert goods.prices() == [4, 1, None]


def test_a_put_record_stays_where_a_full_import_has_none_of_its_id(goods):
    goods.put(2.0)
    goods.bring_in("second", "a,3")
    goods.bring_in("third", "b,4", mode="FULL")
    assert goods.prices() == [2, 4, None]
