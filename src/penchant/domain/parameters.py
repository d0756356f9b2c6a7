"""Hyper-parameters as the service writes them, texts, read into values within their ranges."""

from collections.abc import Mapping
from typing import Any

from penchant.domain.arns import public
from penchant.domain.recipes import RECIPES, Parameter, RecipeEntry

Value = bool | int | float | str


def entry_of(recipe_name: str) -> RecipeEntry:
    """The catalogue's entry of a recipe, by its name without the ARN's front."""
    return RECIPES[public("recipe", recipe_name)]


def read(parameters: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, Value]:
    """Read the `given` texts by the catalogue's `parameters`; what is not given has its default.

    Raises:
        ValueError: A name is not among the parameters, or a value is not of the parameter's kind
            or outside its range.
    """
    for name in given:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise ValueError(f"there is no hyper-parameter {name!r} here; known: {known}")
    return {
        name: _value(name, parameter, given.get(name, parameter.default))
        for name, parameter in parameters.items()
    }


def number(text: str, *, integer: bool = False) -> float:
    """Read a number as the service does, which knows neither '1_000' nor other scripts' digits.

    Raises:
        ValueError: It is none.
    """
    if not text.isascii() or "_" in text:
        raise ValueError(f"{text!r} is not a number")
    return int(text) if integer else float(text)


def read_all(
    recipe_name: str, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Read all texts given to a recipe of the catalogue, those of the feature transformation too.

    Raises:
        ValueError: As `read`.
    """
    entry = entry_of(recipe_name)
    return read(entry.hyper_parameters, hyper_parameters) | read(
        entry.feature_parameters, feature_parameters
    )


def _value(name: str, parameter: Parameter, text: str) -> Value:
    if parameter.choices:
        return _choice(name, parameter, text)
    try:
        value = number(text, integer=parameter.integer)
    except ValueError:
        kind = "a whole number" if parameter.integer else "a number"
        raise ValueError(f"{name}={text!r} is not {kind}; take {_range(parameter)}") from None
    low = -float("inf") if parameter.low is None else parameter.low
    high = float("inf") if parameter.high is None else parameter.high
    if not low <= value <= high:
        raise ValueError(f"{name}={text!r} is out of range; take {_range(parameter)}")
    return value


def _choice(name: str, parameter: Parameter, text: str) -> Value:
    for choice in parameter.choices:
        if text.lower() == choice.lower():
            return choice == "True" if set(parameter.choices) == {"True", "False"} else choice
    raise ValueError(f"{name}={text!r} is not one of {', '.join(parameter.choices)}")


def _range(parameter: Parameter) -> str:
    low = "any" if parameter.low is None else f"{parameter.low:g}"
    high = "any" if parameter.high is None else f"{parameter.high:g}"
    return f"{low} to {high}"
