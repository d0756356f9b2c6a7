"""User segments: `aws-item-affinity` and `aws-item-attribute-affinity`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from penchant.data.training_set import Int32s, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.affinity import AffinityModel
from penchant.models.contract import Fitted
from penchant.models.item_attributes import ItemAttributes
from penchant.recipes.affinity import fit_affinity
from penchant.recipes.contract import Progress


def single_items(training_set: TrainingSet) -> Sequence[Int32s]:
    """Every item as a group of its own."""
    return list(np.arange(training_set.n_items, dtype=np.int32)[:, None])


@dataclass(frozen=True)
class ItemAffinity:
    """`aws-item-affinity`: the users who will most likely interact with an item.

    Attributes:
        hidden_dimension: Length of the factors.
    """

    hidden_dimension: int = 149

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        return cls(**read_all("aws-item-affinity", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> AffinityModel:
        """Learn; see `fit_affinity`.

        Raises:
            ValueError: There are no interactions, or all are of one time.
        """
        return fit_affinity(
            training_set,
            single_items(training_set),
            None,
            dim=self.hidden_dimension,
            seed=seed,
            progress=progress,
            start=start,
        )


@dataclass(frozen=True)
class ItemAttributeAffinity:
    """`aws-item-attribute-affinity`: those who will with items that have attributes.

    Attributes:
        hidden_dimension: Length of the factors.
    """

    hidden_dimension: int = 149

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        return cls(**read_all("aws-item-attribute-affinity", hyper_parameters, feature_parameters))

    @staticmethod
    def groups(training_set: TrainingSet) -> Sequence[Int32s]:
        """What segments are asked for: the items of every value of every attribute."""
        return list(ItemAttributes.of(training_set.item_features).groups())

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> AffinityModel:
        """Learn; see `fit_affinity`.

        Raises:
            ValueError: There are no interactions, all are of one time, or the items have no
                attribute.
        """
        attributes = ItemAttributes.of(training_set.item_features)
        if not attributes:
            raise ValueError(
                "Did not find any attribute to train on: aws-item-attribute-affinity needs an "
                "Items dataset with a categorical or numeric column other than CREATION_TIMESTAMP"
            )
        return fit_affinity(
            training_set,
            self.groups(training_set),
            attributes,
            dim=self.hidden_dimension,
            seed=seed,
            progress=progress,
            start=start,
        )
