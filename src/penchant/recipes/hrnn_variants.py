"""The older HRNN recipes: without metadata, with it, and for new items.

They are the HRNN of `recipes.hrnn` behind their own hyper-parameters. `aws-hrnn` learns from the
interactions alone; `aws-hrnn-metadata` as `aws-user-personalization` does; `aws-hrnn-coldstart`
learns as that one and recommends items that are new.

At the service a catalogue needs 100 to 80 000 cold items; here one is enough, and there is no
upper bound.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from penchant.data.training_set import Features, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.cold_items import ColdItemsModel, ColdRule
from penchant.models.contract import Fitted
from penchant.models.hrnn import HrnnModel
from penchant.recipes.contract import Progress
from penchant.recipes.hrnn import Hrnn
from penchant.recipes.popularity import require_interactions


@dataclass(frozen=True)
class PlainHrnn:
    """`aws-hrnn`: interactions alone; metadata and contexts are not read."""

    learner: Hrnn = Hrnn(hidden_dimension=43)

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        return cls(Hrnn(**read_all("aws-hrnn", hyper_parameters, feature_parameters)))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> HrnnModel:
        """Learn; see `Recipe.fit`."""
        none = Features()
        bare = replace(training_set, user_features=none, item_features=none, contexts=none)
        return self.learner.fit(bare, seed=seed, progress=progress, start=start)


@dataclass(frozen=True)
class MetadataHrnn:
    """`aws-hrnn-metadata`: interactions, metadata of items and users, contexts."""

    learner: Hrnn = Hrnn(hidden_dimension=43)

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        values = read_all("aws-hrnn-metadata", hyper_parameters, feature_parameters)
        return cls(Hrnn(**values))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> HrnnModel:
        """Learn; see `Recipe.fit`."""
        return self.learner.fit(training_set, seed=seed, progress=progress, start=start)


@dataclass(frozen=True)
class ColdStartHrnn:
    """`aws-hrnn-coldstart`: recommends items that are new and that few have met.

    Attributes:
        learner: Learns from everything, as `aws-user-personalization` does.
        rule: Which items are cold.
        clock: Epoch seconds now.
    """

    learner: Hrnn = Hrnn()
    rule: ColdRule = ColdRule()
    clock: Callable[[], float] = time.time

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's hyper-parameters; see `Recipe.from_parameters`."""
        values = read_all("aws-hrnn-coldstart", hyper_parameters, feature_parameters)
        rule = ColdRule(
            most_interactions=values.pop("cold_start_max_interactions"),
            most_days=values.pop("cold_start_max_duration"),
            from_now=values.pop("cold_start_relative_from") == "currentTime",
        )
        return cls(Hrnn(**values), rule)

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,
    ) -> ColdItemsModel:
        """Learn; see `Recipe.fit`.

        Raises:
            ValueError: No item is cold.
        """
        require_interactions(training_set)
        cold = self.rule.cold(training_set, self.clock)
        begun = start.model if isinstance(start, ColdItemsModel) else start
        model = self.learner.fit(training_set, seed=seed, progress=progress, start=begun)
        return ColdItemsModel(model, cold, self.rule)
