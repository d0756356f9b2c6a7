"""One question to a model before it is to answer many."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from penchant.models.artifacts import read_artifact
from penchant.models.contract import answer_once
from penchant.models.damage import ArtifactDamaged, damage_told
from penchant.models.registry import LOADERS, Loader
from penchant.worker.tasks import TaskFailure

_LOG = logging.getLogger(__name__)


def try_out(folder: Path, arn: str, way_out: str, loaders: Mapping[str, Loader] = LOADERS) -> None:
    """Load an artifact and have its model answer once.

    Args:
        folder: Where it lies.
        arn: Whose model it is.
        way_out: What to do where it is damaged, as the end of a sentence.
        loaders: Of the families that there are.

    Raises:
        TaskFailure: It is damaged.
    """
    with damage_failing(arn, way_out):
        artifact = read_artifact(folder, loaders)
        with damage_told(folder):
            answer_once(artifact.model)


@contextmanager
def damage_failing(arn: str, way_out: str) -> Iterator[None]:
    """Have a task fail that meets a damaged artifact; arguments as of `try_out`.

    Raises:
        TaskFailure: It is damaged.
    """
    try:
        yield
    except ArtifactDamaged as error:
        _LOG.exception("the model of %s is damaged", arn)
        raise TaskFailure(f"The model of {arn} is damaged ({error}); {way_out}.") from error
