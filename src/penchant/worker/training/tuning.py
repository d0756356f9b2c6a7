"""Finds the hyper-parameters that suit the data: `performHPO`."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.domain.metrics import MAIN
from penchant.domain.recipes import RecipeEntry
from penchant.domain.search_spaces import budget, search_space
from penchant.evaluation.search import Setting, best_of, search
from penchant.evaluation.splits import Split
from penchant.recipes.contract import Progress
from penchant.worker.training.courses import Bench, Course

_PART: Final = 3
_OF: Final = 10
_LEAST_PART: Final = 10_000


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes:
        setting: The hyper-parameters of the best model, as the service writes them.
        trials: Everything that was tried, in order, JSON values.
    """

    setting: Setting
    trials: list[dict[str, Any]]


def tune(
    entry: RecipeEntry,
    config: Mapping[str, Any],
    split: Split,
    *,
    seed: int,
    n_processes: int,
    progress: Progress,
) -> Tuned:
    """Search by `normalized_discounted_cumulative_gain_at_10` on a validation split.

    The first setting tried is the solution's own, so that tuning never ends below it there. Where
    the rows are many, a setting is first learned from the rows of three users in ten.

    Args:
        entry: The recipe.
        config: The `solutionConfig`; its hyper-parameters that are not searched stay as they are.
        split: What to learn from and to measure on.
        seed: Source of all randomness.
        n_processes: Processes that may train at a time; 0 for one per core.
        progress: Told of every setting, and of the learning where there is one process.

    Raises:
        ValueError: The recipe cannot be tuned, or no setting can be learned with.
    """
    wish = config.get("hpoConfig") or {}
    space = search_space(entry, wish)
    n_trials, n_parallel = budget(wish)
    own = config.get("algorithmHyperParameters", {})
    part = part_of(split.train)
    course = Course(
        entry=entry,
        hyper_parameters={name: text for name, text in own.items() if name not in space},
        feature_parameters=config.get("featureTransformationParameters", {}),
        split=split,
        part=part,
        seed=seed,
        metric=MAIN,
    )
    processes = min(n_parallel, n_processes or len(os.sched_getaffinity(0)))
    with Bench(course, processes, n_trials, progress) as bench:
        trials = search(
            space,
            bench.measure,
            n_trials=n_trials,
            batch=n_parallel,
            seed=seed,
            early=part is not None,
            first={name: own.get(name, one.default) for name, one in space.items()},
        )
    return Tuned(best_of(trials).setting, [asdict(one) for one in trials])


def part_of(training_set: TrainingSet) -> TrainingSet | None:
    """The rows of three users in ten; None where these are too few to tell settings apart."""
    chosen = np.arange(training_set.n_users) * _PART % _OF < _PART
    part = training_set.subset(chosen[training_set.user_indices])
    return part if part.n_rows >= _LEAST_PART else None
