"""Whether data reach up to the present."""

from typing import Final

LIVE_S: Final = 90 * 86_400


def is_live(newest: int, now: int) -> bool:
    """Whether data whose newest timestamp this is are no older than 90 days; epoch seconds."""
    return now - newest <= LIVE_S
