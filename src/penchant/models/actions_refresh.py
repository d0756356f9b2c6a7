"""A trained model of actions takes in new actions, items and users; nothing is learned anew.

Known actions keep their vectors. A new one has the vector of its metadata, read as the training
read metadata, and no score is told of it before the next training. Rules of actions (value,
expiration, repetition) and what users did are as of now.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.actions import ActionSet
from penchant.data.training_set import Int32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_catalogue import ActionCatalogue, ActionHistories
from penchant.models.action_inputs import N_DONE, Reading
from penchant.models.action_tables import ActionTables
from penchant.models.actions import ActionsModel, Weights


def renewed_actions(model: ActionsModel, training_set: TrainingSet) -> ActionsModel:
    """The model with the actions, items, users and event types of `training_set`.

    Raises:
        ValueError: There are no actions any more.
    """
    actions = training_set.actions
    if actions is None or not actions.n_actions:
        raise ValueError("there are no actions any more: import some or call PutActions")
    places = model.actions.indices(actions.actions.ids)
    weights = None
    if model.weights is not None and model.tables is not None:
        weights = _weights(model.weights, model.tables, training_set, actions, places)
    return replace(
        model,
        items=training_set.items,
        event_type_names=training_set.event_type_names,
        actions=actions.actions,
        catalogue=replace(
            ActionCatalogue.of(actions), scored=_taken_over(model.catalogue.scored, places)
        ),
        histories=ActionHistories.newest_of(actions, training_set.n_users),
        reading=_reading(model, training_set, actions.n_actions),
        weights=weights,
    )


def _weights(
    old: Weights,
    tables: ActionTables,
    training_set: TrainingSet,
    actions: ActionSet,
    places: Int32s,
) -> Weights:
    known = places >= 0
    rows = tables.action_rows(actions.features, actions.n_actions)
    vectors, biases = rows[:, :-1].copy(), rows[:, -1].copy()
    vectors[known] = old.action_vectors[places[known]]
    biases[known] = old.action_biases[places[known]]
    done_weights = np.tile(tables.done, (actions.n_actions, 1))
    done_weights[known] = old.done_weights[places[known]]
    of_actions = old.done_table.reshape(-1, N_DONE, old.done_table.shape[1])
    return replace(
        old,
        done_table=_taken_over(of_actions, places).reshape(-1, old.done_table.shape[1]),
        user_vectors=tables.user_vectors(training_set.user_features, training_set.n_users),
        action_vectors=vectors,
        action_biases=biases,
        done_weights=done_weights,
    )


def _reading(model: ActionsModel, training_set: TrainingSet, n_actions: int) -> Reading:
    old = model.reading
    items = model.items.indices(training_set.items.ids)
    names = Vocabulary(model.event_type_names).indices(training_set.event_type_names)
    frequent = np.where(items >= 0, _taken_over(old.frequent, items), -1)
    kinds = np.where(names >= 0, _taken_over(old.kinds, names), -1)
    return replace(
        old,
        factors=_taken_over(old.factors, items),
        frequent=frequent.astype(np.int32),
        kinds=kinds.astype(np.int32),
        n_actions=n_actions,
    )


def _taken_over(rows: npt.NDArray[Any], places: Int32s) -> npt.NDArray[Any]:
    """Rows at their new places; zero where `places` is -1."""
    found = np.zeros((len(places), *rows.shape[1:]), rows.dtype)
    found[places >= 0] = rows[places[places >= 0]]
    return found
