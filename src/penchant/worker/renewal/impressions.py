"""Counts what was shown: lists that events name or bring along, and lists that were imported."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from penchant.data.engine import open_engine
from penchant.data.impressions import count_imported, count_shown
from penchant.data.training_set import Int64s
from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import INTERACTIONS
from penchant.settings import Settings
from penchant.store.events import Event
from penchant.store.stores import Stores
from penchant.worker.scratch import scratch_of
from penchant.worker.training.sources import keep_parts

Shown = tuple[Sequence[str], str]
"""What was shown, and the item that was taken."""


def impressions(
    stores: Stores, settings: Settings, group_arn: str, catalogue: Vocabulary
) -> Int64s:
    """How often each item of the catalogue was shown in a dataset group and not taken, (n_items,).

    An event's own list counts; without one, the list recommended under the id that it names. Such
    a list counts once, however many of its items were taken.
    """
    counts = count_shown(_lists(stores, group_arn), catalogue)
    with TemporaryDirectory(dir=scratch_of(settings.data_dir)) as folder:
        interactions = keep_parts(stores, settings, group_arn, Path(folder)).get(INTERACTIONS)
        if interactions is not None:
            memory, threads = settings.import_memory_bytes, settings.training_threads
            with open_engine(memory, threads, Path(folder)) as engine:
                counts += count_imported(engine, interactions, catalogue)
    return counts


def _lists(stores: Stores, group_arn: str) -> Iterator[Shown]:
    counted: set[str] = set()
    for batch in stores.events.scan(group_arn):
        told = [event for event in batch if event.impression or event.recommendation_id]
        named = {event.recommendation_id for event in told if not event.impression}
        recommended = stores.shown.find(name for name in named if name)
        for event in told:
            name = event.recommendation_id or ""
            if name not in counted:
                yield _shown(event, recommended)
            if name:
                counted.add(name)


def _shown(event: Event, recommended: Mapping[str, Sequence[str]]) -> Shown:
    name = event.recommendation_id or ""
    return event.impression or recommended.get(name, ()), event.item_id
