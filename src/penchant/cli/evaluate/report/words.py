"""Findings in words and numbers as a person writes them."""

from collections.abc import Sequence
from typing import Final

from penchant.evaluation.per_user import LABELS
from penchant.evaluation.report import Comparison
from penchant.evaluation.significance import LEVEL, N_BOOTSTRAP, N_RANDOMISATION, Interval

SURE: Final = 0.05

METHOD: Final = (
    f"Intervals are {LEVEL:.0%} BCa bootstrap intervals over test users ({N_BOOTSTRAP:,} "
    "resamples; Efron 1987). Differences are per user, on the same rows; p is that of the "
    f"two-sided paired randomisation test ({N_RANDOMISATION:,} sign patterns, or all of them where "
    "there are fewer; Smucker, Allan and Carterette 2007), corrected by Holm (1979) over all "
    "comparisons of the same metric. Users are the sample: nothing is said about other data."
)

DEFINITIONS: Final = (
    "Every item of the catalogue is ranked; lists hold 25. NDCG is binary with an ideal of "
    "min(k, relevant items) hits, as in GetSolutionMetrics; MRR counts the first hit; P@k is "
    "hits / k; HR@k is the share of users with a hit; R@k is hits / relevant items; coverage is "
    "the share of the catalogue that stands in any list."
)


def number(value: float, decimals: int = 3) -> str:
    """A share as papers print it: .031, -.004, 1.000."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def with_interval(interval: Interval) -> str:
    """A mean and its interval: .031 [.024, .038]."""
    return f"{number(interval.mean)} [{number(interval.low)}, {number(interval.high)}]"


def seconds(value: float | None) -> str:
    """A duration for a table; a dash where it was not taken."""
    return "-" if value is None else f"{value:.1f}"


def p_value(p: float) -> str:
    """A p value: p < .001, p = .012, p = 1."""
    if p < 0.001:
        return "p < .001"
    if p > 0.995:
        return "p = 1"
    return f"p = {number(p, 3 if p < 0.1 else 2)}"


def verdict(comparison: Comparison) -> str:
    """Whether the difference is shown, and which way: better than, worse than, no difference."""
    if comparison.p_holm >= SURE or comparison.difference.mean == 0:
        return "not shown to differ from"
    return "better than" if comparison.difference.mean > 0 else "worse than"


def sentence(comparison: Comparison) -> str:
    """One comparison in words, such as `a is better than b by .031 [.024, .038], p < .001`."""
    words, p = verdict(comparison), p_value(comparison.p_holm)
    difference = comparison.difference
    if words == "not shown to differ from":
        return f"{comparison.name} is {words} {comparison.other}: {with_interval(difference)}, {p}"
    if difference.mean < 0:
        difference = Interval(-difference.mean, -difference.high, -difference.low)
    return f"{comparison.name} is {words} {comparison.other} by {with_interval(difference)}, {p}"


def sentences(comparisons: Sequence[Comparison], seen: str, metric: str) -> list[str]:
    """All comparisons of one metric in words."""
    return [sentence(one) for one in comparisons if (one.seen, one.metric) == (seen, metric)]


def label(metric: str) -> str:
    """What tables call a metric: NDCG@10 for normalized_discounted_cumulative_gain_at_10."""
    return LABELS.get(metric, metric)
