"""A training goes on from a model of its own kind and catalogue, or tells why not."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.popularity import PopularityModel
from penchant.recipes.contract import silent
from penchant.recipes.going_on import begun
from penchant.recipes.popularity import Popularity
from penchant.recipes.sims import Sims

DATA = TrainingSet(
    users=Vocabulary(["u"]),
    items=Vocabulary(["a", "b"]),
    user_indices=np.zeros(2, np.int32),
    item_indices=np.arange(2, dtype=np.int32),
    timestamps=np.arange(2, dtype=np.int64),
    event_types=np.full(2, -1, np.int16),
    event_values=np.full(2, np.nan, np.float32),
)


def test_a_model_of_the_kind_and_catalogue_is_gone_on_from():
    model = Popularity().fit(DATA, seed=0, progress=silent)
    assert begun(model, PopularityModel, "count", DATA) is model
    assert begun(None, PopularityModel, "count", DATA) is None


def test_another_kind_is_refused():
    model = Sims().fit(DATA, seed=0, progress=silent)
    with pytest.raises(ValueError, match="a SimsModel is no count to go on from: train without"):
        begun(model, PopularityModel, "count", DATA)


@pytest.mark.parametrize(
    "change", [{"items": Vocabulary(["b", "a"])}, {"event_type_names": ("click",)}]
)
def test_another_catalogue_or_other_event_types_are_refused(change):
    model = Popularity().fit(DATA, seed=0, progress=silent)
    with pytest.raises(ValueError, match="knows another catalogue: train without it"):
        begun(model, PopularityModel, "count", replace(DATA, **change))
