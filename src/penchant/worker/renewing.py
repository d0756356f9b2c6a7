"""What happens inside a renewal: a trained model takes in what came since, without learning anew.

New items become reachable, counts, histories and impressions are as of now; the weights and the
metrics stay those of the training.
"""

from collections.abc import Callable, Mapping
from typing import Any

from penchant.custom_recipes import catalogue_of
from penchant.domain.resources import Resource
from penchant.domain.versions import present_artifact
from penchant.models.artifacts import Artifact, read_artifact, write_artifact
from penchant.models.registry import RENEWERS
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.impressions import impressions
from penchant.worker.sources import gather

Tell = Callable[[dict[str, Any]], None]


def renew(
    stores: Stores, settings: Settings, version_arn: str, folder: str, tell: Tell
) -> dict[str, Any]:
    """Write the artifact of a solution version anew, with what its dataset group holds now.

    Args:
        stores: Where the data is.
        settings: Memory and threads.
        version_arn: What to renew.
        folder: Where the artifact goes, relative to the data folder.
        tell: Told each step.

    Returns:
        Nothing that is not known: the metrics are those of the training.

    Raises:
        ValueError: The version or its artifact is gone.
    """
    version = stores.resources.get(version_arn)
    if version is None:
        raise ValueError(f"{version_arn} was deleted; nothing was renewed.")
    tell({"stage": "reading the model", "done": 0.0})
    artifact = read_artifact(settings.data_dir / present_artifact(version))
    carry_on(stores, settings, version, artifact, folder, tell)
    return {}


def carry_on(
    stores: Stores,
    settings: Settings,
    version: Resource,
    artifact: Artifact,
    folder: str,
    tell: Tell,
) -> Mapping[str, Any]:
    """Write `artifact` as that of `version`, brought up to what its dataset group holds now.

    Returns:
        `metrics` and `leaderboard`, those of the training.
    """
    entry = catalogue_of(settings).get(version.sent["recipeArn"])
    tell({"stage": "gathering", "done": 0.1})
    training_set = gather(stores, settings, version)
    tell({"stage": "taking in what is new", "done": 0.5})
    model = RENEWERS[entry.family](artifact.model, training_set)
    group_arn = version.sent["datasetGroupArn"]
    shown = impressions(stores, settings, group_arn, training_set.items)
    tell({"stage": "saving", "done": 0.9})
    kept = {name: artifact.meta[name] for name in ("metrics", "leaderboard")}
    write_artifact(
        settings.data_dir / folder,
        model,
        training_set,
        recipe_arn=entry.arn,
        family=entry.family,
        max_history=settings.max_history,
        split=artifact.meta["split"],
        test_rows=artifact.test_rows(),
        impressions=shown,
        **kept,
    )
    return kept
