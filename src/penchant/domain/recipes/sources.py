"""Where what learns a recipe is, if it is not in this package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

EXTERNAL: Final = "external"
"""The family of all models that programs outside learn."""


@dataclass(frozen=True, slots=True)
class PythonSource:
    """Classes of an installed package, named so that they are imported only where they work.

    Attributes:
        recipe: "package.module:Class" that fulfils `penchant.recipes.contract.Recipe`; imported
            where it learns.
        model: "package.module:Class" that fulfils `penchant.models.contract.Model` and has a
            `load` like the models of `penchant.models`; imported where it answers.
    """

    recipe: str
    model: str


@dataclass(frozen=True, slots=True)
class CommandSource:
    """A program or a container; see docs/how-to/custom-recipes.md.

    Attributes:
        folder: Where a command is run.
        command: Program and arguments; empty where an image is given.
        image: Container image; empty where a command is given.
        timeout_s: How long it may learn.
        environment: Further variables it is given.
    """

    folder: Path
    command: tuple[str, ...] = ()
    image: str = ""
    timeout_s: float = 3600.0
    environment: Mapping[str, str] = field(default_factory=dict)


Source = PythonSource | CommandSource
