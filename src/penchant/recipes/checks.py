"""What every recipe for items has to fulfil, as checks that its author can run.

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_mine(check, tmp_path):
        check(ENTRY, tmp_path)

A check takes the recipe's entry and an empty folder, and raises AssertionError with a sentence.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from penchant.data.queries import History, Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import Parameter, RecipeEntry
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.contract import Model
from penchant.models.registry import loaders_of
from penchant.recipes.contract import Step, silent
from penchant.recipes.registry import recipe_of

Check = Callable[[RecipeEntry, Path], None]

_N_USERS: Final = 60
_N_ITEMS: Final = 30


def example_rows(seed: int = 0) -> TrainingSet:
    """Users of 1 to 40 rows; the last user and the last two items have none."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 40, _N_USERS - 1)
    n_rows = int(lengths.sum())
    weights = 1.0 / np.arange(1, _N_ITEMS - 1)
    return TrainingSet(
        users=Vocabulary(f"u{place}" for place in range(_N_USERS)),
        items=Vocabulary(f"i{place}" for place in range(_N_ITEMS)),
        user_indices=np.repeat(np.arange(_N_USERS - 1, dtype=np.int32), lengths),
        item_indices=rng.choice(_N_ITEMS - 2, n_rows, p=weights / weights.sum()).astype(np.int32),
        timestamps=np.concatenate(
            [1_600_000_000 + np.cumsum(rng.choice([30, 90_000], n)) for n in lengths]
        ),
        event_types=rng.integers(-1, 2, n_rows).astype(np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        event_type_names=("click", "watch"),
    )


def questions(rows: TrainingSet) -> list[Query]:
    """Every kind of question: known and unknown users, no history, long ones, items."""
    offsets = rows.offsets()
    known = rows.history(int(offsets[0]), int(offsets[1]))
    long = _history(list(range(_N_ITEMS)) * 40)
    return [
        Query(),
        Query(known, user_index=0),
        Query(known),
        Query(user_index=3),
        Query(user_index=_N_USERS - 1),
        Query(_history([4]), user_index=1),
        Query(long),
        Query(_history([_N_ITEMS - 1, 2])),
        Query(item_index=5),
        Query(item_index=_N_ITEMS - 1),
        Query(known, timestamp=1_900_000_000),
    ]


def scores_are_finite_over_the_whole_catalogue(entry: RecipeEntry, _: Path) -> None:
    """Whatever is asked."""
    scores = _scores(_fit(entry))
    assert scores.dtype == np.float32, f"scores are {scores.dtype}, not float32"
    assert scores.shape[1] == _N_ITEMS, f"scores are of {scores.shape[1]} items, not {_N_ITEMS}"
    assert np.isfinite(scores).all(), "some scores are not finite"


def the_same_rows_and_seed_give_the_same_model(entry: RecipeEntry, _: Path) -> None:
    """On one machine."""
    assert (_scores(_fit(entry)) == _scores(_fit(entry))).all(), "two trainings differ"


def a_batch_scores_like_its_queries_alone(entry: RecipeEntry, _: Path) -> None:
    """So that questions may be asked together."""
    model, asked = _fit(entry), questions(example_rows())
    alone = np.concatenate([model.score([query]) for query in asked])
    assert np.allclose(model.score(asked), alone, rtol=1e-4, atol=1e-5), "a batch differs"
    assert model.score([]).shape == (0, _N_ITEMS), "no query has to give no row"


def answering_changes_nothing(entry: RecipeEntry, _: Path) -> None:
    """An answer may be written over."""
    model = _fit(entry)
    first = model.score([Query()])
    kept = first.copy()
    first[:] = -1
    assert (model.score([Query()]) == kept).all(), "the second answer differs"


def a_saved_model_scores_the_same(entry: RecipeEntry, folder: Path) -> None:
    """Through an artifact, without pickles."""
    rows, model = example_rows(), _fit(entry)
    json.dumps(model.description, allow_nan=False)
    loaders = loaders_of([entry])
    write_artifact(
        folder / "version",
        model,
        rows,
        recipe_arn=entry.arn,
        family=entry.family,
        metrics={},
        leaderboard=[],
        max_history=50,
        loaders=loaders,
    )
    suffixes = {path.suffix for path in (folder / "version").rglob("*") if path.is_file()}
    allowed = {".npy", ".onnx", ".safetensors", ".json"}
    assert suffixes <= allowed, f"an artifact holds {sorted(allowed)}, not {sorted(suffixes)}"
    again = read_artifact(folder / "version", loaders).item_model
    assert (_scores(again) == _scores(model)).all(), "the loaded model scores otherwise"


def progress_is_told_and_ends_the_training(entry: RecipeEntry, _: Path) -> None:
    """What progress raises reaches the caller."""
    steps: list[Step] = []
    recipe_of(entry, {}, {}).fit(example_rows(), seed=0, progress=steps.append)
    done = [step.done for step in steps]
    assert done, "progress is never told"
    assert done == sorted(done), "progress goes back"
    assert 0 < done[-1] <= 1, f"progress ends at {done[-1]}"
    try:
        recipe_of(entry, {}, {}).fit(example_rows(), seed=0, progress=_stop)
    except InterruptedError:
        return
    raise AssertionError("the training went on although progress raised")


def a_handful_of_rows_is_enough_and_none_is_refused(entry: RecipeEntry, _: Path) -> None:
    """With a ValueError that says so."""
    rows = example_rows()
    for n_rows in (1, 2, 3):
        tiny = rows.subset(np.arange(rows.n_rows) < n_rows)
        model = recipe_of(entry, {}, {}).fit(tiny, seed=0, progress=silent)
        assert isinstance(model, Model), f"a {type(model).__name__} scores no items"
        assert np.isfinite(_scores(model)).all(), f"{n_rows} rows give scores that are not finite"
    words = ""
    try:
        none = rows.subset(np.zeros(rows.n_rows, np.bool_))
        recipe_of(entry, {}, {}).fit(none, seed=0, progress=silent)
    except ValueError as error:
        words = str(error)
    assert "interactions" in words, f"no rows are to be refused for lack of interactions: {words!r}"


def every_hyper_parameter_reaches_the_model(entry: RecipeEntry, _: Path) -> None:
    """Another value gives another model; a wrong one and an unknown name are refused."""
    usual = _scores(_fit(entry))
    for name, parameter in entry.hyper_parameters.items():
        changed = _scores(_fit(entry, {name: _other(parameter)}))
        assert changed.shape != usual.shape or (changed != usual).any(), f"{name} changes nothing"
        _refused(entry, {name: "perhaps"})
    _refused(entry, {"a-name-of-nothing": "1"})


CHECKS: Final[tuple[Check, ...]] = (
    scores_are_finite_over_the_whole_catalogue,
    the_same_rows_and_seed_give_the_same_model,
    a_batch_scores_like_its_queries_alone,
    answering_changes_nothing,
    a_saved_model_scores_the_same,
    progress_is_told_and_ends_the_training,
    a_handful_of_rows_is_enough_and_none_is_refused,
    every_hyper_parameter_reaches_the_model,
)


def _fit(entry: RecipeEntry, hyper_parameters: Mapping[str, str] | None = None) -> Model:
    recipe = recipe_of(entry, hyper_parameters or {}, {})
    model = recipe.fit(example_rows(), seed=0, progress=silent)
    assert isinstance(model, Model), f"a {type(model).__name__} scores no items"
    return model


def _scores(model: Model) -> npt.NDArray[np.float32]:
    return model.score(questions(example_rows()))


def _history(items: list[int]) -> History:
    n = len(items)
    return History(
        np.array(items, np.int32),
        1_700_000_000 + np.arange(n, dtype=np.int64) * 60,
        np.zeros(n, np.int16),
        np.full(n, np.nan, np.float32),
    )


def _other(parameter: Parameter) -> str:
    if parameter.choices:
        return next(choice for choice in parameter.choices if choice != parameter.default)
    for bound in (parameter.low, parameter.high):
        if bound is not None and bound != float(parameter.default):
            return str(int(bound)) if parameter.integer else str(bound)
    raise AssertionError("a number needs a low or a high that is not its default")


def _refused(entry: RecipeEntry, hyper_parameters: Mapping[str, str]) -> None:
    try:
        recipe_of(entry, hyper_parameters, {})
    except ValueError:
        return
    raise AssertionError(f"{dict(hyper_parameters)} was not refused")


def _stop(step: Step) -> None:
    raise InterruptedError(step.stage)
