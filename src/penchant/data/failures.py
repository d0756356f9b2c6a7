"""Why an import failed, told so that a person can mend the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHOWN: Final = 3


class ImportFailure(ValueError):  # noqa: N818  # the word of the API's failureReason
    """The files cannot be imported; the text is fit for a `failureReason`."""


@dataclass(frozen=True)
class RecordFailure:
    """One record that cannot be imported.

    Attributes:
        place: File and line (the first line is 1), or file and row for files without lines.
        reason: What is wrong with which column, and what would be right.
    """

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def failure_of(first: Sequence[RecordFailure], n_failures: int) -> ImportFailure:
    """The failure that shows the `first` of `n_failures` records."""
    shown = " ".join(f"{one}." for one in first[:SHOWN])
    if n_failures == 1:
        return ImportFailure(f"1 record cannot be imported. {shown}")
    more = n_failures - len(first[:SHOWN])
    rest = f" And {more} more." if more else ""
    return ImportFailure(f"{n_failures} records cannot be imported. {shown}{rest}")
