"""What one catalogue's filters look at, read column by column as filters name them."""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from threading import Lock

from penchant.data.vocabulary import Vocabulary
from penchant.serving.datasets import DatasetReader
from penchant.serving.fresh import Fresh
from penchant.serving.stock import Stock


class Shelf:
    """The stock of one dataset for one catalogue, kept fresh. Safe to use from several threads.

    It has the columns that were ever asked for and no others: a catalogue's texts take memory only
    where a filter looks at them. A column that is asked for the first time is read for the rows
    that are there; after a change of the dataset, rows and all columns are read anew. A column that
    cannot be read fails who asks for it, and leaves the others as fresh as they were.

    Args:
        reader: Reads datasets.
        dataset_arn: The dataset; there need not be one.
        ids: The catalogue.
        threads: Where looks are run.
        monotonic: Seconds that never run backwards.
    """

    def __init__(
        self,
        reader: DatasetReader,
        dataset_arn: str,
        ids: Vocabulary,
        threads: Executor,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._dataset_arn = dataset_arn
        self._ids = ids
        self._lock = Lock()
        self._asked: frozenset[str] = frozenset()
        self._stock: Stock | None = None
        self._fresh = Fresh(self._version, self._make, threads, monotonic)

    @property
    def names(self) -> frozenset[str]:
        """The columns that are there, and those that the next look is to read, folded."""
        return self._asked if self._stock is None else self._asked | self._stock.names

    def ask(self, names: frozenset[str]) -> Stock | Future[Stock]:
        """A stock with these columns at least, or what to wait for before asking again."""
        if self._stock is None or not names <= self._stock.names:
            with self._lock:
                self._asked |= names
        found = self._fresh.ask()
        if isinstance(found, Future) or names <= found.names:
            return found
        return self._fresh.look()

    def _version(self) -> Hashable:
        return self._reader.version(self._dataset_arn), self.names

    def _make(self) -> Stock:
        with self._lock:
            names, self._asked = self.names, frozenset()
        self._stock = self._reader.stock(self._dataset_arn, self._ids, names, self._stock)
        return self._stock
