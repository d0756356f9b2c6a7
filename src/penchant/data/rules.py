"""What the service demands of each dataset type: required, reserved and optional fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

ID_LENGTH: Final = 256
MILLISECONDS_FROM: Final = 100_000_000_000
"""A time beyond this was meant in milliseconds: it is the year 5138 in seconds."""

LONG: Final = frozenset({"long"})
STRING: Final = frozenset({"string"})
FLOAT: Final = frozenset({"float"})
LONG_OR_NULL: Final = frozenset({"long", "null"})
STRING_OR_NULL: Final = frozenset({"string", "null"})
FLOAT_OR_NULL: Final = frozenset({"float", "null"})


@dataclass(frozen=True)
class DatasetRules:
    """The rules of one dataset type.

    Attributes:
        record: The schema record's name, as the service writes it.
        keys: Columns that name a record; one column means that a later record replaces an
            earlier one, several mean that only exact duplicates are dropped.
        required: Field name -> allowed types; all must be there.
        reserved: Field name -> allowed types; may be there.
        max_metadata: Most fields beside the required (and, for interactions, reserved) ones.
        needs_metadata: At least one categorical, textual or numeric field must be there.
        takes_text: One textual field is allowed.
        bounds: Field name -> least and greatest number it may hold.
        words: Field name -> the only values it may hold; case, blanks and underscores do not count.
        categorical: Required and reserved fields that must be categorical.
        textual: Those that must be textual.
    """

    record: str
    keys: tuple[str, ...]
    required: Mapping[str, frozenset[str]]
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    max_metadata: int = 100
    needs_metadata: bool = False
    takes_text: bool = False
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    categorical: frozenset[str] = frozenset()
    textual: frozenset[str] = frozenset()

    @property
    def is_log(self) -> bool:
        """Whether records are events, of which only exact duplicates are dropped."""
        return len(self.keys) > 1

    @property
    def ids(self) -> frozenset[str]:
        """The columns that hold ids of users, items or actions."""
        return frozenset(name for name in self.required if name.endswith("_ID"))


INTERACTIONS: Final = DatasetRules(
    record="Interactions",
    keys=("USER_ID", "ITEM_ID", "TIMESTAMP"),
    required={"USER_ID": STRING, "ITEM_ID": STRING, "TIMESTAMP": LONG},
    reserved={
        "EVENT_TYPE": STRING_OR_NULL,
        "EVENT_VALUE": FLOAT_OR_NULL,
        "IMPRESSION": STRING_OR_NULL,
        "RECOMMENDATION_ID": STRING_OR_NULL,
        "EVENT_ATTRIBUTION_SOURCE": STRING_OR_NULL,
    },
    max_metadata=5,
)
USERS: Final = DatasetRules(
    record="Users",
    keys=("USER_ID",),
    required={"USER_ID": STRING},
    max_metadata=25,
    needs_metadata=True,
)
ITEMS: Final = DatasetRules(
    record="Items",
    keys=("ITEM_ID",),
    required={"ITEM_ID": STRING},
    reserved={"CREATION_TIMESTAMP": LONG_OR_NULL},
    max_metadata=100,
    needs_metadata=True,
    takes_text=True,
)
ACTIONS: Final = DatasetRules(
    record="Actions",
    keys=("ACTION_ID",),
    required={"ACTION_ID": STRING},
    reserved={
        "VALUE": LONG_OR_NULL,
        "TYPE": STRING_OR_NULL,
        "CREATION_TIMESTAMP": LONG_OR_NULL,
        "EXPIRATION_TIMESTAMP": LONG_OR_NULL,
        "ACTION_EXPIRATION_TIMESTAMP": LONG_OR_NULL,
        "REPEAT_FREQUENCY": LONG_OR_NULL,
    },
    max_metadata=10,
    needs_metadata=True,
    bounds={"VALUE": (1, 10), "REPEAT_FREQUENCY": (0, 30)},
)
ACTION_INTERACTIONS: Final = DatasetRules(
    record="ActionInteractions",
    keys=("USER_ID", "ACTION_ID", "TIMESTAMP"),
    required={"USER_ID": STRING, "ACTION_ID": STRING, "EVENT_TYPE": STRING, "TIMESTAMP": LONG},
    reserved={"RECOMMENDATION_ID": STRING_OR_NULL},
    max_metadata=5,
    words={"EVENT_TYPE": ("Taken", "Not Taken", "Viewed")},
)

CUSTOM: Final = (INTERACTIONS, USERS, ITEMS, ACTIONS, ACTION_INTERACTIONS)


def rules_of(dataset_type: str) -> DatasetRules:
    """The rules of a dataset type in any spelling: `interactions`, `Action_Interactions`.

    Raises:
        ValueError: There is no such dataset type.
    """
    wanted = dataset_type.replace("_", "").lower()
    for rules in CUSTOM:
        if rules.record.lower() == wanted:
            return rules
    known = ", ".join(rules.record for rules in CUSTOM)
    raise ValueError(f"{dataset_type!r} is not a dataset type; use one of {known}")


def excluded_columns(given: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Columns not to learn from, in upper case, by the record's name of their dataset type.

    Args:
        given: Dataset type, in any spelling, to columns in any case.

    Raises:
        ValueError: There is no such dataset type, or training needs the column.
    """
    excluded = {
        rules_of(kind).record: frozenset(name.upper() for name in names)
        for kind, names in given.items()
    }
    for record, names in excluded.items():
        needed = {*rules_of(record).required, "EVENT_TYPE"} & names
        if needed:
            raise ValueError(
                f"column {min(needed)} of {record} cannot be excluded; take it out of "
                "excludedDatasetColumns"
            )
    return excluded


def included_columns(given: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The only columns to learn from, in upper case, by the record's name of their dataset type.

    Args:
        given: Dataset type, in any spelling, to columns in any case; a type that is not named is
            learned from whole.

    Raises:
        ValueError: There is no such dataset type.
    """
    return {
        rules_of(kind).record: frozenset(name.upper() for name in names)
        for kind, names in given.items()
    }
