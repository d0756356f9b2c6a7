"""Imported files under names of our own, so that no import or deletion can take them away."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from penchant.domain.datasets import type_of
from penchant.store.stores import Stores
from penchant.worker.tasks import TaskFailure

_LOOKS: Final = 5


def linked_parts(stores: Stores, data_dir: Path, dataset_arn: str, folder: Path) -> list[Path]:
    """A dataset's imported files, in their order, linked into a folder of the same file system.

    Raises:
        TaskFailure: The dataset was deleted.
    """
    for _ in range(_LOOKS - 1):
        with suppress(FileNotFoundError):  # an import has just put another file in the place
            return _linked(stores, data_dir, dataset_arn, folder)
    return _linked(stores, data_dir, dataset_arn, folder)


def _linked(stores: Stores, data_dir: Path, dataset_arn: str, folder: Path) -> list[Path]:
    dataset = stores.resources.get(dataset_arn)
    if dataset is None:
        raise TaskFailure(f"{dataset_arn} was deleted; create it anew and import its data.")
    links = []
    for number, name in enumerate(dataset.own.get("parts", ())):
        link = folder / f"{type_of(dataset)}-{number}.parquet"
        link.unlink(missing_ok=True)
        os.link(data_dir / name, link)
        links.append(link)
    return links
