"""How long to wait before what failed is tried again."""

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(minutes=1)
_MOST_DOUBLINGS: Final = 20


def pause(n_failures: int, usual: timedelta) -> timedelta:
    """The time from an end to the next beginning: a minute after a failure, then ever twice that.

    Trouble such as a full disk passes and is over soon; what does not pass costs no more, in the
    end, than what succeeds.

    Args:
        n_failures: How often it has failed since it last succeeded.
        usual: The pause where nothing has failed, and the longest.
    """
    if not n_failures:
        return usual
    return min(usual, FIRST * (1 << min(n_failures - 1, _MOST_DOUBLINGS)))
