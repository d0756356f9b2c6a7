"""What answers look at beside the model, kept for those who ask again and kept fresh."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, Final, TypeVar

from penchant.data.vocabulary import Vocabulary
from penchant.domain import datasets
from penchant.models.artifacts import Artifact
from penchant.models.contract import ActionModel
from penchant.serving.datasets import DatasetReader
from penchant.serving.fresh import Fresh
from penchant.serving.metadata import Metadata
from penchant.serving.shelf import Shelf
from penchant.serving.stock import Stock
from penchant.serving.user_events import CatalogueEvents

CAPACITY: Final = 64
_NOBODY: Final = Vocabulary(())
T = TypeVar("T")


class Knowledge:
    """Answers at once what it has, or says what to wait for. Safe to use from several threads.

    Args:
        reader: Reads datasets.
        capacity: How many stocks and the like are kept; the one asked longest ago goes.
        monotonic: Seconds that never run backwards.
    """

    def __init__(
        self,
        reader: DatasetReader,
        capacity: int = CAPACITY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._capacity = capacity
        self._monotonic = monotonic
        self._kept: OrderedDict[tuple[Hashable, ...], Any] = OrderedDict()
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="knowledge")

    def stock(
        self,
        dataset_arn: str,
        key: Hashable,
        ids: Vocabulary,
        names: frozenset[str] = frozenset(),
    ) -> Stock | Future[Stock]:
        """What a dataset knows of a catalogue, and of what came since.

        Args:
            dataset_arn: Of items or actions; there need not be one.
            key: Names the catalogue.
            ids: The catalogue.
            names: The columns looked at, folded.
        """
        shelf = self._kept_as(
            ("stock", dataset_arn, key),
            lambda: Shelf(self._reader, dataset_arn, ids, self._threads, self._monotonic),
        )
        return shelf.ask(names)

    def people(self, dataset_arn: str, names: frozenset[str]) -> Stock | Future[Stock]:
        """The users of a dataset, all of them, and the columns of these folded names."""
        return self.stock(dataset_arn, "", _NOBODY, names)

    def imported_events(
        self, dataset_arn: str, key: Hashable, ids: Vocabulary
    ) -> CatalogueEvents | Future[CatalogueEvents]:
        """Who did what, as imported into a dataset of interactions; arguments as of `stock`."""
        return self._ask(
            ("imported events", dataset_arn, key),
            dataset_arn,
            lambda: CatalogueEvents.of(self._reader.imported_events(dataset_arn), ids),
        )

    def metadata(self, dataset_arn: str) -> Metadata | Future[Metadata]:
        """The values of a dataset of items."""
        name = ("metadata", dataset_arn)
        return self._ask(name, dataset_arn, lambda: self._reader.metadata(dataset_arn))

    def prepare(self, group_arn: str, artifact: Artifact) -> list[Future[Any]]:
        """Read for an artifact what is kept for another one of its dataset group.

        Returns:
            What is still being read.
        """
        key, model = str(artifact.folder), artifact.model
        actions = model.actions if isinstance(model, ActionModel) else Vocabulary(())
        found: list[Any] = []
        for ids, columns, events in (
            (artifact.items, datasets.ITEMS, datasets.INTERACTIONS),
            (actions, datasets.ACTIONS, datasets.ACTION_INTERACTIONS),
        ):
            arn = datasets.dataset_arn(group_arn, columns)
            if shelves := self._kept_of("stock", arn):
                names = frozenset[str]().union(*(shelf.names for shelf in shelves))
                found.append(self.stock(arn, key, ids, names))
            if self._kept_of("imported events", arn := datasets.dataset_arn(group_arn, events)):
                found.append(self.imported_events(arn, key, ids))
        return [one for one in found if isinstance(one, Future)]

    def _kept_of(self, what: str, arn: str) -> list[Any]:
        with self._lock:
            return [one for name, one in self._kept.items() if name[:2] == (what, arn)]

    def close(self) -> None:
        """Wait for what is being read and stop the threads."""
        self._threads.shutdown(cancel_futures=True)

    def _ask(
        self, name: tuple[Hashable, ...], dataset_arn: str, make: Callable[[], T]
    ) -> T | Future[T]:
        fresh: Fresh[T] = self._kept_as(
            name,
            lambda: Fresh(
                lambda: self._reader.version(dataset_arn), make, self._threads, self._monotonic
            ),
        )
        return fresh.ask()

    def _kept_as(self, name: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.get(name)
            if kept is None:
                kept = self._kept[name] = make()
            self._kept.move_to_end(name)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        found: T = kept
        return found
