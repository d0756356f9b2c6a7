"""The answering half of `aws-next-best-action`: the same small network as numpy arrays."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import scipy.sparse as sp

from penchant.data.queries import Query
from penchant.data.training_set import Float32s, Int32s
from penchant.data.vocabulary import Vocabulary
from penchant.models.action_catalogue import ActionCatalogue, ActionHistories
from penchant.models.action_inputs import N_DONE, Inputs, Reading
from penchant.models.action_states import States
from penchant.models.action_tables import ActionTables
from penchant.models.arrays import map_array, save_arrays

MOST_EXPONENT: Final = 4.0
_PARTS: Final = ("weights", "tables", "catalogue", "done")


@dataclass(frozen=True)
class Weights:
    """The network of `recipes.actions_network` as arrays.

    Attributes:
        means, spreads: Of the numbers read, (n_numbers,).
        item_table: Vectors of frequent items (n_frequent, dim).
        done_table: Vectors of what was done about actions (n_actions * N_DONE, dim).
        user_vectors: Vectors of the users' metadata (n_users, dim); no columns without metadata.
        hidden_weights, hidden_biases: First layer, (n_hidden, n_inputs) and (n_hidden,).
        state_weights, state_biases: Second layer, (dim, n_hidden) and (dim,).
        action_vectors, action_biases: (n_actions, dim) and (n_actions,).
        done_weights: What was done about an action bears on it, (n_actions, N_DONE).
    """

    means: Float32s
    spreads: Float32s
    item_table: Float32s
    done_table: Float32s
    user_vectors: Float32s
    hidden_weights: Float32s
    hidden_biases: Float32s
    state_weights: Float32s
    state_biases: Float32s
    action_vectors: Float32s
    action_biases: Float32s
    done_weights: Float32s

    def logits(self, inputs: Inputs) -> Float32s:
        """Log-odds that each action is taken, (n, n_actions), before calibration."""
        read = np.concatenate(
            [
                (inputs.numbers - self.means) / self.spreads,
                inputs.items @ self.item_table,
                inputs.done @ self.done_table,
                self._user_vectors(inputs.users),
            ],
            axis=1,
        )
        hidden = np.maximum(read @ self.hidden_weights.T + self.hidden_biases, 0)
        states = hidden @ self.state_weights.T + self.state_biases
        logits: Float32s = states @ self.action_vectors.T + self.action_biases
        return logits + self._bearing(inputs.done)

    def _user_vectors(self, users: Int32s) -> Float32s:
        known = (users >= 0) & (users < len(self.user_vectors))
        vectors = np.zeros((len(users), self.user_vectors.shape[1]), np.float32)
        vectors[known] = self.user_vectors[users[known]]
        return vectors

    def _bearing(self, done: sp.csr_matrix) -> Float32s:
        borne = done.data * self.done_weights.ravel()[done.indices]
        shape = (done.shape[0], len(self.action_biases))
        per_action = sp.csr_matrix((borne, done.indices // N_DONE, done.indptr), shape)
        return np.asarray(per_action.toarray(), np.float32)


@dataclass(frozen=True)
class ActionsModel:
    """Predicts for every action whether the user takes it within the optimization period.

    Attributes:
        items: The catalogue of items.
        event_type_names: Event types of the interactions with items.
        actions: The actions.
        catalogue: Their rules.
        histories: What users did about them up to the training.
        reading: How states become numbers.
        weights: The network; None where there was nothing to learn it from.
        tables: What later users and actions are made of; None where `weights` is.
        slope, offset: Calibration of the log-odds.
        exponent: The period as a multiple of the window that was learned from.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    actions: Vocabulary
    catalogue: ActionCatalogue
    histories: ActionHistories
    reading: Reading
    weights: Weights | None = None
    tables: ActionTables | None = None
    slope: float = 1.0
    offset: float = 0.0
    exponent: float = 1.0

    def score_actions(self, queries: Sequence[Query]) -> Float32s:
        """Probability that the user takes each action, shape (len(queries), n_actions).

        All zero where the training had no interactions with actions to learn from.
        """
        if self.weights is None or not queries:
            return np.zeros((len(queries), len(self.actions)), np.float32)
        return self.probabilities(self.reading.inputs(States.of(queries)))

    def probabilities(self, inputs: Inputs) -> Float32s:
        """As `score_actions`, of states that were read already."""
        assert self.weights is not None
        logits = self.slope * self.weights.logits(inputs).astype(np.float64) + self.offset
        # log(1 - p) of the window, times the number of windows in the period
        survived = -np.logaddexp(0, logits) * self.exponent
        return (-np.expm1(survived)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays and the ids of the actions."""
        for part in _PARTS:
            (folder / part).mkdir()
        (folder / "actions.json").write_text(json.dumps(self.actions.ids), encoding="utf-8")
        self.catalogue.save(folder / "catalogue")
        self.histories.save(folder / "done")
        self.reading.save(folder)
        if self.weights is not None:
            save_arrays(folder / "weights", **vars(self.weights))
        if self.tables is not None:
            self.tables.save(folder / "tables")

    @property
    def description(self) -> dict[str, Any]:
        """What `load` needs beside the arrays."""
        return {
            "learned": self.weights is not None,
            "slope": self.slope,
            "offset": self.offset,
            "exponent": self.exponent,
            "nFrequent": self.reading.n_frequent,
            "nKinds": self.reading.n_kinds,
        }

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        actions = Vocabulary(json.loads((folder / "actions.json").read_text(encoding="utf-8")))
        weights, tables = None, None
        if description["learned"]:
            names = Weights.__dataclass_fields__
            weights = Weights(**{name: map_array(folder / "weights", name) for name in names})
            tables = ActionTables.load(folder / "tables")
        return cls(
            items,
            event_type_names,
            actions,
            ActionCatalogue.load(folder / "catalogue"),
            ActionHistories.load(folder / "done"),
            Reading.load(folder, description["nFrequent"], description["nKinds"], len(actions)),
            weights,
            tables,
            description["slope"],
            description["offset"],
            description["exponent"],
        )
