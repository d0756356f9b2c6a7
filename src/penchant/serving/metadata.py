"""What answers tell of their items beside the ids."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penchant.data.details import printed
from penchant.data.fields import Field, Schema
from penchant.data.records import texts_of
from penchant.serving.details import Details

Put = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
"""The records, among those of some ids, that were put one by one."""


@dataclass(frozen=True)
class Metadata:
    """The values of a dataset of items; nothing of them is held in memory.

    Attributes:
        schema: None where there is no dataset.
        parts: The imported files, newest first; of two records of an item the newer counts.
        put: Wins over all parts; None where nothing was put.
    """

    schema: Schema | None = None
    parts: Sequence[Details] = ()
    put: Put | None = None

    def of(self, item_ids: Sequence[str], columns: Sequence[Field]) -> list[dict[str, str]]:
        """For each item its values by the column's name in lower case; no key, no value."""
        put = self.put(item_ids) if self.put and item_ids else {}
        return [
            dict(_told(columns, self._put_texts(put[one]) if one in put else self._imported(one)))
            for one in item_ids
        ]

    def _put_texts(self, properties: Mapping[str, Any]) -> Mapping[str, str]:
        assert self.schema is not None
        texts = texts_of(properties, self.schema.find)
        return {name.lower(): text for name, text in texts.items() if text is not None}

    def _imported(self, item_id: str) -> Mapping[str, str]:
        for part in self.parts:
            found = part.of(item_id)
            if found is not None:
                return found
        return {}


def _told(columns: Sequence[Field], texts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for column in columns:
        text = texts.get(column.name.lower())
        value = None if text is None else printed(column, text)
        if value is not None:
            yield column.name.lower(), value
