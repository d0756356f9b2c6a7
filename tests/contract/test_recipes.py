"""What every recipe family fulfils."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.actions import ActionSet
from penchant.data.queries import Query
from penchant.data.training_set import NO_TIME, Categories, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import RECIPES, RecipeType
from penchant.models.contract import ActionModel, SegmentModel
from penchant.recipes.contract import silent
from penchant.recipes.registry import FAMILIES

pytestmark = pytest.mark.usefixtures("one_thread")

ENTRIES = {entry.name: entry for entry in RECIPES.values()}
HRNNS = ("hrnn", "hrnn-coldstart", "hrnn-metadata", "hrnn-plain")
QUICK = {family: {"hidden_dimension": "32"} for family in HRNNS}


def named(n_items):
    """A name per item; all that is read of it is what it means."""
    kinds = ("red scarf", "blue hat", "garden spade", "iron rake", "tea cup")
    names = tuple(f"{kinds[i % 5]} of style{i % 7}" for i in range(n_items))
    return Features(names={"NAME": names})


def interactions(n_users=60, n_items=30, seed=0):
    """Users of 1 to 40 rows in sessions; the last user and the last two items have none."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 40, n_users - 1)
    n_rows = int(lengths.sum())
    weights = 1.0 / np.arange(1, n_items - 1)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users - 1, dtype=np.int32), lengths),
        item_indices=rng.choice(n_items - 2, n_rows, p=weights / weights.sum()).astype(np.int32),
        timestamps=np.concatenate(
            [1_600_000_000 + np.cumsum(rng.choice([30, 90_000], n)) for n in lengths]
        ),
        event_types=rng.integers(-1, 2, n_rows).astype(np.int16),
        event_values=np.where(rng.random(n_rows) < 0.5, rng.random(n_rows), np.nan).astype(
            np.float32
        ),
        event_type_names=("click", "watch"),
        item_features=named(n_items),
        item_created_at=np.append(
            1_600_000_000 + rng.integers(0, 4_000_000, n_items - 2), [NO_TIME, NO_TIME]
        ),
        actions=done_about_actions(n_users),
    )


def done_about_actions(n_users, n_actions=6):
    """Forty days in which users take and decline five of six actions."""
    rng = np.random.default_rng(7)
    users = np.sort(rng.integers(0, n_users, 400)).astype(np.int32)
    times = 1_600_000_000 + rng.integers(0, 40 * 86_400, len(users))
    return replace(
        ActionSet.plain(Vocabulary(f"a{i}" for i in range(n_actions))),
        user_indices=users,
        action_indices=rng.integers(0, n_actions - 1, len(users)).astype(np.int32),
        timestamps=times[np.lexsort((times, users))],
        event_types=rng.integers(0, 3, len(users)).astype(np.int16),
    )


def labelled(data):
    """The rows with 60 labels over the items, two an item."""
    n = data.n_items
    labels = Vocabulary(f"label {i}" for i in range(60))
    codes = np.stack([np.arange(n) % 60, np.arange(n) * 7 % 59], axis=1).astype(np.int32)
    column = Categories(labels, np.arange(n + 1, dtype=np.int64) * 2, codes.ravel())
    return replace(data, item_features=Features(categories={"LABELS": column}))


def recipe_of(entry, feature_parameters=None, **hyper_parameters):
    given = QUICK.get(entry.family, {}) | hyper_parameters
    return FAMILIES[entry.family].from_parameters(given, feature_parameters or {})


def rows_for(entry, **numbers):
    """The interactions, with labels of the items where a recipe cannot do without."""
    data = interactions(**numbers)
    return labelled(data) if entry.family == "item-attribute-affinity" else data


def scores_of(model, training_set):
    offsets = training_set.offsets()
    queries = [
        Query(training_set.history(offsets[u], offsets[u + 1]), user_index=u)
        for u in range(training_set.n_users)
    ]
    related = [Query(item_index=item) for item in range(training_set.n_items)]
    if isinstance(model, SegmentModel):
        return model.score_users(np.arange(training_set.n_items, dtype=np.int32))
    score = model.score_actions if isinstance(model, ActionModel) else model.score
    return score([*queries, *related, Query()])


@pytest.fixture(params=sorted(FAMILIES))
def entry(request):
    return next(entry for entry in RECIPES.values() if entry.family == request.param)


def test_every_recipe_of_the_catalogue_has_a_family():
    assert {entry.family for entry in RECIPES.values()} == set(FAMILIES)


def test_the_same_data_and_seed_give_the_same_model(entry):
    data = rows_for(entry)
    models = [recipe_of(entry).fit(data, seed=3, progress=silent) for _ in range(2)]
    first, second = (scores_of(model, data) for model in models)
    assert (first == second).all()


def test_the_model_knows_the_training_sets_catalogue(entry):
    data = rows_for(entry)
    model = recipe_of(entry).fit(data, seed=0, progress=silent)
    assert model.items.digest == data.items.digest
    assert model.event_type_names == data.event_type_names


def test_progress_rises_to_the_end(entry):
    steps = []
    recipe_of(entry).fit(rows_for(entry), seed=0, progress=steps.append)
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert 0 < done[-1] <= 1
    assert all(step.stage for step in steps)


def test_what_progress_raises_ends_the_training(entry):
    class EnoughError(Exception):
        pass

    def stop(step):
        raise EnoughError

    with pytest.raises(EnoughError):
        recipe_of(entry).fit(rows_for(entry), seed=0, progress=stop)


def test_a_training_may_start_from_a_model_of_part_of_the_rows(entry):
    data = rows_for(entry)
    part = data.subset(data.user_indices < 40)
    judged = recipe_of(entry).fit(part, seed=0, progress=silent)
    model = recipe_of(entry).fit(data, seed=0, progress=silent, start=judged)
    assert np.isfinite(scores_of(model, data)).all()


def test_nothing_to_learn_from_is_refused(entry):
    data = rows_for(entry)
    empty = data.subset(np.zeros(data.n_rows, np.bool_))
    if not entry.needs_interactions:
        model = recipe_of(entry).fit(empty, seed=0, progress=silent)
        assert np.isfinite(scores_of(model, empty)).all()
        return
    with pytest.raises(ValueError, match="interactions"):
        recipe_of(entry).fit(empty, seed=0, progress=silent)


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_a_handful_of_rows_is_enough(entry, n_rows):
    data = rows_for(entry)
    if n_rows == 1 and entry.recipe_type is RecipeType.USER_SEGMENTATION:
        return  # one row is of one time, which these refuse
    tiny = data.subset(np.arange(data.n_rows) < n_rows)
    model = recipe_of(entry).fit(tiny, seed=0, progress=silent)
    assert np.isfinite(scores_of(model, tiny)).all()


def test_rows_of_one_time_and_one_item_are_learnt_from(entry):
    data = rows_for(entry)
    same = replace(
        data,
        timestamps=np.full(data.n_rows, 5, np.int64),
        item_indices=np.zeros(data.n_rows, np.int32),
        event_types=np.full(data.n_rows, -1, np.int16),
        event_type_names=(),
    )
    if entry.recipe_type is RecipeType.USER_SEGMENTATION:
        with pytest.raises(ValueError, match=r"all \d+ interactions have the TIMESTAMP 5"):
            recipe_of(entry).fit(same, seed=0, progress=silent)
        return
    model = recipe_of(entry).fit(same, seed=0, progress=silent)
    assert np.isfinite(scores_of(model, same)).all()


PARAMETERS = [
    pytest.param(entry.name, place, parameter, id=f"{entry.name}-{parameter}")
    for entry in {entry.family: entry for entry in ENTRIES.values()}.values()
    for place in ("hyper_parameters", "feature_parameters")
    for parameter in getattr(entry, place)
]


def other_value(parameter):
    if parameter.choices:
        return next(choice for choice in parameter.choices if choice != parameter.default)
    if parameter.integer:
        return str(int(parameter.low if parameter.default != str(parameter.low) else 0))
    return "0.5" if parameter.default != "0.5" else "1.0"


@pytest.mark.parametrize(("name", "place", "parameter"), PARAMETERS)
def test_every_hyper_parameter_reaches_the_model(name, place, parameter):
    entry = ENTRIES[name]
    data = rows_for(entry)
    if (
        entry.family == "similar-items" or "affinity" in entry.family
    ):  # as many directions as its dims may have
        data = labelled(interactions(n_items=80))
    described = getattr(entry, place)[parameter]
    changed = {parameter: other_value(described)}
    if place == "feature_parameters":
        recipe = recipe_of(entry, changed)
    else:
        recipe = recipe_of(entry, **changed)
    quick = QUICK.get(entry.family, {})
    usual = recipe_of(entry, **({"hidden_dimension": "33"} if parameter in quick else {}))
    fitted = [each.fit(data, seed=0, progress=silent) for each in (usual, recipe)]
    first, second = (scores_of(model, data) for model in fitted)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("name", "place", "parameter"), PARAMETERS)
def test_a_value_out_of_range_is_refused_by_name_value_and_range(name, place, parameter):
    entry = ENTRIES[name]
    described = getattr(entry, place)[parameter]
    wrong = "perhaps" if described.choices else "-99999"
    given = {"hyper_parameters": {}, "feature_parameters": {}, place: {parameter: wrong}}
    highest = "any" if described.high is None else f"{described.high:g}"
    expected = (
        f"{parameter}='perhaps' is not one of {', '.join(described.choices)}"
        if described.choices
        else f"{parameter}='-99999' is out of range; take {described.low:g} to {highest}"
    )
    with pytest.raises(ValueError, match=expected):
        FAMILIES[entry.family].from_parameters(**given)


def test_an_unknown_hyper_parameter_is_refused_by_name(entry):
    for given in ({"temperature": "1"}, {}), ({}, {"temperature": "1"}):
        with pytest.raises(ValueError, match="no hyper-parameter 'temperature' here; known: "):
            FAMILIES[entry.family].from_parameters(*given)
