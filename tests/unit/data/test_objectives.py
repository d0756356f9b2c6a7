"""The column of the items that answers shall raise."""

from typing import Any

import numpy as np
import pytest

from penchant.data.assembly import EventColumns, assemble
from penchant.data.datasets import Dataset
from penchant.data.objectives import objective_field
from penchant.data.training_set import Objective, TrainingSet

from .support import MEMORY_BYTES, interactions, items

GOODS = items(
    {"name": "UNIT_PRICE", "type": ["null", "float"]},
    {"name": "COLOUR", "type": "string", "categorical": True},
    {"name": "CREATION_TIMESTAMP", "type": ["null", "long"]},
)
SEEN = EventColumns(["a", "a"], ["x", "unlisted"], [1, 2], [None, None], [None, None])


def build(put: dict[str, Any] | None, **more: Any) -> TrainingSet:
    return assemble(
        Dataset(interactions()),
        items=None if put is None else Dataset(GOODS, put=put),
        streamed=SEEN,
        memory_bytes=MEMORY_BYTES,
        threads=1,
        **more,
    )


def test_the_objective_has_the_column_s_own_name() -> None:
    put = {"x": {"unitPrice": 2.5, "colour": "red"}}
    built = build(put, objective=Objective("unit_price", "HIGH"))
    assert built.objective == Objective("UNIT_PRICE", "HIGH")
    by_item = dict(zip(built.items.ids, built.item_features.numbers["UNIT_PRICE"], strict=True))
    assert by_item["x"] == 2.5
    assert np.isnan(by_item["unlisted"])


@pytest.mark.parametrize(
    ("put", "column", "excluded", "text"),
    [
        (None, "UNIT_PRICE", [], "'UNIT_PRICE' needs an Items dataset; create one and import"),
        ({}, "WEIGHT", [], "'WEIGHT' is not a column of the Items schema; it has ITEM_ID, UNIT"),
        ({}, "COLOUR", [], "'COLOUR' is not a numeric metadata column; take one of UNIT_PRICE"),
        ({}, "UNIT_PRICE", ["UNIT_PRICE"], "UNIT_PRICE is left out of the training by its"),
        (
            {"x": {"colour": "red"}, "y": {"colour": "blue"}},
            "UNIT_PRICE",
            [],
            "UNIT_PRICE has no value for 2 items, such as 'x'; import one for every item",
        ),
    ],
)
def test_an_objective_that_cannot_be_followed_says_why(put, column, excluded, text) -> None:
    with pytest.raises(ValueError, match=text):
        build(put, objective=Objective(column, "LOW"), excluded_columns={"Items": excluded})


def test_a_schema_without_numbers_has_nothing_to_raise() -> None:
    plain = items({"name": "COLOUR", "type": "string", "categorical": True})
    with pytest.raises(ValueError, match="take one of none, the schema has no such column"):
        objective_field(plain, "COLOUR")


def test_included_columns_are_the_only_ones_of_their_dataset() -> None:
    put = {"x": {"unitPrice": 2.5, "colour": "red", "creationTimestamp": 7}}
    built = build(put, included_columns={"ITEMS": ["colour"]})
    assert set(built.item_features.categories) == {"COLOUR"}
    assert not built.item_features.numbers
    assert built.item_created_at is not None
    assert built.item_created_at.max() == 7
