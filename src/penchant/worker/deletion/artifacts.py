"""Takes users out of the artifacts of a dataset group, and finds files that nobody names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from penchant.data.forgetting import users
from penchant.domain.arns import Kind
from penchant.domain.datasets import folder_of
from penchant.domain.resources import Resource
from penchant.domain.training_modes import trained_in_full
from penchant.models.forgetting import forget
from penchant.store.resources import Resources
from penchant.worker.deletion.data import Deletion

ARTIFACTS: Final = "artifacts"
_BATCH: Final = 5_000


def below(resources: Resources, arn: str) -> Iterator[Resource]:
    """Everything listed under a resource, and under what is."""
    for child in resources.children(arn):
        yield child
        yield from below(resources, child.arn)


def artifacts_in(own: Any) -> Iterator[str]:
    """The artifacts that a resource's `own` names, wherever in it."""
    if isinstance(own, str):
        if own.startswith(f"{ARTIFACTS}/"):
            yield own
    elif isinstance(own, Mapping):
        for value in own.values():
            yield from artifacts_in(value)
    elif isinstance(own, list | tuple):
        for value in own:
            yield from artifacts_in(value)


def renamed(own: Any, names: Mapping[str, str]) -> Any:
    """`own` with other names of artifacts."""
    if isinstance(own, str):
        return names.get(own, own)
    if isinstance(own, Mapping):
        return {key: renamed(value, names) for key, value in own.items()}
    if isinstance(own, list | tuple):
        return [renamed(value, names) for value in own]
    return own


def from_artifacts(deletion: Deletion, gone: Mapping[str, str]) -> dict[str, str]:
    """Write every artifact that knows a user anew, and have it answered from.

    Args:
        deletion: Whom to forget.
        gone: Artifacts replaced earlier, which somebody may have gone back to.

    Returns:
        New names by old names.
    """
    shop, done = deletion.shop, dict[str, str]()
    resources = list(below(shop.stores.resources, deletion.group_arn))
    _publish(deletion, gone)
    for name in dict.fromkeys(name for one in resources for name in artifacts_in(one.own)):
        target = f"{ARTIFACTS}/{deletion.job.id}-{deletion.job.attempts}-{len(done)}"
        if name in gone or not (shop.settings.data_dir / name).is_dir():
            continue
        deletion.report({"stage": "rewriting models", "artifact": name})
        ids = (one for some in users(deletion.engine, _BATCH) for one in some)
        folder, own_test = shop.settings.data_dir, _trained_as(name, resources)
        if forget(folder / name, folder / target, ids, test=own_test):
            done[name] = target
            _publish(deletion, {name: target})
    return done


def _trained_as(name: str, resources: Iterable[Resource]) -> bool:
    """Whether the artifact is what a training left, so that its test is of its own users."""
    return any(one.own.get("artifact") == name and trained_in_full(one) for one in resources)


def _publish(deletion: Deletion, names: Mapping[str, str]) -> None:
    """Versions change before campaigns, as in a renewal, so that none waits for the other."""
    resources = deletion.shop.stores.resources
    found = sorted(below(resources, deletion.group_arn), key=lambda one: one.kind is Kind.CAMPAIGN)
    with resources.transaction() as tx:
        for arn in [one.arn for one in found]:
            if _names_one(resources.get(arn, tx=tx), names):
                held = resources.held(tx, arn)
                if held is not None:
                    own = renamed(held.own, names)
                    resources.change(tx, held, held.updated_at, own=own)


def _names_one(resource: Resource | None, artifacts: Collection[str]) -> bool:
    return resource is not None and any(name in artifacts for name in artifacts_in(resource.own))


class Leftovers:
    """Files below the data folder that may hold users and that nobody names any more.

    Args:
        deletion: Whose dataset group it is about.
        own: The folder in which this deletion works, which stays.
    """

    def __init__(self, deletion: Deletion, own: Path) -> None:
        self._deletion = deletion
        self._own = own
        self._folder = deletion.shop.settings.data_dir

    def names(self) -> list[str]:
        """What is left over now, unless a job under way is to name it soon."""
        found = [*self._of_jobs(), *self._unnamed_artifacts(), *self._unnamed_parts()]
        return sorted(str(path.relative_to(self._folder)) for path in found)

    def _of_jobs(self) -> Iterator[Path]:
        """Work in progress; folders that bear the number of a job belong to it until it ends."""
        jobs = {str(job.id) for job in self._deletion.shop.queue.open()}
        for name in ("scratch", "batches"):
            for path in _inside(self._folder / name):
                if path != self._own and path.name.rpartition("-")[2] not in jobs:
                    yield path

    def _unnamed_artifacts(self) -> Iterator[Path]:
        resources = self._deletion.shop.stores.resources
        named = {n for kind in Kind for one in resources.every(kind) for n in artifacts_in(one.own)}
        for path in _inside(self._folder / ARTIFACTS):
            if f"{ARTIFACTS}/{path.name}" not in named:
                yield path

    def _unnamed_parts(self) -> Iterator[Path]:
        resources = self._deletion.shop.stores.resources
        for dataset in resources.children(self._deletion.group_arn, Kind.DATASET):
            parts = {Path(part).name for part in dataset.own.get("parts", ())}
            for path in _inside(self._folder / folder_of(dataset)):
                # 12-1.parquet, and 12-1.parquet.past beside it
                if ".".join(path.name.split(".")[:2]) not in parts:
                    yield path


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
