"""What adding up needs to know of a dataset group."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from penchant.data.attribution import ITEMS, UNDEFINED, Cell, Metric
from penchant.data.datasets import Dataset
from penchant.data.fields import Schema
from penchant.data.schemas import parse_schema
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.serving.recommendation_ids import campaign_part
from penchant.worker.tasks import Workshop

MOST_SOURCES: Final = 100


@dataclass(frozen=True)
class AttributedGroup:
    """The dataset group of a metric attribution."""

    shop: Workshop
    attribution: Resource

    @property
    def metrics(self) -> list[Metric]:
        """The metrics to add up."""
        return [Metric.read(sent) for sent in self.attribution.own["metrics"]]

    def schema(self, record: str) -> Schema | None:
        """The columns of a dataset, by the record's name."""
        found = self._datasets.get(record)
        return None if found is None else found[1]

    def items(self) -> Dataset | None:
        """The items, where there is such a dataset."""
        found = self._datasets.get(ITEMS)
        if found is None:
            return None
        dataset, schema = found
        folder = self.shop.settings.data_dir
        parts = [folder / name for name in dataset.own.get("parts", ())]
        return Dataset(schema, parts, dict(self.shop.stores.records.scan(dataset.arn)))

    def answering(self) -> dict[str, str]:
        """The group's campaigns and recommenders by what names them in recommendation ids."""
        resources, group_arn = self.shop.stores.resources, self.attribution.parent_arn
        found = resources.children(group_arn, Kind.RECOMMENDER)
        for solution in resources.children(group_arn, Kind.SOLUTION):
            found += resources.children(solution.arn, Kind.CAMPAIGN)
        return {campaign_part(one.arn): one.arn for one in found}

    @cached_property
    def _datasets(self) -> dict[str, tuple[Resource, Schema]]:
        found = {}
        resources = self.shop.stores.resources
        for dataset in resources.children(self.attribution.parent_arn, Kind.DATASET):
            schema = resources.get(dataset.sent["schemaArn"])
            if schema is not None:
                parsed = parse_schema(schema.sent["schema"])
                found[parsed.rules.record] = dataset, parsed
        return found


def limited(cells: Iterable[Cell], known: Collection[str]) -> Iterator[Cell]:
    """The cells with at most `MOST_SOURCES` sources, `known` ones included; others undefined."""
    sources = set(known) - {UNDEFINED}
    for cell in cells:
        if cell.source == UNDEFINED or cell.source in sources:
            yield cell
        elif len(sources) < MOST_SOURCES:
            sources.add(cell.source)
            yield cell
        else:
            yield replace(cell, source=UNDEFINED)
