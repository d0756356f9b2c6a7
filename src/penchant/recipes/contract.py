"""The contract every recipe family fulfils, and how a training tells how far it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from penchant.data.training_set import TrainingSet
from penchant.models.contract import Fitted


@dataclass(frozen=True, slots=True)
class Step:
    """Where a training stands.

    Attributes:
        stage: What is being done, for people: "training", "counting", ...
        done: Share of the whole training, 0 to 1.
        epoch: The epoch being learned, from 1; None for recipes without epochs.
        n_epochs: How many epochs there are at most.
        loss: Mean loss per target since the last step told.
    """

    stage: str
    done: float
    epoch: int | None = None
    n_epochs: int | None = None
    loss: float | None = None


Progress = Callable[[Step], None]
"""Called about once a second; what it raises ends the training and reaches the caller."""


def silent(step: Step) -> None:
    """Progress that nobody watches."""


class Recipe(Protocol):
    """What can be fitted: hyper-parameters that are settled."""

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> Fitted:
        """Learn; the same data and seed give the same model on a CPU.

        Args:
            training_set: The rows to learn from.
            seed: Source of all randomness.
            progress: Told how far the training is.
            start: A model of this family fitted on part of the same rows with the same
                vocabularies; step-wise learners go on from it.

        Raises:
            ValueError: There is nothing to learn from, or `start` knows another catalogue.
        """
        ...


class Family(Recipe, Protocol):
    """A kind of recipe; a frozen dataclass of hyper-parameters."""

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; names left out have the catalogue's defaults.

        Raises:
            ValueError: A name is not the recipe's, or a value is outside its range.
        """
        ...
