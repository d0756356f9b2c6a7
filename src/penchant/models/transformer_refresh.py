"""A trained transformer takes in new items, users, event types and trends; nothing is learned anew.

Known items keep their vectors and lasting biases. An item that training did not meet has the vector
of its metadata as it is now, read as training read metadata, and the bias of the rarest items. What
is on the rise is counted anew over all interactions there are. Users' metadata is read anew. An
event type that training did not know is read as an event without a type.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Int32s, TrainingSet
from penchant.models.transformer import TransformerModel, item_biases
from penchant.models.transformer_shape import LATER, NOW
from penchant.models.trends import Trends


def renewed(model: TransformerModel, training_set: TrainingSet) -> TransformerModel:
    """The model with the catalogue, users, event types and trends of `training_set`.

    Pure; without a trainer. Time and memory: one copy of the items' vectors and biases, and the
    reading of all metadata.
    """
    items, n_items = training_set.items, training_set.n_items
    places = model.items.indices(items.ids)
    met = places >= 0
    met[met] = model.met[places[met]]
    attributes = model.reading.items.attributes(training_set.item_features, n_items)
    output = attributes.vectors(
        model.weights["item_metadata.table.weight"], model.weights.get("item_metadata.text_map")
    )
    output[met] = model.output[places[met]]
    weights = _weights(model, training_set, places)
    follows = len(model.edges) > 0
    trends = Trends.learned_from(training_set) if follows else Trends.unknown(n_items)
    return TransformerModel(
        items,
        training_set.event_type_names,
        shape=model.shape,
        output=output,
        biases=item_biases(weights, met, model.rare, trends),
        rare=model.rare,
        edges=trends.edges,
        met=met,
        users=model.reading.users.attributes(training_set.user_features, training_set.n_users),
        reading=model.reading,
        weights=weights,
        graph=model.graph,
    )


def _weights(
    model: TransformerModel, training_set: TrainingSet, places: Int32s
) -> Mapping[str, npt.NDArray[Any]]:
    """All weights, those by item or event type in the order of the new ones."""
    known = places >= 0
    ids = np.zeros((len(places), model.output.shape[1]), np.float32)
    ids[known] = model.weights["ids.weight"][places[known]]
    marks = model.shape.marks(len(model.event_type_names))
    rows = marks.rows_for(model.event_type_names, training_set.event_type_names)
    changed = {"ids.weight": ids, "marks.weight": model.weights["marks.weight"][rows]}
    for question in (NOW, LATER):
        name = f"heads.{question}.bias"
        changed[name] = np.full(len(places), model.rare[question], np.float32)
        changed[name][known] = model.weights[name][places[known]]
    return {**model.weights, **changed}
