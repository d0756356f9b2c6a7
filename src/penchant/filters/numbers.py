"""Numbers in the filter language, written bare or in quotes."""

import math

from penchant.filters.errors import FilterError


def number(text: str, field: str) -> float:
    """Read a number that a numeric field is compared with.

    Raises:
        FilterError: It is none; the text names the field.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise FilterError(f"{field} holds numbers; {text!r} is none.")
    return value
