"""What `performHPO` may try: a recipe's tunable hyper-parameters, narrowed by an `hpoConfig`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from penchant.domain.recipes import Parameter, RecipeEntry

RANGES: Final = "algorithmHyperParameterRanges"
LISTS: Final = (
    "integerHyperParameterRanges",
    "continuousHyperParameterRanges",
    "categoricalHyperParameterRanges",
)
MOST_TRIALS: Final = 40
MOST_PARALLEL: Final = 10
DEFAULT_TRIALS: Final = 20
DEFAULT_PARALLEL: Final = 2
_PREFIXES: Final = ("training.", "data.")
_OF_DATA: Final = frozenset({"recency_mask"})


def tunable(entry: RecipeEntry) -> dict[str, Parameter]:
    """The hyper-parameters of a recipe that can be searched, over their whole range."""
    return {name: one for name, one in entry.hyper_parameters.items() if one.tunable}


def search_space(entry: RecipeEntry, config: Mapping[str, Any]) -> dict[str, Parameter]:
    """The hyper-parameters to search; `low`, `high` and `choices` are what may be tried.

    Args:
        entry: The recipe.
        config: An `hpoConfig`. Without ranges, or with three empty lists, everything tunable is
            searched; else what the lists name, with or without the prefix of `shown_name`.

    Raises:
        ValueError: The recipe has nothing to tune, a list is missing, or a range does not fit.
    """
    known = tunable(entry)
    if not known:
        raise ValueError(
            f"{entry.name} has no hyper-parameters that can be tuned; leave performHPO out"
        )
    ranges = config.get(RANGES)
    if ranges is None:
        return known
    for member in LISTS:
        if member not in ranges:
            raise ValueError(f"{RANGES}.{member} is missing; give all three lists, empty or not")
    space: dict[str, Parameter] = {}
    for member, sent in _entries(ranges):
        name = _plain_name(str(sent.get("name", "")))
        if name in space:
            raise ValueError(f"{RANGES} names {name!r} more than once; name it once")
        if name not in known:
            raise ValueError(
                f"{RANGES}.{member} names {name!r}, which {entry.name} cannot tune; it tunes "
                f"{', '.join(known)}"
            )
        space[name] = _narrowed(name, known[name], member, sent)
    return space or known


def budget(config: Mapping[str, Any]) -> tuple[int, int]:
    """How many trainings a search may do, and how many at a time.

    Raises:
        ValueError: A number is none, or out of its range.
    """
    resources = config.get("hpoResourceConfig") or {}
    n_trials = _whole(resources, "maxNumberOfTrainingJobs", DEFAULT_TRIALS, MOST_TRIALS)
    n_parallel = _whole(resources, "maxParallelTrainingJobs", DEFAULT_PARALLEL, MOST_PARALLEL)
    return n_trials, min(n_trials, n_parallel)


def shown_name(name: str) -> str:
    """A hyper-parameter's name as `DescribeSolution` prints it among ranges."""
    return f"data.{name}" if name in _OF_DATA else f"training.{name}"


def shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """An `hpoConfig` as `DescribeSolution` prints it."""
    if RANGES not in config:
        return dict(config)
    ranges = {
        member: [
            {**one, "name": shown_name(_plain_name(str(one.get("name", ""))))} for one in listed
        ]
        for member, listed in config[RANGES].items()
    }
    return {**config, RANGES: ranges}


def _entries(ranges: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for member in LISTS:
        for sent in ranges[member]:
            yield member, sent


def _plain_name(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _narrowed(name: str, whole: Parameter, member: str, sent: Mapping[str, Any]) -> Parameter:
    if member != _list_of(whole):
        raise ValueError(f"{name} belongs into {RANGES}.{_list_of(whole)}, not into {member}")
    if whole.choices:
        return replace(whole, choices=_choices(name, whole, sent.get("values", ())))
    low, high = sent.get("minValue", whole.low), sent.get("maxValue", whole.high)
    inside = (whole.low is None or low >= whole.low) and (whole.high is None or high <= whole.high)
    if not inside or low > high:
        raise ValueError(
            f"{name} may be tuned from {whole.low:g} to {whole.high:g}; minValue {low:g} and "
            f"maxValue {high:g} are no range within"
        )
    return replace(whole, low=low, high=high)


def _choices(name: str, whole: Parameter, values: Any) -> tuple[str, ...]:
    by_word = {choice.lower(): choice for choice in whole.choices}
    for value in values:
        if value.lower() not in by_word:
            raise ValueError(f"{name} may be {', '.join(whole.choices)}; {value!r} is none of them")
    if not values:
        raise ValueError(f"{name} has no values to try; give some of {', '.join(whole.choices)}")
    return tuple(dict.fromkeys(by_word[value.lower()] for value in values))


def _list_of(parameter: Parameter) -> str:
    if parameter.choices:
        return LISTS[2]
    return LISTS[0] if parameter.integer else LISTS[1]


def _whole(resources: Mapping[str, Any], member: str, default: int, most: int) -> int:
    text = str(resources.get(member) or default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ValueError(
            f"hpoResourceConfig.{member} is {text!r}; give a whole number from 1 to {most}"
        )
    return int(text)
