"""What is told of an artifact that cannot be answered with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from penchant.models.graphs import GRAPH_ERRORS

_OF_FILES: Final[tuple[type[Exception], ...]] = (
    *(ValueError, LookupError, TypeError, EOFError),
    *(FileNotFoundError, NotADirectoryError, IsADirectoryError),
    *GRAPH_ERRORS,
)
"""What reading files raises that are missing, cut or of something else."""


class ArtifactDamaged(ValueError):  # noqa: N818  # says what happened
    """An artifact's files are missing, do not belong together, or are not of this release."""


@contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Have what goes wrong with an artifact's files told in one way.

    What goes wrong with the machine, such as too many open files, is not of the artifact and
    stays as it is.

    Raises:
        ArtifactDamaged: Files of `folder` cannot be read, or a model of them cannot answer.
    """
    try:
        yield
    except ArtifactDamaged:
        raise
    except _OF_FILES as error:
        told = f"{type(error).__name__}: {error}"
        raise ArtifactDamaged(f"{folder} cannot be read ({told})") from error
