"""Themes: items like an item, what they have in common, and how near each is to that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from penchant.data.attributes import read_attributes
from penchant.data.datasets import Dataset
from penchant.data.training_set import Categories
from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import ITEMS as ITEMS_DATASET
from penchant.domain.resources import Resource
from penchant.serving.answers import DECIMALS
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.batch.answers import ITEMS, Related, tried
from penchant.worker.batch.lines import Ask, LineRefused, Output
from penchant.worker.batch.theme_endpoint import ThemeEndpoint
from penchant.worker.batch.words import ItemTerms, phrase
from penchant.worker.scratch import scratch_of
from penchant.worker.tasks import TaskFailure
from penchant.worker.training.sources import keep_parts


class Namer(Protocol):
    """Names a group of items."""

    def name(self, names: Sequence[str], terms: Sequence[str]) -> str:
        """A short phrase for items of these names, the one asked for first, that have `terms`."""
        ...


class OwnWords:
    """Names a group by the terms themselves."""

    def name(self, names: Sequence[str], terms: Sequence[str]) -> str:
        """The terms as a phrase; without any, what the items are like."""
        return phrase(terms) if terms else f"Items like {names[0]}"


@dataclass(frozen=True)
class Themes:
    """Items like an item, under one theme.

    Attributes:
        related: Finds the items.
        terms: Of the catalogue.
        names: Of the items, by index.
        namer: Names what they have in common.
    """

    related: Related
    terms: ItemTerms
    names: Sequence[str]
    namer: Namer
    required: tuple[str, ...] = ("itemId",)
    results: None = None
    batch: int = 1

    def answer(self, asks: Sequence[Ask]) -> Iterator[Output | LineRefused]:
        """See `Answerer`."""
        return map(partial(tried, self._one), asks, self.related.answer(asks))

    def _one(self, ask: Ask, found: Output | LineRefused) -> Output:
        if isinstance(found, LineRefused):
            raise found
        catalogue = self.related.deployment.artifact.items
        places = catalogue.indices(found[ITEMS]).tolist()
        terms, relevance = self.terms.theme(places)
        item = catalogue.index(ask.item_id)
        own_name = self.names[item] if item >= 0 else ask.item_id
        return {
            ITEMS: found[ITEMS],
            "theme": self.namer.name([own_name, *(self.names[one] for one in places)], terms),
            "itemsThemeRelevanceScores": [round(one, DECIMALS) for one in relevance],
        }


def themes_of(stores: Stores, settings: Settings, job: Resource, related: Related) -> Themes:
    """What answers a job whose mode is THEME_GENERATION.

    Raises:
        TaskFailure: The items dataset is gone, or has no such column any more.
    """
    column = job.sent["themeGenerationConfig"]["fieldsForThemeGeneration"]["itemName"]
    group, catalogue = related.deployment.events_stream, related.deployment.artifact.items
    with TemporaryDirectory(dir=scratch_of(settings.data_dir)) as folder:
        items = keep_parts(stores, settings, group, Path(folder)).get(ITEMS_DATASET)
        named = None if items is None else items.schema.find(column)
        if items is None or named is None:
            raise TaskFailure(
                f"The items of {group} have no column {column!r} any more; create another job."
            )
        values, texts = _columns(items, catalogue, settings.import_memory_bytes // 4)
    names = _names(texts.get(named.name) or values[named.name], catalogue)
    endpoint = ThemeEndpoint.of(settings)
    return Themes(
        related, ItemTerms.of(values, texts, len(catalogue)), names, endpoint or OwnWords()
    )


def _columns(
    items: Dataset, catalogue: Vocabulary, memory_bytes: int
) -> tuple[dict[str, Categories], dict[str, Categories]]:
    """The categorical columns of the items, and the other ones of texts."""
    key = items.schema.rules.keys[0]
    fields = [one for one in items.schema.fields if one.kind == "string" and one.name != key]
    found = read_attributes(items, catalogue.ids, fields, memory_bytes=memory_bytes).texts
    categorical = {field.name for field in fields if field.categorical}
    values = {name: column for name, column in found.items() if name in categorical}
    return values, {name: column for name, column in found.items() if name not in categorical}


def _names(column: Categories, catalogue: Vocabulary) -> list[str]:
    """The items' names; an item's id where it has none."""
    names = []
    for item, name in enumerate(catalogue.ids):
        start, stop = column.offsets[item : item + 2].tolist()
        words = [column.values.ids[code] for code in column.codes[start:stop].tolist()]
        names.append(" ".join(words) or name)
    return names
