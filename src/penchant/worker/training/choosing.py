"""Finds the recipe that suits the data: `performAutoML`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from penchant.domain.choices import Wish
from penchant.domain.recipes import RecipeEntry
from penchant.evaluation.leaderboard import asked_of, leaderboard
from penchant.evaluation.splits import Split
from penchant.models.contract import Model
from penchant.recipes.baselines import fit_baselines
from penchant.recipes.contract import Progress, Step
from penchant.recipes.registry import recipe_of


@dataclass(frozen=True)
class Chosen:
    """What a choice came to.

    Attributes:
        entry: The best recipe.
        leaderboard: Rows of `evaluation.leaderboard` for every candidate, then the baselines.
        failed: Candidates that could not be learned with, by name -> why.
    """

    entry: RecipeEntry
    leaderboard: list[dict[str, Any]]
    failed: Mapping[str, str]


def choose(wish: Wish, split: Split, *, seed: int, progress: Progress) -> Chosen:
    """Learn with every candidate's defaults and take the one whose metric is highest.

    The baselines stand beside them for comparison; they are recipes of no name, so that none of
    them is chosen. Of equals, the first candidate wins.

    Args:
        wish: Candidates and metric.
        split: What to learn from, and what to judge by.
        seed: Source of all randomness.
        progress: Told how far the choice is.

    Raises:
        ValueError: No candidate can be learned with.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    failed: dict[str, str] = {}
    for place, entry in enumerate(wish.candidates):
        told = _part(progress, entry.name, place, len(wish.candidates))
        try:
            rows[entry.name] = _judged(entry, split, seed, told)
        except ValueError as error:
            failed[entry.name] = str(error)
    if not rows:
        raise ValueError(
            "no candidate of autoMLConfig can be learned with: "
            + "; ".join(f"{name}: {reason}" for name, reason in failed.items())
        )
    best = max(rows, key=lambda name: _metric(rows[name], wish.metric))
    baselines = leaderboard(fit_baselines(split.train, seed=seed), split)
    board = [row for listed in rows.values() for row in listed] + baselines
    return Chosen(next(one for one in wish.candidates if one.name == best), board, failed)


def _judged(
    entry: RecipeEntry, split: Split, seed: int, progress: Progress
) -> list[dict[str, Any]]:
    model = recipe_of(entry, {}, {}).fit(split.train, seed=seed, progress=progress)
    assert isinstance(model, Model)  # as every recipe for users is
    return leaderboard({entry.name: model}, asked_of(entry, split))


def _metric(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    """Of the row in which seen items may be recommended, as the service judges."""
    return next(float(row["service"][name]) for row in rows if row["seen"] == "kept")


def _part(progress: Progress, name: str, place: int, n: int) -> Progress:
    def told(step: Step) -> None:
        stage = f"choosing, recipe {place + 1} of {n}: {name}"
        progress(replace(step, stage=stage, done=(place + step.done) / n))

    return told
