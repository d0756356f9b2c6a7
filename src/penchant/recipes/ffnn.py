"""FFNN: a feed-forward network over pooled histories (`awspersonalizeffnnmodel`, preview of 2018).

After "Deep Neural Networks for YouTube Recommendations" (Covington et al., RecSys 2016), the
candidate network: means of the embedded history, the newest event, the user's metadata and the
age of the training row enter layers of rectified units; what comes out meets the items in a
softmax. Whoever asks has the age 0, so that what is liked now comes first. Ours beyond the paper:
the history is pooled several times, with older events fading at several rates; a linear way leads
past the layers; items begin at factors of who interacted with what; and a bonus or malus for
items that the user had is learned.

Nothing is documented of the preview's hyper-parameters: names, defaults and ranges are our choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.ffnn import FfnnModel
from penchant.recipes.contract import Progress
from penchant.recipes.ffnn_network import FfnnNetwork
from penchant.recipes.going_on import begun
from penchant.recipes.pooled_contract import Ground, Plan
from penchant.recipes.pooled_fit import fit_pooled, halved


@dataclass(frozen=True)
class Ffnn:
    """Hyper-parameters; those from `plan` on are fixed.

    Attributes:
        embedding_dimension: Numbers of an item's vector.
        hidden_dimension: Units of the first hidden layer, each further one has half as many.
        hidden_layers: How many there are.
        history_length: Newest events that are pooled.
        recency_mask: Whether recent events weigh more.
        min_user_history_length_percentile: Users with shorter histories teach nothing, 0 to 1.
        max_user_history_length_percentile: Users with longer ones neither.
        plan: How long and how fast.
        dropout: Share of numbers that a step does not see; None: more for fewer rows.
        blindness: Share of items and users that a step knows by their metadata alone, or not.
    """

    embedding_dimension: int = 64
    hidden_dimension: int = 128
    hidden_layers: int = 2
    history_length: int = 200
    recency_mask: bool = True
    min_user_history_length_percentile: float = 0.0
    max_user_history_length_percentile: float = 0.99
    plan: Plan = Plan()
    dropout: float | None = None
    blindness: float = 0.1

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the words of the catalogue; see `Family.from_parameters`."""
        return cls(**read_all("awspersonalizeffnnmodel", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> FfnnModel:
        """Learn; see `Recipe.fit`.

        Memory: the table of items (float32, with two moments each while learning).
        """
        old = begun(start, FfnnModel, "FFNN", training_set)
        return fit_pooled(self, FfnnModel, training_set, seed=seed, progress=progress, start=old)

    def network(self, ground: Ground) -> FfnnNetwork:
        """What learns."""
        return FfnnNetwork(
            ground.table,
            ground.history,
            n_fields=ground.n_fields,
            dim=self.embedding_dimension,
            widths=halved(self.hidden_dimension, self.hidden_layers),
            dropout=ground.dropout,
        )
