"""The checks that authors run find what is wrong."""

import sys
from dataclasses import dataclass
from itertools import count
from types import ModuleType

import numpy as np
import pytest

from penchant.domain.parameters import read
from penchant.domain.recipes import Parameter, RecipeEntry, RecipeType
from penchant.domain.recipes.sources import PythonSource
from penchant.recipes.checks import CHECKS
from penchant.recipes.contract import Step

PARAMETERS = {"strength": Parameter("1", 0, 9)}
ENTRY = RecipeEntry(
    name="odd",
    recipe_type=RecipeType.USER_PERSONALIZATION,
    family="odd",
    feature_transformation="odd",
    description="",
    hyper_parameters=PARAMETERS,
    source=PythonSource("odd_recipe:Odd", "odd_recipe:OddModel"),
)
CALLS = count()


@dataclass
class OddModel:
    """Popularity with a fault."""

    items: object
    event_type_names: tuple[str, ...]
    popularity: object
    fault: str

    def score(self, queries):
        scores = np.tile(self.popularity, (len(queries), 1))
        match self.fault:
            case "nan":
                scores[:] = np.nan
            case "doubles":
                return scores.astype(np.float64)
            case "batch":
                scores *= len(queries)
            case "chance":
                scores += next(CALLS)
            case "one array" if len(queries) == 1:
                return self.popularity[None]
        return scores

    @property
    def description(self):
        return {"fault": self.fault}

    def save(self, folder):
        np.save(folder / "popularity.npy", self.popularity * (2 if self.fault == "save" else 1))
        if self.fault == "pickle":
            (folder / "model.pkl").write_bytes(b"")

    @classmethod
    def load(cls, folder, description, items, event_type_names):
        return cls(items, event_type_names, np.load(folder / "popularity.npy"), **description)


def recipe_with(fault):
    """A recipe class with a fault; its model has it too."""

    @dataclass
    class Odd:
        strength: float = 1.0

        @classmethod
        def from_parameters(cls, hyper_parameters, feature_parameters):
            del feature_parameters
            return cls() if fault == "reads nothing" else cls(**read(PARAMETERS, hyper_parameters))

        def fit(self, training_set, *, seed, progress, start=None):
            del seed, start
            if training_set.n_rows == 0 and fault != "takes nothing":
                raise ValueError("there are no interactions")
            if fault != "silent":
                progress(Step("counting", 2.0 if fault == "beyond the end" else 1.0))
            counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
            factor = 1 if fault == "ignores" else self.strength
            popularity = (counts * factor).astype(np.float32)
            names = training_set.event_type_names
            return OddModel(training_set.items, names, popularity, fault)

    return Odd


def failed(fault, folder, monkeypatch):
    """Names of the checks that find something."""
    module = ModuleType("odd_recipe")
    module.Odd, module.OddModel = recipe_with(fault), OddModel
    monkeypatch.setitem(sys.modules, "odd_recipe", module)
    names = set()
    for check in CHECKS:
        (folder / check.__name__).mkdir()
        try:
            check(ENTRY, folder / check.__name__)
        except AssertionError:
            names.add(check.__name__)
    return names


def test_a_recipe_without_a_fault_passes(tmp_path, monkeypatch):
    assert failed("", tmp_path, monkeypatch) == set()


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("nan", "scores_are_finite_over_the_whole_catalogue"),
        ("doubles", "scores_are_finite_over_the_whole_catalogue"),
        ("chance", "the_same_rows_and_seed_give_the_same_model"),
        ("batch", "a_batch_scores_like_its_queries_alone"),
        ("one array", "answering_changes_nothing"),
        ("save", "a_saved_model_scores_the_same"),
        ("pickle", "a_saved_model_scores_the_same"),
        ("silent", "progress_is_told_and_ends_the_training"),
        ("beyond the end", "progress_is_told_and_ends_the_training"),
        ("takes nothing", "a_handful_of_rows_is_enough_and_none_is_refused"),
        ("ignores", "every_hyper_parameter_reaches_the_model"),
        ("reads nothing", "every_hyper_parameter_reaches_the_model"),
    ],
)
def test_a_fault_is_found(fault, check, tmp_path, monkeypatch):
    assert check in failed(fault, tmp_path, monkeypatch)
