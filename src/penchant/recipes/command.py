"""Recipes that a program or a container learns, by the contract of SageMaker's trainings.

A folder stands for `/opt/ml`. It holds `input/config` (hyper-parameters and channels),
`input/data/training` (the rows as CSV), `model` (where the program leaves what it learned) and
`output` (where it may leave why it failed). What it may leave is told in
`penchant.recipes.command_results`.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from penchant.data.training_set import TrainingSet
from penchant.domain.parameters import read
from penchant.domain.recipes import RecipeEntry
from penchant.domain.recipes.sources import CommandSource
from penchant.models.contract import Fitted
from penchant.models.external import ExternalModel
from penchant.recipes.command_folder import environment, fill, line, surroundings
from penchant.recipes.command_process import run
from penchant.recipes.command_results import collect
from penchant.recipes.contract import Progress, Step
from penchant.recipes.popularity import require_interactions

_WRITTEN = 0.05
_RUN = 0.95


@dataclass(frozen=True)
class Command:
    """A program with its hyper-parameters.

    Attributes:
        name: The recipe's.
        source: What is run.
        hyper_parameters: Texts, checked.
    """

    name: str
    source: CommandSource
    hyper_parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        entry: RecipeEntry,
        source: CommandSource,
        hyper_parameters: Mapping[str, str],
        feature_parameters: Mapping[str, str],
    ) -> Self:
        """Check the hyper-parameters; what is not given has its default.

        Raises:
            ValueError: A name is not declared, or a value is outside its range.
        """
        read(entry.hyper_parameters, hyper_parameters)
        read(entry.feature_parameters, feature_parameters)
        defaults = {name: one.default for name, one in entry.hyper_parameters.items()}
        return cls(entry.name, source, {**defaults, **hyper_parameters})

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # every training begins anew
    ) -> ExternalModel:
        """Run the program and read what it left.

        Raises:
            ValueError: There are no interactions, or the program failed, took too long, or left
                nothing that can be answered from; the text is for `failureReason`.
        """
        require_interactions(training_set)
        root = Path(tempfile.mkdtemp(prefix="penchant-"))
        try:
            progress(Step("writing the rows", 0.0))
            fill(root, training_set, {"seed": str(seed), **self.hyper_parameters})
            variables = environment(root, self.name, self.source, self.hyper_parameters)
            run(
                self.name,
                line(self.source, root, variables),
                {**surroundings(), **variables},
                self.source,
                root,
                _between(progress),
            )
            progress(Step("reading the model", _RUN))
            model = collect(root / "model", training_set, self.name)
        finally:
            shutil.rmtree(root, ignore_errors=True)
        progress(Step("reading the model", 1.0))
        return model


def _between(progress: Progress) -> Progress:
    """The program's own progress as the middle part of the whole."""

    def told(step: Step) -> None:
        progress(Step(step.stage, _WRITTEN + step.done * (_RUN - _WRITTEN)))

    return told
