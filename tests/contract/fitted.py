"""What is done alike to fitted models of every kind: saving, loading, writing artifacts."""

import json

from penchant.domain.recipes import RECIPES
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.registry import LOADERS

PLAIN_FILES = {".npy", ".onnx", ".safetensors", ".json"}


def families_of(*types):
    """The families of all recipes of some types."""
    return {entry.family for entry in RECIPES.values() if entry.recipe_type in types}


def loaded_from(folder, model, family):
    """The model as it is after it was saved in `folder`, which is made."""
    folder.mkdir()
    model.save(folder)
    description = json.loads(json.dumps(model.description, allow_nan=False))
    return LOADERS[family](folder, description, model.items, model.event_type_names)


def artifact_of(folder, model, family, training_set, max_history=5):
    """The artifact that holds the model, written and read."""
    write_artifact(
        folder,
        model,
        training_set,
        recipe_arn="arn:aws:personalize:::recipe/any",
        family=family,
        metrics={},
        leaderboard=[],
        max_history=max_history,
    )
    return read_artifact(folder)


def suffixes_in(folder):
    """The endings of all files below a folder."""
    return {path.suffix for path in folder.rglob("*") if path.is_file()}
