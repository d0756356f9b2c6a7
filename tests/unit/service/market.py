"""A shop whose items have columns, filters over them, and a clock to turn."""

import csv

from penchant.data.imports import SourceFile, import_files
from penchant.data.schemas import parse_schema
from penchant.service.action_runtime import ActionRuntime
from penchant.service.filter_requests import FilterRequests
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.runtime import Runtime
from penchant.serving.datasets import DatasetReader
from penchant.serving.filtering import Filtering
from penchant.serving.knowledge import Knowledge

from ...schemas import avro_text
from .shop import NOW, Shop

TEXT = ["null", "string"]
FIELDS = {
    "Items": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRES", "type": TEXT, "categorical": True},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "YEAR", "type": ["null", "int"]},
        {"name": "STORY_LINE", "type": TEXT, "textual": True},
        {"name": "NEW", "type": ["null", "boolean"]},
    ],
    "Users": [
        {"name": "USER_ID", "type": "string"},
        {"name": "AGE", "type": ["null", "int"]},
        {"name": "LAND", "type": TEXT},
    ],
    "Interactions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ],
}


class Market(Shop):
    """Thirty items: item n has the genre `even` or `odd` and the price n, in the dataset Items."""

    def __init__(self, desk, group, version, deployments, folder):
        super().__init__(desk, group, version, deployments)
        self.folder, self.now_s, self.datasets, self.n_imports = folder, 100.0, {}, 0
        stores = desk.stores
        reader = DatasetReader(stores.resources, stores.records, folder, 100_000_000)
        self.knowledge = Knowledge(reader, monotonic=self.monotonic)
        filtering = Filtering(
            stores.resources, stores.events, self.knowledge, monotonic=self.monotonic
        )
        filters = FilterRequests(filtering)
        self.runtime = Runtime(
            deployments,
            stores.events,
            stores.shown,
            filters,
            MetadataRequests(self.knowledge),
            self.runtime._clock,
        )
        self.actions = ActionRuntime(deployments, stores.events, filters, self.runtime._clock)

    def monotonic(self):
        return self.now_s

    def later(self, seconds=2.0):
        """Let time go by, so that the next request looks again."""
        self.now_s += seconds

    def dataset(self, name, fields=None):
        """Make a dataset, empty."""
        desk, text = self.desk, schema_of(name, fields)
        schema = desk.schemas.create_schema(desk.caller, name=f"of-{name}", schema=text)
        self.datasets[name] = desk.datasets.create_dataset(
            desk.caller,
            name=name,
            schema_arn=schema["schemaArn"],
            dataset_group_arn=self.group,
            dataset_type=name,
        )["datasetArn"]
        return self.datasets[name]

    def bring_in(self, name, rows, *, full=True):
        """Import rows, as a worker does, but for the index beside the file."""
        self.n_imports += 1
        part = write_part(self.folder / f"{self.n_imports}.parquet", name, rows)
        self.add_part(name, part, full=full)

    def add_part(self, name, part, *, full=True):
        """Let an imported file be a part of a dataset."""
        found = self.desk.stores.resources.get(self.datasets[name])
        parts = [] if full else list(found.own.get("parts", ()))
        self.desk.settle(found.arn, parts=[*parts, part.name])

    def put(self, name, **records):
        """Put records one by one, as PutItems and PutUsers do."""
        with self.desk.stores.resources.transaction() as tx:
            now = self.desk.ledger.clock()
            self.desk.stores.records.put(tx, self.datasets[name], records, now)

    def filter(self, expression, name="only"):
        desk = self.desk
        return desk.filters.create_filter(
            desk.caller, name=name, dataset_group_arn=self.group, filter_expression=expression
        )["filterArn"]


def schema_of(name, fields=None):
    return avro_text(name, fields or FIELDS[name])


def write_part(part, name, rows):
    """The file that an import of rows leaves."""
    source = part.with_suffix(".csv")
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, [one["name"] for one in FIELDS[name]])
        writer.writeheader()
        writer.writerows(rows)
    import_files(
        [SourceFile(source, source.name)],
        parse_schema(schema_of(name)),
        name,
        part,
        memory_bytes=100_000_000,
        threads=1,
        spill=part.parent,
        progress=lambda done, total: None,
        minimum_rows=0,
    )
    return part


def catalogue(n_items=30):
    return [
        {
            "ITEM_ID": n,
            "GENRES": "odd" if n % 2 else "even",
            "PRICE": n,
            "YEAR": 2000 + n,
            "STORY_LINE": f"Story {n}",
        }
        for n in range(n_items)
    ]


def interactions(*rows):
    names = ("USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP")
    return [dict(zip(names, (*row, NOW), strict=True)) for row in rows]
