"""What happens inside a training: gather, judge on a split, learn from everything, keep."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Final

from penchant.custom_recipes import catalogue_of
from penchant.data.minimums import check_minimums
from penchant.data.training_set import TrainingSet
from penchant.domain.arns import Kind
from penchant.domain.recipes import RecipeEntry
from penchant.domain.resources import Resource
from penchant.domain.training_modes import trained_in_full
from penchant.models.artifacts import write_artifact
from penchant.models.contract import Fitted
from penchant.models.registry import loaders_of
from penchant.recipes.contract import Progress, Step
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.renewal.hearing import heard
from penchant.worker.renewal.making import update
from penchant.worker.training import deciding
from penchant.worker.training.embedding import needs_interactions
from penchant.worker.training.judging import JUDGES, Judged
from penchant.worker.training.learned_from import KEPT_AS, learned_from
from penchant.worker.training.sources import gather
from penchant.worker.training.wishes import event_rules

Tell = Callable[[dict[str, Any]], None]

_GATHERED: Final = 0.05
_LEARNED: Final = 0.95
_JUDGING: Final = 1.0
_LEARNING: Final = 0.8


def learn(
    stores: Stores, settings: Settings, version_arn: str, folder: str, tell: Tell
) -> dict[str, Any]:
    """Train a solution version and write its artifact.

    A version whose mode is UPDATE learns nothing: it goes on from one that did. Where the solution
    asks for it, first the recipe is chosen and its hyper-parameters are tuned, on rows that the
    final split learns from. Then the model is fitted without the test users and judged; then the
    same model goes on to learn from everybody, so that what answers has seen all data and the
    metrics are honest.

    Args:
        stores: Where the data is.
        settings: Seed, threads and memory.
        version_arn: What to train.
        folder: Where the artifact goes, relative to the data folder.
        tell: Told each step.

    Returns:
        `metrics`, `leaderboard`, `heard`, `learnedFrom` and the members of `deciding.Decided`, as
        JSON values.

    Raises:
        ValueError: The data is too little or does not fit; the text is for `failureReason`.
    """
    version = stores.resources.get(version_arn)
    if version is None:
        raise ValueError(f"{version_arn} was deleted; nothing was trained.")
    told: dict[str, Any] = {
        "heard": heard(stores, version.sent["datasetGroupArn"]),
        KEPT_AS: learned_from(stores, settings, version),
    }
    if not trained_in_full(version):
        return update(stores, settings, version, folder, tell) | told
    return _learn(stores, settings, version, folder, tell) | told


def _learn(
    stores: Stores, settings: Settings, version: Resource, folder: str, tell: Tell
) -> dict[str, Any]:
    stages = _Stages(tell, *deciding.weights(version, settings), _JUDGING, _LEARNING)
    tell({"stage": "gathering", "done": 0.0})
    training_set = _training_set(stores, settings, version)
    decided = deciding.decide(version, training_set, settings, stages.next(), stages.next())
    judge = JUDGES[decided.entry.recipe_type]
    judged = judge(
        decided.entry, decided.recipe, training_set, settings.seed, stages.next("learning")
    )
    model = decided.recipe.fit(
        training_set,
        seed=settings.seed,
        progress=stages.next("learning from all users"),
        start=judged.model,
    )
    tell({"stage": "saving", "done": _LEARNED})
    _save(settings, folder, decided.entry, judged, model, training_set)
    return {"metrics": judged.metrics, "leaderboard": judged.leaderboard, **decided.notes}


def _save(
    settings: Settings,
    folder: str,
    entry: RecipeEntry,
    judged: Judged,
    model: Fitted,
    training_set: TrainingSet,
) -> None:
    write_artifact(
        settings.data_dir / folder,
        model,
        training_set,
        recipe_arn=entry.arn,
        family=entry.family,
        metrics=judged.metrics,
        leaderboard=judged.leaderboard,
        max_history=settings.max_history,
        split=judged.split,
        test_rows=judged.test_rows,
        loaders=loaders_of(catalogue_of(settings).entries),
    )


def _training_set(stores: Stores, settings: Settings, version: Resource) -> TrainingSet:
    training_set = gather(stores, settings, version)
    if needs_interactions(version):
        check_minimums(
            training_set,
            filtered_by=", ".join(map(str, event_rules(version))),
            of_use_case=version.kind is Kind.RECOMMENDER,
            minimum_interactions=settings.minimum_interactions,
        )
    return training_set


class _Stages:
    """The parts of a training as shares of the whole, by how long they take.

    Args:
        tell: Told each step.
        weights: Of the parts, in order; only ratios matter.
    """

    def __init__(self, tell: Tell, *weights: float) -> None:
        self._tell = tell
        ends = [sum(weights[: place + 1]) / sum(weights) for place in range(len(weights))]
        bounds = [_GATHERED + end * (_LEARNED - _GATHERED) for end in [0.0, *ends]]
        self._spans = iter(pairwise(bounds))

    def next(self, stage: str = "") -> Progress:
        """The next part's progress, told under the `stage` given or else the step's own."""
        start, end = next(self._spans)

        def progress(step: Step) -> None:
            told = {"stage": stage or step.stage, "done": start + step.done * (end - start)}
            self._tell({**asdict(step), **told})

        return progress
