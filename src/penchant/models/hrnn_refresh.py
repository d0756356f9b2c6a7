"""A trained HRNN takes in new items, users and event types; nothing is learned anew.

Known items keep their vectors and biases. An item that training did not meet has the vector of its
metadata as it is now, read as training read metadata, and the bias of the rarest items, as it
would have had at training. Users' metadata is read anew. An event type that training did not know
is read as an event without a type.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Int32s, TrainingSet
from penchant.models.cold_items import ColdItemsModel
from penchant.models.hrnn import HrnnModel
from penchant.models.objectives import raised_by

Weights = Mapping[str, npt.NDArray[Any]]


def renewed(model: HrnnModel, training_set: TrainingSet) -> HrnnModel:
    """The model with the catalogue, users and event types of `training_set`.

    The rest of the training set, its interactions too, does not change a score. Pure; without a
    trainer. Time and memory: one copy of the items' vectors, and the reading of all metadata.
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
    bias = np.full(n_items, model.rare_bias, np.float32)
    bias[met] = model.bias[places[met]]
    return HrnnModel(
        items,
        training_set.event_type_names,
        shape=model.shape,
        output=output,
        bias=bias,
        rare_bias=model.rare_bias,
        raised=raised_by(training_set),
        met=met,
        users=model.reading.users.attributes(training_set.user_features, training_set.n_users),
        reading=model.reading,
        weights=_weights(model, training_set, places),
        graph=model.graph,
    )


def renewed_cold_items(model: ColdItemsModel, training_set: TrainingSet) -> ColdItemsModel:
    """As `renewed`; which items are cold is found out anew.

    Raises:
        ValueError: No item is cold any more.
    """
    inner = renewed(model.model, training_set)
    return ColdItemsModel(inner, model.rule.cold(training_set), model.rule)


def _weights(model: HrnnModel, training_set: TrainingSet, places: Int32s) -> Weights:
    """All weights, those by item or event type in the order of the new ones."""
    known = places >= 0
    ids = np.zeros((len(places), model.output.shape[1]), np.float32)
    ids[known] = model.weights["ids.weight"][places[known]]
    bias = np.full(len(places), model.rare_bias, np.float32)
    bias[known] = model.weights["bias"][places[known]]
    marks = model.shape.marks(len(model.event_type_names))
    rows = marks.rows_for(model.event_type_names, training_set.event_type_names)
    table = model.weights["marks.weight"][rows]
    return {**model.weights, "ids.weight": ids, "bias": bias, "marks.weight": table}
