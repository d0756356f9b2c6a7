"""DeepFM: a factorization machine beside a deep network (`awspersonalizedeepfmmodel`, 2018).

After "DeepFM: A Factorization-Machine based Neural Network for CTR Prediction" (Guo et al., IJCAI
2017): both parts read the same embedded fields, and their sum is the score. The fields: the user,
the user's metadata, the history as means in which older events fade at several rates, the newest
item, what the newest event tells beside its item, the moment's context, and the item, as the sum
of its own vector and its metadata's. Ours beyond the paper: it learns by a softmax over items in
place of single clicks, since its answers are ranked; pairs of fields that hold no item are left
out, since they are the same for all items; a field's products have a learned strength per number;
items begin at factors of who interacted with what; and a bonus or malus for items that the user
had is learned. The machine learns from all items, or as many as `most_softmax` allows; the deep
part, which is dear, learns from `n_deep` drawn ones what it has to add to the machine.

Nothing is documented of the preview's hyper-parameters: names, defaults and ranges are our choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.deepfm import DeepFmModel
from penchant.recipes.contract import Progress
from penchant.recipes.deepfm_network import DeepFmNetwork
from penchant.recipes.going_on import begun
from penchant.recipes.pooled_contract import Ground, Plan
from penchant.recipes.pooled_fit import fit_pooled, halved


@dataclass(frozen=True)
class DeepFm:
    """Hyper-parameters; those from `plan` on are fixed.

    Attributes:
        embedding_dimension: Numbers of an item's vector.
        hidden_dimension: Units of the deep part's first layer, each further one has half as many.
        hidden_layers: How many there are.
        history_length: Newest events that are pooled.
        recency_mask: Whether recent events weigh more.
        min_user_history_length_percentile: Users with shorter histories teach nothing, 0 to 1.
        max_user_history_length_percentile: Users with longer ones neither.
        plan: How long and how fast.
        dropout: Share of numbers that a step does not see; None: more for fewer rows.
        blindness: Share of items and users that a step knows by their metadata alone, or not.
        user_blindness: Share of users whose own vector a step does not see.
    """

    embedding_dimension: int = 64
    hidden_dimension: int = 32
    hidden_layers: int = 2
    history_length: int = 200
    recency_mask: bool = True
    min_user_history_length_percentile: float = 0.0
    max_user_history_length_percentile: float = 0.99
    plan: Plan = Plan()
    dropout: float | None = None
    blindness: float = 0.1
    user_blindness: float = 0.5

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the words of the catalogue; see `Family.from_parameters`."""
        return cls(**read_all("awspersonalizedeepfmmodel", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> DeepFmModel:
        """Learn; see `Recipe.fit`.

        Memory: the tables of items and users (float32, with two moments each while learning).
        """
        old = begun(start, DeepFmModel, "DeepFM", training_set)
        return fit_pooled(self, DeepFmModel, training_set, seed=seed, progress=progress, start=old)

    def network(self, ground: Ground) -> DeepFmNetwork:
        """What learns."""
        return DeepFmNetwork(
            ground.table,
            ground.history,
            n_users=ground.n_users,
            n_fields=ground.n_fields,
            dim=self.embedding_dimension,
            widths=halved(self.hidden_dimension, self.hidden_layers),
            dropout=ground.dropout,
            blindness=self.user_blindness,
        )
