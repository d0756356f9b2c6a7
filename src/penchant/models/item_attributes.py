"""Which items have which attributes, as known at training."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from penchant.data.training_set import Categories, Features, Float32s, Int32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays

_MOST_NUMBERS: Final = 50

Condition = tuple[str, str]
"""A column of the items and the value it shall have, as a text."""


@dataclass(frozen=True)
class ItemAttributes:
    """Categorical and numeric columns of the items.

    Attributes:
        categories: Column name -> values per item.
        numbers: Column name -> number per item (n_items,), NaN for none.
    """

    categories: Mapping[str, Categories]
    numbers: Mapping[str, Float32s]

    @classmethod
    def of(cls, features: Features) -> Self:
        """The columns of a training set's items that can be asked for; texts are none."""
        return cls(dict(features.categories), dict(features.numbers))

    def __bool__(self) -> bool:
        return bool(self.categories or self.numbers)

    def items_with(self, conditions: Sequence[Condition]) -> Int32s:
        """The items for which all conditions hold, in the order of their indices.

        A column with several values holds each of them. Names of columns are read in any case.

        Raises:
            ValueError: There is no condition, a column or value was not there at training, or no
                item fulfils all of them.
        """
        if not conditions:
            raise ValueError("no item attribute is given; name at least one column and its value")
        sets = [set(self._items(column, value).tolist()) for column, value in conditions]
        found = sorted(set.intersection(*sets))
        if not found:
            wanted = " and ".join(f"{column} = {value!r}" for column, value in conditions)
            raise ValueError(f"no item of the training has {wanted}; ask for fewer at once")
        return np.array(found, np.int32)

    def groups(self) -> Iterator[Int32s]:
        """The items of every value of every categorical column, and of numeric ones with few."""
        for column in self.categories.values():
            rows = np.repeat(np.arange(len(column.offsets) - 1), np.diff(column.offsets))
            order = np.argsort(column.codes, kind="stable")
            ends = np.cumsum(np.bincount(column.codes, minlength=len(column.values)))
            yield from np.split(rows[order].astype(np.int32), ends[:-1]) if len(ends) else ()
        for numbers in self.numbers.values():
            values = np.unique(numbers[~np.isnan(numbers)])
            for value in values if len(values) <= _MOST_NUMBERS else ():
                yield np.flatnonzero(numbers == value).astype(np.int32)

    def save(self, folder: Path) -> None:
        """Write `attributes.json` and an array or two per column below `folder`."""
        names: dict[str, Any] = {
            "categories": {name: one.values.ids for name, one in self.categories.items()},
            "numbers": list(self.numbers),
        }
        (folder / "attributes.json").write_text(json.dumps(names), encoding="utf-8")
        for place, column in enumerate(self.categories.values()):
            save_arrays(folder, **{f"category{place}": column.codes})
            save_arrays(folder, **{f"category{place}_offsets": column.offsets})
        numbers = {f"number{place}": one for place, one in enumerate(self.numbers.values())}
        save_arrays(folder, **numbers)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        names = json.loads((folder / "attributes.json").read_text(encoding="utf-8"))
        categories = {
            name: Categories(
                Vocabulary(values),
                map_array(folder, f"category{place}_offsets"),
                map_array(folder, f"category{place}"),
            )
            for place, (name, values) in enumerate(names["categories"].items())
        }
        numbers = {
            name: map_array(folder, f"number{place}") for place, name in enumerate(names["numbers"])
        }
        return cls(categories, numbers)

    def _items(self, column: str, value: str) -> Int32s:
        for name, categories in self.categories.items():
            if name.lower() == column.lower():
                return _items_of(categories, column, value)
        for name, numbers in self.numbers.items():
            if name.lower() == column.lower():
                return _items_at(numbers, column, value)
        known = ", ".join([*self.categories, *self.numbers])
        raise ValueError(f"the items had no column {column!r} at training; known: {known}")


def _items_of(categories: Categories, column: str, value: str) -> Int32s:
    code = categories.values.index(value)
    if code < 0:
        raise ValueError(f"no item had {column} = {value!r} at training")
    places = np.flatnonzero(categories.codes == code)
    return (np.searchsorted(categories.offsets, places, "right") - 1).astype(np.int32)


def _items_at(numbers: Float32s, column: str, value: str) -> Int32s:
    try:
        wanted = np.float32(value)
    except ValueError:
        raise ValueError(f"{column} = {value!r}: {column} is numeric; give a number") from None
    found = np.flatnonzero(numbers == wanted).astype(np.int32)
    if not len(found):
        raise ValueError(f"no item had {column} = {value!r} at training")
    return found
