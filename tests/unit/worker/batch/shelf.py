"""A solution version with a model to answer from, and batch jobs to be done with it."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from penchant.data.training_set import Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind
from penchant.domain.datasets import dataset_arn
from penchant.domain.resources import Resource
from penchant.domain.versions import present_artifact
from penchant.models.artifacts import write_artifact
from penchant.models.contract import Fitted
from penchant.models.popularity import PopularityModel
from penchant.settings import Settings
from penchant.worker.batch.answering import answerer
from penchant.worker.batch.lines import answered
from penchant.worker.batch.task import Batch

N_USERS, N_ITEMS = 30, 12
GROUP = "shop"
RECIPE = "arn:aws:personalize:::recipe/"


def interactions() -> TrainingSet:
    """User n had the items from n on; items are of two colours in turn."""
    rows = [(user, (user + step) % N_ITEMS) for user in range(N_USERS) for step in range(5)]
    users, items = np.array(rows, np.int32).T
    colours = Categories(
        Vocabulary(["blue", "red"]), np.arange(N_ITEMS + 1), np.arange(N_ITEMS, dtype=np.int32) % 2
    )
    return TrainingSet(
        users=Vocabulary(f"u{n}" for n in range(N_USERS)),
        items=Vocabulary(f"i{n}" for n in range(N_ITEMS)),
        user_indices=users,
        item_indices=items,
        timestamps=1_600_000_000 + np.arange(len(rows), dtype=np.int64) * 977,
        event_types=np.full(len(rows), -1, np.int16),
        event_values=np.full(len(rows), np.nan, np.float32),
        item_features=Features(categories={"COLOUR": colours}),
    )


def falling(training_set: TrainingSet) -> PopularityModel:
    """i0 is the most popular, i11 the least."""
    scores = np.arange(N_ITEMS, 0, -1, dtype=np.float32)
    return PopularityModel(training_set.items, training_set.event_type_names, scores)


@dataclass
class Shelf:
    """Puts versions and jobs into a yard."""

    yard: Any
    group: str
    settings: Settings | None = None

    @classmethod
    def of(cls, yard: Any) -> "Shelf":
        (yard.folder / "in" / "out").mkdir()
        return cls(yard, yard.put(Kind.DATASET_GROUP, GROUP))

    def version(
        self,
        recipe: str,
        model: Fitted | None = None,
        family: str = "popularity",
        training_set: TrainingSet | None = None,
    ) -> str:
        """A version of a recipe that is ACTIVE; without a model, `falling`."""
        data = training_set or interactions()
        write_artifact(
            self.yard.folder / "artifacts" / recipe,
            model or falling(data),
            data,
            recipe_arn=RECIPE + recipe,
            family=family,
            metrics={},
            leaderboard=[],
            max_history=20,
        )
        return self.yard.put(
            Kind.SOLUTION_VERSION,
            f"{recipe}/00000001",
            own={"artifact": f"artifacts/{recipe}"},
            recipeArn=RECIPE + recipe,
            datasetGroupArn=self.group,
            solutionConfig={},
        )

    def dataset(
        self, name: str, columns: Sequence[str], records: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """A dataset of a type; a column is its name and what it holds, as of `_field`."""
        fields = [_field(column) for column in columns]
        written = {"type": "record", "name": name, "namespace": "shop", "fields": fields}
        schema = self.yard.put(Kind.SCHEMA, name, schema=json.dumps(written | {"version": "1.0"}))
        arn = dataset_arn(self.group, name.upper())
        made = self.yard.put(
            Kind.DATASET,
            arn.split("/", 1)[1],
            parent_arn=self.group,
            schemaArn=schema,
            datasetType=name,
        )
        assert made == arn
        self.put(name, records)

    def put(self, name: str, records: Mapping[str, Mapping[str, Any]]) -> None:
        """Put records one by one."""
        stores = self.yard.shop.stores
        with stores.resources.transaction() as tx:
            arn = dataset_arn(self.group, name.upper())
            stores.records.put(tx, arn, records, self.yard.shop.clock())

    def import_interactions(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """A part of the interactions: user, item and event type."""
        part = self.yard.folder / "part.parquet"
        values = ", ".join(f"('{user}', '{item}', 1, '{kind}')" for user, item, kind in rows)
        duckdb.sql(
            f"COPY (SELECT * FROM (VALUES {values}) AS t(USER_ID, ITEM_ID, TIMESTAMP, EVENT_TYPE)) "
            f"TO '{part}'"
        )
        stores = self.yard.shop.stores
        with stores.resources.transaction() as tx:
            held = stores.resources.held(tx, dataset_arn(self.group, "INTERACTIONS"))
            stores.resources.change(tx, held, self.yard.shop.clock(), own={"parts": [part.name]})

    def filter(self, expression: str) -> str:
        """A filter that is ACTIVE."""
        return self.yard.put(
            Kind.FILTER,
            f"filter-{time.time_ns()}",
            parent_arn=self.group,
            filterExpression=expression,
        )

    def job(
        self,
        version: str,
        files: Mapping[str, Sequence[Any]],
        kind: Kind = Kind.BATCH_INFERENCE_JOB,
        name: str = "nightly",
        **sent: Any,
    ) -> str:
        """A job over files of lines; a line that is no text is written as JSON."""
        folder = self.yard.folder / "in" / name
        folder.mkdir()
        for file, lines in files.items():
            text = "".join(
                (one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines
            )
            (folder / file).write_text(text)
        return self.yard.put(
            kind,
            name,
            job="batch",
            jobName=name,
            solutionVersionArn=version,
            jobInput={"s3DataSource": {"path": folder.as_uri()}},
            jobOutput={"s3DataDestination": {"path": self.out(name).as_uri() + "/"}},
            **sent,
        )

    def out(self, name: str = "nightly") -> Path:
        """Where a job of `job` writes."""
        return self.yard.folder / "in" / "out" / name

    def done(self, arn: str, lines_per_part: int = 2_000, processes: int = 1) -> Resource:
        """Do the jobs that wait; tells how this one ended."""
        shop = self.yard.shop
        shop = replace(shop, settings=replace(shop.settings, batch_processes=processes))
        self.yard.work("batch", Batch(shop, lines_per_part))
        return self.yard.get(arn)

    def answers(self, version: str, lines: Sequence[Any], **sent: Any) -> list[Any]:
        """The lines of output for lines of input, answered in this process."""
        arn = self.yard.put(
            sent.pop("kind", Kind.BATCH_INFERENCE_JOB),
            f"job-{time.time_ns()}",
            solutionVersionArn=version,
            **sent,
        )
        shop = self.yard.shop
        artifact = present_artifact(self.yard.get(version))
        found = answerer(shop.stores, self.settings or shop.settings, arn, artifact, 1_700_000_000)
        texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
        return [json.loads(line) for line in answered(map(str.encode, texts), found)]

    def read(self, file: str, name: str = "nightly") -> list[Any]:
        """The answers to a file."""
        text = (self.out(name) / f"{file}.out").read_text()
        return [json.loads(line) for line in text.splitlines()]


def _field(column: str) -> dict[str, Any]:
    """A field of a schema: `AGE int`, `COLOUR categorical`, `STORY textual`, `NAME string`."""
    name, kind = column.split()
    if kind in {"categorical", "textual"}:
        return {"name": name, "type": ["null", "string"], kind: True}
    return {"name": name, "type": kind}
