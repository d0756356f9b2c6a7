"""A trained HRNN takes in new items, users and event types; nothing is learned anew.

See `renewal`. Known items keep their biases too; an item that training did not meet has the bias of
the rarest items, as it would have had at training.
"""

from penchant.data.training_set import TrainingSet
from penchant.models.cold_items import ColdItemsModel
from penchant.models.hrnn import HrnnModel
from penchant.models.objectives import raised_by
from penchant.models.renewal import Renewal, by_item


def renewed(model: HrnnModel, training_set: TrainingSet) -> HrnnModel:
    """The model with the catalogue, users and event types of `training_set`.

    The rest of the training set, its interactions too, does not change a score. Pure; without a
    trainer. Time and memory: one copy of the items' vectors, and the reading of all metadata.
    """
    now = Renewal.of(model, training_set)
    bias = by_item(model.bias, now.places, model.rare_bias)
    bias[~now.met] = model.rare_bias
    own_bias = by_item(model.weights["bias"], now.places, model.rare_bias)
    return HrnnModel(
        training_set.items,
        training_set.event_type_names,
        shape=model.shape,
        output=now.output,
        bias=bias,
        rare_bias=model.rare_bias,
        raised=raised_by(training_set),
        met=now.met,
        users=now.users,
        reading=model.reading,
        weights={**now.weights, "bias": own_bias},
        graph=model.graph,
    )


def renewed_cold_items(model: ColdItemsModel, training_set: TrainingSet) -> ColdItemsModel:
    """As `renewed`; which items are cold is found out anew.

    Raises:
        ValueError: No item is cold any more.
    """
    inner = renewed(model.model, training_set)
    return ColdItemsModel(inner, model.rule.cold(training_set), model.rule)
