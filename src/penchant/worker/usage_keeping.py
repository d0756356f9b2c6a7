"""Keeps the counts of calls small."""

from datetime import timedelta
from typing import Final

from penchant.worker.tasks import Workshop

BY_THE_MINUTE: Final = timedelta(hours=30)
KEPT: Final = timedelta(days=15)


class UsageKeeping:
    """Counts are kept by the minute for a day and a bit, by the hour for 15 days."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def look(self) -> None:
        """Fold and forget what is old now."""
        stores, now = self._shop.stores, self._shop.clock()
        with stores.resources.transaction() as tx:
            stores.usage.fold(tx, int((now - BY_THE_MINUTE).timestamp()))
            stores.usage.forget(tx, int((now - KEPT).timestamp()))
