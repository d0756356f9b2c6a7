"""A dataset's columns: their names, types and what recipes may learn from."""

from dataclasses import dataclass
from typing import Final

from penchant.data.rules import DatasetRules, rules_of

NUMBERS: Final = ("int", "long", "float", "double")
TYPES: Final = (*NUMBERS, "string", "boolean")


@dataclass(frozen=True)
class Field:
    """One column of a dataset.

    Attributes:
        name: Column name as in the schema.
        types: The types other than null, in the schema's order.
        nullable: Null is one of the types.
    """

    name: str
    types: tuple[str, ...]
    nullable: bool = False
    categorical: bool = False
    textual: bool = False
    item_name: bool = False

    @property
    def kind(self) -> str:
        """The one type that holds every value of the union."""
        if "string" in self.types or len(set(self.types) & {"boolean", *NUMBERS}) == 1:
            return "string" if "string" in self.types else self.types[0]
        numbers = [kind for kind in NUMBERS if kind in self.types]
        if "boolean" in self.types:
            return "string"
        return "double" if numbers == ["long", "float"] else numbers[-1]

    @property
    def is_number(self) -> bool:
        """Whether values are numbers."""
        return self.kind in NUMBERS

    @property
    def is_metadata(self) -> bool:
        """Whether recipes can learn from the column."""
        return self.categorical or self.textual or self.is_number


@dataclass(frozen=True)
class Schema:
    """A dataset's columns; `record` is the dataset type as the service writes it."""

    record: str
    fields: tuple[Field, ...]

    @property
    def rules(self) -> DatasetRules:
        """What the service demands of this dataset type."""
        return rules_of(self.record)

    def find(self, name: str) -> Field | None:
        """The field of this name, or the one that a camelCase property key stands for."""
        wanted = folded(name)
        return next((one for one in self.fields if folded(one.name) == wanted), None)


def folded(name: str) -> str:
    """A name without case and underscores, which do not tell two columns apart."""
    return name.replace("_", "").upper()
