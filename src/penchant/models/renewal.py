"""What a network with vectors of items takes over when there are new items, users and event types.

Known items keep their vectors. An item that training did not meet has the vector of its metadata as
it is now, read as training read metadata. Users' metadata is read anew. An event type that training
did not know is read as an event without a type.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from penchant.data.training_set import Bools, Float32s, Int32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import Weights
from penchant.models.attributes import Attributes
from penchant.models.marks import Marks
from penchant.models.reading import Reading


class Shape(Protocol):
    """How a network reads histories."""

    def marks(self, n_event_types: int) -> Marks:
        """The coding of events."""
        ...


class Network(Protocol):
    """A model with a vector per item, its own plus its metadata's; see `HrnnModel`."""

    items: Vocabulary
    event_type_names: tuple[str, ...]
    output: Float32s
    met: Bools
    reading: Reading
    weights: Weights

    @property
    def shape(self) -> Shape:
        """How it reads histories."""
        ...


@dataclass(frozen=True)
class Renewal:
    """What it knows of the data as they are now.

    Attributes:
        places: Which of the known items each item was (n_items,), -1 for none.
        met: Whether training met an item (n_items,).
        output: Vector per item (n_items, dim).
        users: Metadata of the users.
        weights: All trained arrays, those by item or event type in the order of the new ones.
    """

    places: Int32s
    met: Bools
    output: Float32s
    users: Attributes
    weights: Weights

    @classmethod
    def of(cls, model: Network, training_set: TrainingSet) -> "Renewal":
        """Read the catalogue, users and event types of `training_set`, not its interactions.

        Time and memory: one copy of the items' vectors, and the reading of all metadata.
        """
        n_items, reading = training_set.n_items, model.reading
        places = model.items.indices(training_set.items.ids)
        met = places >= 0
        met[met] = model.met[places[met]]
        attributes = reading.items.attributes(training_set.item_features, n_items)
        output = attributes.vectors(model.weights, "item_metadata")
        output[met] = model.output[places[met]]
        marks = model.shape.marks(len(model.event_type_names))
        rows = marks.rows_for(model.event_type_names, training_set.event_type_names)
        changed = {
            "ids.weight": by_item(model.weights["ids.weight"], places, 0.0),
            "marks.weight": model.weights["marks.weight"][rows],
        }
        users = reading.users.attributes(training_set.user_features, training_set.n_users)
        return cls(places, met, output, users, {**model.weights, **changed})


def by_item(array: Float32s, places: Int32s, otherwise: float) -> Float32s:
    """An array with a row per known item in the order of the new ones (n_items, ...)."""
    rows = np.full((len(places), *array.shape[1:]), otherwise, np.float32)
    rows[places >= 0] = array[places[places >= 0]]
    return rows
