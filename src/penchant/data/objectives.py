"""The column of the items that answers shall raise, found and checked."""

from dataclasses import replace

from penchant.data.datasets import Dataset
from penchant.data.engine import Engine
from penchant.data.fields import Field, Schema
from penchant.data.training_set import Features, Objective


def objective_field(schema: Schema, column: str) -> Field:
    """The column that an objective names.

    Raises:
        ValueError: There is no such column, or it holds no numbers.
    """
    found = schema.find(column)
    if found is None:
        raise ValueError(
            f"itemAttribute {column!r} is not a column of the Items schema; it has "
            f"{', '.join(one.name for one in schema.fields)}"
        )
    if not found.is_number or found.name in schema.rules.reserved:
        numbers = [
            one.name
            for one in schema.fields
            if one.is_number and one.name not in schema.rules.reserved
        ]
        raise ValueError(
            f"itemAttribute {column!r} is not a numeric metadata column; take one of "
            f"{', '.join(numbers) or 'none, the schema has no such column'}"
        )
    return found


def objective_of(
    engine: Engine, wish: Objective, items: Dataset | None, features: Features
) -> Objective:
    """The objective under the column's own name.

    Items that are known from interactions alone have no value; the recipe takes the mean.

    Args:
        engine: Has the table `items` of records.
        wish: The objective as sent.
        items: None where there is no such dataset.
        features: What is learned of the items.

    Raises:
        ValueError: There are no items, the column is none of theirs or is not learned from, or
            an item's record has no value.
    """
    if items is None:
        raise ValueError(
            f"the solution's itemAttribute {wish.column!r} needs an Items dataset; create one and "
            "import items"
        )
    field = objective_field(items.schema, wish.column)
    if field.name not in features.numbers:
        raise ValueError(
            f"the solution's itemAttribute {field.name} is left out of the training by its "
            "trainingDataConfig; take it out of there"
        )
    key = items.schema.rules.keys[0]
    blank = engine.rows(f'SELECT "{key}" FROM items WHERE "{field.name}" IS NULL ORDER BY 1')
    if blank:
        raise ValueError(
            f"the solution's itemAttribute {field.name} has no value for {len(blank)} items, such "
            f"as {blank[0][0]!r}; import one for every item"
        )
    return replace(wish, column=field.name)
