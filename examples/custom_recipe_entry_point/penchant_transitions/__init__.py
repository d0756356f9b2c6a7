"""A recipe of its own: what users took next after the same item.

This module only describes it. Every process of Penchant imports it, so it imports neither the
recipe nor the model.
"""

from penchant.domain.recipes import Parameter, RecipeEntry, RecipeType
from penchant.domain.recipes.sources import PythonSource

ENTRY = RecipeEntry(
    name="transitions",
    recipe_type=RecipeType.USER_PERSONALIZATION,
    family="transitions",
    feature_transformation="transitions",
    description="Recommends what users took next after the newest items of a history.",
    hyper_parameters={
        "window": Parameter("3", 1, 20, integer=True, tunable=True),
        "fading": Parameter("0.5", 0, 1, tunable=True),
    },
    scores=True,
    source=PythonSource(
        recipe="penchant_transitions.recipe:Transitions",
        model="penchant_transitions.model:TransitionsModel",
    ),
)
