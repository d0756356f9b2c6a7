"""HRNN: a recurrent network that reads a user's history, of the service's user personalization.

After "Hierarchical Temporal-Contextual Recommenders" (Ma et al., NeurIPS 2018 workshop): session
boundaries, pauses, event types and event values are embedded inputs; a user's vector meets the
item's, which is the sum of its own embedding and its embedded metadata (a factorization machine of
user state and item features). What is told of the moment of an event is a summand of the user's
vector for that event; texts are read as vectors of their words. Ours beyond the paper: items are
read and scored with the same vector; decayed means of everything up to `max_history` events enter
the user's vector beside the recurrent state, and make the initial state where the history is longer
than `bptt`; items begin at factors of who interacted with what, without which small data take four
times the epochs; and a bonus or malus for items that the user had before is learned, so that the
network need not.

`recency_mask`: the service says that True puts more weight on recent events, False weighs all past
interactions equally. Here True fades older events in the means and makes newer rows count more in
the loss; False does neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.hrnn import HrnnModel, Shape
from penchant.models.marks import Marks
from penchant.recipes.blocks import decays
from penchant.recipes.contract import Progress
from penchant.recipes.going_on import begun
from penchant.recipes.hrnn_learner import Learner
from penchant.recipes.percentiles import users_within
from penchant.recipes.popularity import require_interactions
from penchant.recipes.training import seeded

_SHAPE: Final = ("hidden_dimension", "bptt", "recency_mask", "max_history")
"""What cannot differ from the model that training goes on from."""


@dataclass(frozen=True)
class Hrnn:
    """Hyper-parameters; the first five are the service's, the others are ours and fixed there.

    Attributes:
        hidden_dimension: Units of the recurrent layer; items have vectors of about half as many
            numbers, a multiple of 32.
        bptt: Steps that gradients flow back, and newest events that are read one by one.
        recency_mask: Whether recent events weigh more.
        min_user_history_length_percentile: Users with shorter histories teach nothing, 0 to 1.
        max_user_history_length_percentile: Users with longer ones neither.
        max_history: Newest events that are read at all.
        epochs: Passes over the rows; None takes more of them for fewer rows.
        batch_size: Windows per step.
        learning_rate: At the top of its cycle.
        weight_decay: Of AdamW.
        dropout: Share of a vector's numbers that a step does not see; None: more for fewer rows.
        blindness: Share of items that a step knows by their metadata alone, and of users and
            moments that it knows nothing of.
        warmth: Length of the items' vectors to begin with, see `item_factors`.
        most_softmax: Catalogues up to this size are learned by the whole softmax.
        n_negatives: Items drawn per step where the catalogue is larger.
    """

    hidden_dimension: int = 149
    bptt: int = 32
    recency_mask: bool = True
    min_user_history_length_percentile: float = 0.0
    max_user_history_length_percentile: float = 0.99
    max_history: int = 200
    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    dropout: float | None = None
    blindness: float = 0.1
    warmth: float = 0.7
    most_softmax: int = 2_000
    n_negatives: int = 1024

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        return cls(**read_all("aws-user-personalization", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> HrnnModel:
        """Learn; see `Recipe.fit`.

        Memory: the tables of items and users (float32, with two moments each while learning).
        """
        require_interactions(training_set)
        old = begun(start, HrnnModel, "HRNN", training_set)
        shape = self._shape(training_set) if old is None else self._kept(old.shape)
        low = self.min_user_history_length_percentile
        learned = users_within(training_set, low, self.max_user_history_length_percentile)
        rng = np.random.default_rng(seed)
        with seeded(seed):
            learner = Learner(self, shape, training_set, learned, rng, old)
            learner.learn(progress)
            return learner.model()

    @property
    def dim(self) -> int:
        """Numbers of an item's vector."""
        return max(32, self.hidden_dimension // 64 * 32)

    def _shape(self, training_set: TrainingSet) -> Shape:
        """How histories are to be read."""
        n_types = len(training_set.event_type_names)
        marks = Marks.learned_from(n_types, training_set.event_values)
        return Shape(
            hidden_dimension=self.hidden_dimension,
            bptt=self.bptt,
            recency_mask=self.recency_mask,
            max_history=self.max_history,
            decays=decays(recent=self.recency_mask),
            value_edges=tuple(float(edge) for edge in marks.value_edges),
        )

    def _kept(self, shape: Shape) -> Shape:
        """How the model to go on from reads histories, if that is what is wished for."""
        for name in _SHAPE:
            old, new = getattr(shape, name), getattr(self, name)
            if old != new:
                raise ValueError(
                    f"the model to go on from has {name}={old}, not {new}: train without"
                )
        return shape
