"""Recipes and baselines learn from the same rows and rank for the same users."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np

from penchant.cli.refusal import Refusal
from penchant.domain.arns import public
from penchant.domain.recipes import Catalogue, RecipeEntry, RecipeType
from penchant.evaluation.leaderboard import asked_of
from penchant.evaluation.metrics import LIST_LENGTH
from penchant.evaluation.ranking import Seen, rank_both
from penchant.evaluation.report import Contestant
from penchant.evaluation.splits import Split
from penchant.models.contract import Model
from penchant.recipes.baselines import fit_baselines
from penchant.recipes.contract import Progress, Recipe
from penchant.recipes.registry import recipe_of

JUDGED = frozenset(
    {
        RecipeType.USER_PERSONALIZATION,
        RecipeType.PERSONALIZED_RANKING,
        RecipeType.POPULAR_ITEMS,
        RecipeType.RELATED_ITEMS,
    }
)
Showing = Callable[[str], AbstractContextManager[Progress]]
"""Shows one training: from its label to a progress that lives as long as the block."""


@dataclass(frozen=True)
class Entrant:
    """A recipe that takes part; `parameters` are those given that it knows."""

    entry: RecipeEntry
    recipe: Recipe
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.entry.name


def entrants(
    names: Sequence[str], parameters: Mapping[str, str], catalogue: Catalogue
) -> list[Entrant]:
    """The recipes of these names or ARNs in the catalogue, each with the parameters it knows.

    Raises:
        Refusal: A name is no recipe that recommends items, stands twice, or a parameter is unknown
            to all of them or out of range.
    """
    found = [_entrant(_entry(name, catalogue), parameters) for name in names]
    for place, one in enumerate(found):
        if one.name in {other.name for other in found[:place]}:
            raise Refusal(f"recipe {one.name} stands twice; name it once")
    for name in parameters:
        if not any(name in one.parameters for one in found):
            known = sorted({known for one in found for known in _known(one.entry)})
            raise Refusal(
                f"none of the recipes has a hyper-parameter {name!r}; known: "
                f"{', '.join(known) or 'none'}"
            )
    return found


def contest(
    wanted: Sequence[Entrant],
    split: Split,
    *,
    seeds: Sequence[int],
    seen: Sequence[Seen],
    showing: Showing,
) -> Iterator[Contestant]:
    """Fit and rank the entrants, one model per seed, then the baselines.

    Raises:
        Refusal: A recipe cannot learn from the rows.
    """
    for one in wanted:
        yield _judged(one, split, seeds, seen, showing)
    with showing("baselines"):
        baselines = fit_baselines(split.train, seed=seeds[0])
        for name, model in baselines.items():
            lists, rank_s = _ranked(model, split, seen)
            yield Contestant(
                name, True, {way: [ranked] for way, ranked in lists.items()}, rank_s=rank_s
            )


def _entrant(entry: RecipeEntry, parameters: Mapping[str, str]) -> Entrant:
    if entry.recipe_type not in JUDGED:
        raise Refusal(
            f"{entry.name} does not recommend items to users ({entry.recipe_type}); create a "
            "solution of it and read its GetSolutionMetrics"
        )
    own = {key: value for key, value in parameters.items() if key in _known(entry)}
    try:
        recipe = recipe_of(
            entry,
            {key: value for key, value in own.items() if key in entry.hyper_parameters},
            {key: value for key, value in own.items() if key in entry.feature_parameters},
        )
    except ValueError as error:
        raise Refusal(f"{entry.name}: {error}") from None
    return Entrant(entry, recipe, own)


def _entry(name: str, catalogue: Catalogue) -> RecipeEntry:
    entry = catalogue.find(public("recipe", name.rpartition("/")[2]))
    if entry is None:
        judged = [one for one in catalogue.entries if one.recipe_type in JUDGED]
        known = [one.name for one in judged if one.use_case is None]
        raise Refusal(f"there is no recipe {name!r}; known: {', '.join(known)}")
    return entry


def _known(entry: RecipeEntry) -> set[str]:
    return {*entry.hyper_parameters, *entry.feature_parameters}


def _judged(
    one: Entrant, split: Split, seeds: Sequence[int], seen: Sequence[Seen], showing: Showing
) -> Contestant:
    asked = asked_of(one.entry, split)
    lists: dict[Seen, list[np.ndarray]] = {way: [] for way in seen}
    fits_s, ranks_s = [], []
    for number, seed in enumerate(seeds, start=1):
        label = one.name if len(seeds) == 1 else f"{one.name} {number}/{len(seeds)}"
        began = time.perf_counter()
        with showing(label) as progress:
            model = _fitted(one, split, seed, progress)
        fits_s.append(time.perf_counter() - began)
        ranked, rank_s = _ranked(model, asked, seen)
        ranks_s.append(rank_s)
        for way in seen:
            lists[way].append(ranked[way])
    return Contestant(
        one.name, False, lists, float(np.mean(fits_s)), float(np.mean(ranks_s)), one.parameters
    )


def _fitted(one: Entrant, split: Split, seed: int, progress: Progress) -> Model:
    try:
        model = one.recipe.fit(split.train, seed=seed, progress=progress)
    except ValueError as error:
        raise Refusal(f"{one.name} cannot learn from these rows: {error}") from None
    assert isinstance(model, Model)
    return model


def _ranked(
    model: Model, split: Split, seen: Sequence[Seen]
) -> tuple[dict[Seen, np.ndarray], float]:
    began = time.perf_counter()
    both = rank_both(model, split.queries, LIST_LENGTH)
    return {way: both[way] for way in seen}, time.perf_counter() - began
