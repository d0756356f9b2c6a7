"""The recipes that an installation adds to the service's own: entry points and TOML files."""

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from penchant.domain.parameters import read
from penchant.domain.recipes import BUILT_IN, Catalogue, Parameter, RecipeEntry, RecipeType
from penchant.domain.recipes.sources import EXTERNAL, CommandSource, PythonSource
from penchant.settings import Settings

GROUP: Final = "penchant.recipes"
"""The group of entry points; each names a `RecipeEntry` whose source is a `PythonSource`."""

_NAME: Final = re.compile("[a-zA-Z0-9][a-zA-Z0-9-_]{0,62}")
_TYPES: Final = (
    RecipeType.USER_PERSONALIZATION,
    RecipeType.PERSONALIZED_RANKING,
    RecipeType.RELATED_ITEMS,
    RecipeType.POPULAR_ITEMS,
)
_RANKED: Final = _TYPES[:2]
_PARAMETER_NAME: Final = re.compile("[a-zA-Z0-9_.-]{1,256}")
_NUMBER: Final = (int, float)
_WORDS: Final[Mapping[type | tuple[type, ...], str]] = {
    str: "a text",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    _NUMBER: "a number",
    (str, *_NUMBER): "a text or number",
}
_KEYS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "name": str,
    "type": str,
    "description": str,
    "command": (list, str),  # of a text, too, is told what a command is
    "image": str,
    "timeout_s": _NUMBER,
    "environment": dict,
    "hyper_parameters": dict,
}
_PARAMETER_KEYS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "default": (str, *_NUMBER),
    "low": _NUMBER,
    "high": _NUMBER,
    "integer": bool,
    "choices": list,
    "tunable": bool,
}

_UNLOADABLE: Final = (ImportError, AttributeError, SyntaxError, TypeError, ValueError, LookupError)
"""Of an entry point: its module, its name or what that imports is missing or of another version, or
the entry is made with wrong arguments. Whatever else its code raises is shown as it is raised."""


def catalogue_of(settings: Settings) -> Catalogue:
    """The service's own recipes, those of installed packages, and those of the settings' files.

    Raises:
        ValueError: An entry point cannot be loaded, a file says what it may not, or two recipes
            have the same name.
    """
    found = entry_points(group=GROUP)
    python = [_entry_of(point) for point in sorted(found, key=lambda point: point.name)]
    commands = [entry for path in settings.custom_recipes for entry in read_recipes(path)]
    if not python and not commands:
        return BUILT_IN
    return Catalogue((*BUILT_IN.entries, *_checked([*python, *commands])))


def read_recipes(path: Path) -> list[RecipeEntry]:
    """The recipes that a TOML file declares.

    Raises:
        ValueError: There is no such file, or it says what it may not.
    """
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise ValueError(f"custom_recipes: {path} cannot be read: {error}") from error
    listed = tables.pop("recipe", [])
    are_tables = isinstance(listed, list) and all(isinstance(one, dict) for one in listed)
    if tables or not are_tables or not listed:
        raise ValueError(f"{path}: give each recipe as a [[recipe]] table, and nothing else")
    entries = []
    for table in listed:
        try:
            entries.append(_declared(table, path.absolute().parent))
        except (KeyError, TypeError, ValueError) as error:
            reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            name = table.get("name", "without a name")
            raise ValueError(f"{path}, the recipe {name}: {reason}") from error
    return entries


def _entry_of(point: EntryPoint) -> RecipeEntry:
    where = f"the entry point {point.name!r} = {point.value!r} of {GROUP!r}"
    try:
        entry = point.load()
    except _UNLOADABLE as error:
        raise ValueError(
            f"{where} cannot be loaded ({error!r}): repair or uninstall its package"
        ) from error
    if not isinstance(entry, RecipeEntry) or not isinstance(entry.source, PythonSource):
        raise ValueError(f"{where} is no RecipeEntry with a PythonSource: see custom-recipes.md")  # noqa: TRY004  # whoever starts the server is told one kind of error
    return entry


def _checked(entries: Iterable[RecipeEntry]) -> Iterator[RecipeEntry]:
    """The entries, if each has a name, defaults and, in Python, a family that it may have."""
    families = {EXTERNAL, *(entry.family for entry in BUILT_IN.entries)}
    for entry in entries:
        if not _NAME.fullmatch(entry.name) or entry.name.startswith("aws"):
            raise ValueError(
                f"a custom recipe cannot be named {entry.name!r}: take up to 63 letters, digits,"
                " '-' and '_', and leave names beginning with 'aws' to the service"
            )
        if isinstance(entry.source, PythonSource):
            if entry.family in families:
                raise ValueError(
                    f"the recipe {entry.name} needs a family of its own, not "
                    f"{entry.family!r}: its models could not be told from others"
                )
            families.add(entry.family)
        try:
            read(entry.hyper_parameters, {})
        except ValueError as error:
            raise ValueError(f"the default of a recipe, {entry.name}: {error}") from error
        yield entry


def _declared(table: Mapping[str, Any], folder: Path) -> RecipeEntry:
    _check_members(table, _KEYS)
    kind = RecipeType(table.get("type", RecipeType.USER_PERSONALIZATION))
    if kind not in _TYPES:
        raise ValueError(f"type {kind} is not to be had by a command; take {', '.join(_TYPES)}")
    parameters = table.get("hyper_parameters", {})
    return RecipeEntry(
        name=table["name"],
        recipe_type=kind,
        family=EXTERNAL,
        feature_transformation=table["name"],
        description=table.get("description", ""),
        hyper_parameters={name: _parameter(name, told) for name, told in parameters.items()},
        scores=kind in _RANKED,
        requires_user=kind in _RANKED,
        source=_source(table, folder),
    )


def _source(table: Mapping[str, Any], folder: Path) -> CommandSource:
    command, image = tuple(table.get("command", ())), table.get("image", "")
    if bool(command) == bool(image):
        raise ValueError("give either a command, a list of words, or an image")
    if isinstance(table.get("command"), str) or not all(map(_is_word, command)):
        raise ValueError("command is a list of words, such as ['python3', 'train.py']")
    timeout_s = float(table.get("timeout_s", 3600))
    if not 0 < timeout_s < math.inf:
        raise ValueError(f"timeout_s is {timeout_s:g}; give a number of seconds above 0")
    environment = {name: str(value) for name, value in table.get("environment", {}).items()}
    for name, text in environment.items():
        if not _is_word(name) or "=" in name or not _is_word(text):
            raise ValueError(f"environment {name!r} = {text!r} cannot be given to a program")
    return CommandSource(folder, command, image, timeout_s, environment)


def _is_word(told: Any) -> bool:
    return isinstance(told, str) and "\0" not in told


def _parameter(name: str, told: Mapping[str, Any]) -> Parameter:
    if not _PARAMETER_NAME.fullmatch(name):
        raise ValueError(
            f"a hyper-parameter is named {name!r}; take up to 256 letters, digits, '_', '.' and '-'"
        )
    _check_members({f"hyper_parameters.{name}": told}, {f"hyper_parameters.{name}": dict})
    _check_members(told, _PARAMETER_KEYS, f"hyper_parameters.{name}.")
    choices = tuple(str(choice) for choice in told.get("choices", ()))
    default = told["default"]
    if not choices and not {"low", "high"} <= set(told):
        raise ValueError(f"hyper_parameters.{name} needs a low and a high, or choices")
    return Parameter(
        default=str(default),
        low=told.get("low"),
        high=told.get("high"),
        integer=bool(told.get("integer", isinstance(default, int))),
        choices=choices,
        tunable=bool(told.get("tunable", False)),
    )


def _check_members(
    table: Mapping[str, Any],
    known: Mapping[str, type | tuple[type, ...]],
    front: str = "",
) -> None:
    """Check that all members are known, and of the type that TOML gives them."""
    for key, told in table.items():
        if key not in known:
            raise ValueError(f"{front}{key} is not known; known: {', '.join(sorted(known))}")
        kind = known[key]
        is_odd_flag = isinstance(told, bool) and kind == _NUMBER
        if is_odd_flag or not isinstance(told, kind):
            raise ValueError(f"{front}{key} is {told!r}; give {_WORDS.get(kind, 'a list')}")
