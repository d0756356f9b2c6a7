"""How sure a mean over users is: bootstrap intervals, paired randomisation tests, Holm.

Users are the sample: what is said holds for other users like them, not for other data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]

LEVEL: Final = 0.95
N_BOOTSTRAP: Final = 2_000
N_RANDOMISATION: Final = 10_000
_CHUNK: Final = 4_000_000  # numbers drawn at a time


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over users and the confidence interval around it."""

    mean: float
    low: float
    high: float


def bootstrap_intervals(
    values: npt.ArrayLike, *, seed: int, level: float = LEVEL, n_resamples: int = N_BOOTSTRAP
) -> list[Interval]:
    """BCa bootstrap intervals of the means of columns over the same resampled users.

    Bias-corrected and accelerated (Efron 1987, "Better bootstrap confidence intervals"): the
    acceleration of a mean is its skewness / (6 sqrt n), so it needs no jackknife runs. Time and
    random numbers: n_resamples * n_users.

    Args:
        values: Shape (n_users, n_columns).
        seed: Draws the resamples.
        level: Share of samples whose interval holds the true mean.
        n_resamples: How often the users are drawn anew.

    Raises:
        ValueError: There is no user, or a value is not finite.
    """
    columns = _checked(values)
    means = columns.mean(axis=0)
    resampled = np.concatenate(list(_resampled_means(columns, seed, n_resamples)))
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    intervals = []
    for column, mean, drawn in zip(columns.T, means, resampled.T, strict=True):
        low, high = np.quantile(drawn, _corrected(ends, column - mean, drawn - mean))
        intervals.append(Interval(float(mean), float(low), float(high)))
    return intervals


def randomisation_p_values(
    differences: npt.ArrayLike, *, seed: int, n_resamples: int = N_RANDOMISATION
) -> Floats:
    """Two-sided p values of the paired randomisation test that each column's mean is zero.

    If two systems are alike, a user's difference might as well have the other sign. The p value is
    the share of sign patterns whose mean is as far from zero as the one seen: all patterns where
    there are at most `n_resamples` of them, else (1 + as far) / (1 + drawn) of random ones.
    Sources: Smucker, Allan, Carterette 2007, "A comparison of statistical significance tests for
    information retrieval evaluation"; Phipson, Smyth 2010 for the ones added.

    Args:
        differences: Shape (n_users, n_columns): one system's value minus the other's.
        seed: Draws the patterns.
        n_resamples: Most patterns looked at.

    Returns:
        Shape (n_columns,).

    Raises:
        ValueError: There is no user, or a value is not finite.
    """
    columns = _checked(differences)
    columns = columns[(columns != 0).any(axis=1)]
    seen = np.abs(columns.sum(axis=0)) * (1 - 1e-12)
    n = len(columns)
    if 2**n <= n_resamples:
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        as_far = np.abs((2.0 * patterns - 1) @ columns) >= seen
        return np.asarray(as_far.mean(axis=0))
    far = np.zeros(columns.shape[1])
    for signs in _signs(n, seed, n_resamples):
        far += (np.abs(signs @ columns) >= seen).sum(axis=0)
    return (1 + far) / (1 + n_resamples)


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted so that the chance of any false finding among all stays below a level.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    n = len(p_values)
    adjusted = [0.0] * n
    highest = 0.0
    for place, index in enumerate(sorted(range(n), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (n - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def _checked(values: npt.ArrayLike) -> Floats:
    columns = np.asarray(values, np.float64)
    if columns.ndim != 2 or len(columns) == 0:
        raise ValueError(f"values have shape {columns.shape}: need (users, columns), users > 0")
    if not np.isfinite(columns).all():
        raise ValueError("a value is not finite: judge only users who have something to be found")
    return columns


def _resampled_means(columns: Floats, seed: int, n_resamples: int) -> Iterator[Floats]:
    """Means (b, n_columns) of users drawn with replacement."""
    n = len(columns)
    numbers = np.random.default_rng(seed)
    for size in _sizes(n, n_resamples):
        drawn = numbers.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
        yield times @ columns / n


def _signs(n: int, seed: int, n_resamples: int) -> Iterator[Floats]:
    """Random signs (b, n), -1 or 1."""
    numbers = np.random.default_rng(seed)
    for size in _sizes(n, n_resamples):
        bits = np.unpackbits(numbers.integers(256, size=(size, -(-n // 8)), dtype=np.uint8), axis=1)
        yield 2 * bits[:, :n].astype(np.float64) - 1


def _sizes(n: int, n_resamples: int) -> Iterator[int]:
    most = max(1, _CHUNK // n)
    for start in range(0, n_resamples, most):
        yield min(most, n_resamples - start)


def _corrected(ends: Floats, deviations: Floats, drawn: Floats) -> Floats:
    """The quantiles of the drawn means that bound the interval; `drawn` are less the mean."""
    spread = np.sum(deviations**2)
    if spread == 0:
        return ends
    below = np.mean(drawn < 0) + 0.5 * np.mean(drawn == 0)
    bias = ndtri(np.clip(below, 1 / len(drawn), 1 - 1 / len(drawn)))
    acceleration = np.sum(deviations**3) / (6 * spread**1.5)
    z = bias + ndtri(ends)
    return np.asarray(ndtr(bias + z / (1 - acceleration * z)))
