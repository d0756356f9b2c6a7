"""What was worked out lately, kept for who asks again."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by name, each with what it was made of. Safe to use from several threads.

    Args:
        capacity: How many; the one asked for longest ago goes first.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[Hashable, tuple[tuple[Any, ...], T]] = OrderedDict()
        self._lock = Lock()

    def find(self, name: Hashable, sources: tuple[Any, ...]) -> T | None:
        """The value of a name, if it was made of these very sources.

        Sources are the same when they are the same objects, or equal numbers.
        """
        with self._lock:
            found = self._values.get(name)
            if found is None or not all(map(_same, found[0], sources)):
                return None
            self._values.move_to_end(name)
            return found[1]

    def keep(self, name: Hashable, sources: tuple[Any, ...], value: T) -> None:
        """Keep a value in the place of the former."""
        with self._lock:
            self._values[name] = sources, value
            self._values.move_to_end(name)
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)


def _same(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, int) and one == other)
