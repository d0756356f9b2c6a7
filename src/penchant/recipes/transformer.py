"""A transformer over a user's history, of the service's version 2 recipes.

Gated attention after HSTU (Zhai et al. 2024, see `attention`) in place of the recurrence, on what
served the recurrent recipe well: items are read and scored with one vector that begins at factors
of who interacted with what; decayed means of the history stand beside what attention gathers; event
types, values, pauses and sessions are embedded inputs. Ours beyond the paper:

- Two questions are learned. One second after an event, what comes next: the rest of a basket, the
  next film of an evening. And at a random moment within every pause, what the user comes back for:
  all of the rows that follow are right answers. Both share the network up to the last layer;
  `Query.timestamp` tells which one is asked.
- Whether items are taken again is learned by how often and how long ago the user had them.
- What is on the rise is learned: the share of an item of late, at the moment of asking.

`apply_recency_bias`: the service says that true puts more weight on recent interactions. Here true
fades older events in the means, makes newer rows count more in the loss and looks at what is on the
rise; false does none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.marks import Marks
from penchant.models.transformer import TransformerModel
from penchant.models.transformer_shape import Shape
from penchant.recipes.blocks import decays
from penchant.recipes.contract import Progress
from penchant.recipes.going_on import begun
from penchant.recipes.popularity import require_interactions
from penchant.recipes.training import seeded
from penchant.recipes.transformer_learner import Learner


@dataclass(frozen=True)
class Transformer:
    """Hyper-parameters; the first is the service's, the others are ours and fixed there.

    Attributes:
        apply_recency_bias: Whether recent interactions weigh more.
        dim: Numbers of an item's vector and of a step.
        n_steps: Newest events that are read one by one.
        n_blocks: Blocks of attention.
        n_heads: Heads of each, a divisor of `dim`.
        max_history: Newest events that are read at all.
        most_history_percentile: Users with longer histories than this share of users teach nothing.
        epochs: Passes over the rows; None takes more of them for fewer rows.
        batch_size: Windows per step.
        learning_rate: At the top of its cycle.
        weight_decay: Of AdamW.
        dropout: Share of a vector's numbers that a step does not see; None: more for fewer rows.
        blindness: Share of items, users and moments that a step knows by half, see the network.
        warmth: Length of the items' vectors to begin with, see `item_factors`.
        most_softmax: Catalogues up to this size are learned by the whole softmax.
        n_negatives: Items drawn per step where the catalogue is larger.
        most_later: Rows after a pause that are right answers.
        later_weight: How many next items a question after a pause counts for.
    """

    apply_recency_bias: bool = True
    dim: int = 128
    n_steps: int = 32
    n_blocks: int = 2
    n_heads: int = 2
    max_history: int = 200
    most_history_percentile: float = 0.99
    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    dropout: float | None = None
    blindness: float = 0.1
    warmth: float = 0.7
    most_softmax: int = 2_000
    n_negatives: int = 1024
    most_later: int = 32
    later_weight: float = 4.0

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        name = "aws-user-personalization-v2"
        values = read_all(name, hyper_parameters, feature_parameters)
        return cls(apply_recency_bias=values["apply_recency_bias"] == "true")

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> TransformerModel:
        """Learn; see `Recipe.fit`.

        Memory: the tables of items and users (float32, with two moments each while learning), and
        256 numbers or less per item for what is on the rise.
        """
        require_interactions(training_set)
        old = begun(start, TransformerModel, "transformer", training_set)
        n_types = len(training_set.event_type_names)
        marks = Marks.learned_from(n_types, training_set.event_values)
        shape = self.shape(marks) if old is None else self._kept(old)
        rng = np.random.default_rng(seed)
        with seeded(seed):
            learner = Learner(self, shape, training_set, rng, old)
            learner.learn(progress)
            return learner.model()

    def shape(self, marks: Marks) -> Shape:
        """How histories are to be read."""
        return Shape(
            n_steps=self.n_steps,
            n_blocks=self.n_blocks,
            n_heads=self.n_heads,
            max_history=self.max_history,
            decays=decays(recent=self.apply_recency_bias),
            value_edges=tuple(float(edge) for edge in marks.value_edges),
        )

    def _kept(self, model: TransformerModel) -> Shape:
        """How the model to go on from reads histories, if that is what is wished for."""
        shape, dim = model.shape, model.output.shape[1]
        wished = self.shape(Marks(0, np.array(shape.value_edges, np.float32)))
        if shape != wished:
            raise ValueError(f"the model to go on from has {shape}, not {wished}: train without it")
        if dim != self.dim:
            raise ValueError(
                f"the model to go on from has dim={dim}, not {self.dim}: train without it"
            )
        return shape
