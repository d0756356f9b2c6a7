"""Hyper-parameter search: Optuna proposes, whoever calls trains and measures.

The sampler is the tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011). A setting is
first learned from a part of the data, and what does worse there than the median of the settings
that were finished is given up (the median rule of Golovin et al., KDD 2017). Settings are proposed
in batches, and a batch is measured whole before the next is proposed: so the same seed and batch
size give the same search, however many processes measure it and whichever is done first.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from penchant.domain.recipes import Parameter

Setting = Mapping[str, str]
"""Hyper-parameters as the service writes them."""


class Measure(Protocol):
    """Learns with settings and measures what was learned."""

    def __call__(self, settings: Sequence[Setting], *, early: bool) -> Sequence[float | str]:
        """For each setting its metric, higher being better, or why it cannot be learned with.

        Args:
            settings: At least one.
            early: Whether to learn from a part of the data only.
        """
        ...


FINISHED: Final = "finished"
PRUNED: Final = "pruned"
FAILED: Final = "failed"
_NEVER_PRUNED: Final = 4
_DIGITS: Final = 6
_MOST_REPEATS: Final = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting that was tried.

    Attributes:
        setting: The hyper-parameters tried.
        state: `FINISHED`, `PRUNED` after the part of the data, or `FAILED`.
        early: The metric after learning from a part of the data; None where that was left out.
        value: The metric after learning from all of it; None unless finished.
        reason: Why it failed.
    """

    setting: Setting
    state: str
    early: float | None = None
    value: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A setting, and the study's trial that proposed it."""

    trial: optuna.Trial
    setting: Setting

    @property
    def key(self) -> tuple[str, ...]:
        """Tells settings apart."""
        return tuple(self.setting[name] for name in sorted(self.setting))


def search(
    space: Mapping[str, Parameter],
    measure: Measure,
    *,
    n_trials: int,
    batch: int,
    seed: int,
    early: bool = True,
    first: Setting | None = None,
) -> list[Trial]:
    """Try settings.

    Args:
        space: What may be tried: numbers from `low` to `high`, or one of `choices`.
        measure: Learns and measures.
        n_trials: How many settings to try at most; fewer where the space holds fewer.
        batch: How many are measured at once.
        seed: Source of all randomness.
        early: Whether to learn from a part of the data first, and give up what is poor there.
        first: A setting to begin with, of every parameter; brought into the space.

    Returns:
        The trials in the order in which they were proposed, each setting once.
    """
    study = _study(seed, n_trials)
    distributions = {name: _distribution(parameter) for name, parameter in space.items()}
    if first is not None:
        study.enqueue_trial({name: _inside(space[name], first[name]) for name in space})
    tried: dict[tuple[str, ...], Trial] = {}
    proposed = 0
    n_trials = min(n_trials, _size(space))
    while len(tried) < n_trials and proposed < _MOST_REPEATS * n_trials:
        asked = [study.ask(distributions) for _ in range(min(batch, n_trials - len(tried)))]
        proposed += len(asked)
        proposals = [_Proposal(one, _written(space, one.params)) for one in asked]
        new: dict[tuple[str, ...], _Proposal] = {}
        for one in proposals:
            if one.key not in tried:
                new.setdefault(one.key, one)
        outcomes = _try_all(list(new.values()), measure, early=early)
        tried |= dict(zip(new, outcomes, strict=True))
        for one in proposals:
            _tell(study, one.trial, tried[one.key])
    return list(tried.values())


def best_of(trials: Sequence[Trial]) -> Trial:
    """The finished trial of the highest value, the first of equals.

    Raises:
        ValueError: None was finished; the text says why.
    """
    finished = [one for one in trials if one.value is not None]
    if not finished:
        reasons = [one.reason for one in trials if one.reason]
        raise ValueError(
            f"none of {len(trials)} settings could be learned with; the last one: "
            f"{reasons[-1] if reasons else 'pruned'}"
        )
    return max(finished, key=lambda one: one.value or -math.inf)


def _study(seed: int, n_trials: int) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(10, n_trials // 2)),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_NEVER_PRUNED),
    )


def _try_all(proposals: Sequence[_Proposal], measure: Measure, *, early: bool) -> list[Trial]:
    """Measure settings, each of them once."""
    settings = [one.setting for one in proposals]
    if not settings:
        return []
    firsts: Sequence[float | str | None] = [None] * len(settings)
    going = [True] * len(settings)
    if early:
        firsts = measure(settings, early=True)
        going = [_goes_on(one.trial, value) for one, value in zip(proposals, firsts, strict=True)]
    left = [setting for setting, goes_on in zip(settings, going, strict=True) if goes_on]
    values = iter(measure(left, early=False) if left else ())
    return [
        _outcome(setting, first, next(values) if goes_on else None)
        for setting, first, goes_on in zip(settings, firsts, going, strict=True)
    ]


def _goes_on(trial: optuna.Trial, value: float | str | None) -> bool:
    if not isinstance(value, float):
        return False
    trial.report(value, step=0)
    return not trial.should_prune()


def _outcome(setting: Setting, first: float | str | None, value: float | str | None) -> Trial:
    for failure in (first, value):
        if isinstance(failure, str):
            return Trial(setting, FAILED, reason=failure)
    assert not isinstance(first, str)
    assert not isinstance(value, str)
    return Trial(setting, PRUNED if value is None else FINISHED, first, value)


def _tell(study: optuna.Study, trial: optuna.Trial, outcome: Trial) -> None:
    if outcome.state == FINISHED:
        study.tell(trial, outcome.value)
    elif outcome.state == PRUNED:
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    else:
        study.tell(trial, state=optuna.trial.TrialState.FAIL)


def _distribution(parameter: Parameter) -> BaseDistribution:
    if parameter.choices:
        return CategoricalDistribution(parameter.choices)
    assert parameter.low is not None
    assert parameter.high is not None
    if parameter.integer:
        return IntDistribution(int(parameter.low), int(parameter.high))
    return FloatDistribution(parameter.low, parameter.high)


def _written(space: Mapping[str, Parameter], values: Mapping[str, Any]) -> dict[str, str]:
    """Values as the service writes them, numbers rounded, by name."""
    return {
        name: str(round(values[name], _DIGITS))
        if isinstance(values[name], float)
        else str(values[name])
        for name in sorted(space)
    }


def _inside(parameter: Parameter, text: str) -> Any:
    """The value nearest to a text that may be tried."""
    if parameter.choices:
        return text if text in parameter.choices else parameter.choices[0]
    assert parameter.low is not None
    assert parameter.high is not None
    value = min(max(float(text), parameter.low), parameter.high)
    return int(value) if parameter.integer else value


def _size(space: Mapping[str, Parameter]) -> int:
    """How many settings there are; as good as endless where a parameter is continuous."""
    size = 1
    for parameter in space.values():
        if parameter.choices:
            size *= len(parameter.choices)
        elif parameter.integer:
            size *= int(parameter.high or 0) - int(parameter.low or 0) + 1
        else:
            return sys.maxsize
    return size
