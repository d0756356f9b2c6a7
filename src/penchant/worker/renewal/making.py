"""What happens inside a renewal: a trained model takes in what came since, without learning anew.

New items become reachable, counts, histories and impressions are as of now; the weights and the
metrics stay those of the training.
"""

from collections.abc import Callable
from typing import Any, Final

from penchant.custom_recipes import catalogue_of
from penchant.domain.arns import Kind
from penchant.domain.resources import Resource
from penchant.domain.training_modes import newest_in_full
from penchant.domain.versions import present_artifact
from penchant.models.artifacts import Artifact, read_artifact, write_artifact
from penchant.models.registry import RENEWERS
from penchant.settings import Settings
from penchant.store.stores import Stores
from penchant.worker.renewal.impressions import impressions
from penchant.worker.renewal.kept_tests import moved_test_rows
from penchant.worker.training.sources import gather

Tell = Callable[[dict[str, Any]], None]

_CARRIED: Final = ("tunedHPOParams",)


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
        `metrics` and `leaderboard`, those of the training.

    Raises:
        ValueError: The version or its artifact is gone.
    """
    version = stores.resources.get(version_arn)
    if version is None:
        raise ValueError(f"{version_arn} was deleted; nothing was renewed.")
    artifact = read_artifact(settings.data_dir / present_artifact(version))
    return _carry_on(stores, settings, version, artifact, folder, tell)


def update(
    stores: Stores, settings: Settings, version: Resource, folder: str, tell: Tell
) -> dict[str, Any]:
    """Write the first artifact of a version whose training mode is UPDATE.

    It goes on from the newest version of the solution that was trained in full.

    Returns:
        What that version's training left: `metrics`, `leaderboard`, and what was tuned.

    Raises:
        ValueError: There is no such version any more.
    """
    full = _newest_full(stores, version)
    artifact = read_artifact(settings.data_dir / present_artifact(full))
    told = _carry_on(stores, settings, version, artifact, folder, tell)
    return told | {name: full.own[name] for name in _CARRIED if name in full.own}


def _newest_full(stores: Stores, version: Resource) -> Resource:
    siblings = stores.resources.children(version.parent_arn, Kind.SOLUTION_VERSION)
    found = newest_in_full(siblings)
    if found is None:
        raise ValueError(
            f"{version.parent_arn} has no version that was trained in full; create one with "
            "trainingMode FULL first."
        )
    return found


def _carry_on(
    stores: Stores,
    settings: Settings,
    version: Resource,
    artifact: Artifact,
    folder: str,
    tell: Tell,
) -> dict[str, Any]:
    """Write `artifact` as that of `version`, brought up to what its dataset group holds now."""
    entry = catalogue_of(settings).get(version.sent["recipeArn"])
    tell({"stage": "gathering", "done": 0.0})
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
        test_rows=moved_test_rows(artifact, training_set),
        impressions=shown,
        **kept,
    )
    return kept
