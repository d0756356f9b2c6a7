"""A trained transformer takes in new items, users, event types and trends; nothing is learned anew.

See `renewal`. Known items keep their lasting biases too; an item that training did not meet has the
bias of the rarest items. What is on the rise is counted anew over all interactions there are.
"""

from penchant.data.training_set import TrainingSet
from penchant.models.renewal import Renewal, by_item
from penchant.models.transformer import TransformerModel, item_biases
from penchant.models.transformer_shape import LATER, NOW
from penchant.models.trends import Trends


def renewed(model: TransformerModel, training_set: TrainingSet) -> TransformerModel:
    """The model with the catalogue, users, event types and trends of `training_set`.

    Pure; without a trainer. Time and memory: one copy of the items' vectors and biases, and the
    reading of all metadata.
    """
    now = Renewal.of(model, training_set)
    names = {question: f"heads.{question}.bias" for question in (NOW, LATER)}
    biases = {
        name: by_item(model.weights[name], now.places, float(model.rare[question]))
        for question, name in names.items()
    }
    weights = {**now.weights, **biases}
    follows = len(model.edges) > 0
    n_items = training_set.n_items
    trends = Trends.learned_from(training_set) if follows else Trends.unknown(n_items)
    return TransformerModel(
        training_set.items,
        training_set.event_type_names,
        shape=model.shape,
        output=now.output,
        biases=item_biases(weights, now.met, model.rare, trends),
        rare=model.rare,
        edges=trends.edges,
        met=now.met,
        users=now.users,
        reading=model.reading,
        weights=weights,
        graph=model.graph,
    )
