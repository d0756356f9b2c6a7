"""Values by the periods that CloudWatch is asked for.

Moto looks at every value once for every period, and never ends with periods that have no length;
here each value is looked at once, and what cannot be told is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

STATISTICS: Final = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
_MINUTE_S: Final = 60
_SHORT_S: Final = frozenset({1, 5, 10, 20, 30})


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods of equal length that follow each other.

    Attributes:
        start: When the first begins, a whole minute unless they are shorter than that.
        end: Before which the values of the last were taken.
        length_s: How long each is, in seconds.
    """

    start: datetime
    end: datetime
    length_s: int

    def sort(self, data: Iterable[Any]) -> Mapping[datetime, list[Any]]:
        """What has a `timestamp` in these periods, by when its period began, in order of time."""
        found: dict[int, list[Any]] = {}
        for one in data:
            if self.start <= one.timestamp < self.end:
                place = int((one.timestamp - self.start).total_seconds()) // self.length_s
                found.setdefault(place, []).append(one)
        return {
            self.start + timedelta(seconds=place * self.length_s): found[place]
            for place in sorted(found)
        }


def periods(start: datetime, end: datetime, length_s: int, most: int) -> Periods:
    """The periods of a request.

    Args:
        start: When the first begins; CloudWatch takes the whole minute before.
        end: When the last ends.
        length_s: Seconds of each.
        most: How many there may be.

    Raises:
        ValueError: They end before they begin, have no such length or are too many.
    """
    if start >= end:
        raise ValueError("The parameter StartTime must be less than the parameter EndTime.")
    if length_s not in _SHORT_S and (length_s < 1 or length_s % _MINUTE_S):
        raise ValueError(
            f"The parameter Period is {length_s}; it must be 1, 5, 10, 20, 30 or a multiple of 60."
        )
    step_s = min(length_s, _MINUTE_S)
    start = start.replace(microsecond=0, second=start.second // step_s * step_s)
    n = -int(-(end - start).total_seconds() // length_s)
    if n > most:
        raise ValueError(
            f"You have requested up to {n:,} datapoints, which exceeds the limit of {most:,}. You "
            "may reduce the datapoints requested by increasing Period, or decreasing the time "
            "range."
        )
    return Periods(start, end, length_s)


def check_statistics(names: Iterable[str]) -> None:
    """Check that every statistic is one that is kept.

    Raises:
        ValueError: One is not, such as a percentile.
    """
    unknown = [name for name in names if name not in STATISTICS]
    if unknown:
        raise ValueError(
            f"The statistic {unknown[0]!r} is not kept here; ask for {', '.join(STATISTICS)}."
        )
