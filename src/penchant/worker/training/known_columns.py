"""What columns a solution learns from: those that its datasets had when it was created."""

from collections.abc import Mapping
from dataclasses import replace

from penchant.data.datasets import Dataset
from penchant.domain.datasets import dataset_arn
from penchant.domain.resources import Resource
from penchant.store.stores import Stores


def as_known(stores: Stores, version: Resource, kept: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """The datasets without the columns that updates added after the solution was created.

    Args:
        stores: Where the solution and the datasets are told of.
        version: Of the solution.
        kept: The datasets of its group, by type.
    """
    solution = stores.resources.get(version.parent_arn)
    seen = version.own.get("datasetUpdates")
    if seen is None and solution is not None:
        seen = solution.own.get("datasetUpdates")
    if seen is None:
        return dict(kept)
    group_arn = version.sent["datasetGroupArn"]
    return {
        name: _without(dataset, _added_after(stores, dataset_arn(group_arn, name), seen))
        for name, dataset in kept.items()
    }


def _added_after(stores: Stores, arn: str, seen: Mapping[str, int]) -> set[str]:
    dataset = stores.resources.get(arn)
    updates = [] if dataset is None else dataset.own.get("updates", [])
    return {column for update in updates[seen.get(arn, 0) :] for column in update["columns"]}


def _without(dataset: Dataset, columns: set[str]) -> Dataset:
    schema = dataset.schema
    left = tuple(one for one in schema.fields if one.name not in columns)
    return replace(dataset, schema=replace(schema, fields=left))
