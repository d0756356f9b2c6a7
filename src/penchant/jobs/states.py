"""The states of a job, and which one may follow which.

    enqueue          claim                        finish
    ───────> QUEUED ───────> RUNNING ────────────────────────> DONE | FAILED | STOPPED
               │               │  ^ claim by another worker
               │ request_stop  │  │ after the lease ran out
               v               v  │
            STOPPED         STOPPING ────────────────────────> STOPPED | FAILED

A stopping job whose worker died is claimed as well, so that somebody ends it. DONE, FAILED and
STOPPED are final.
"""

from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"
    DONE = "DONE"
    FAILED = "FAILED"
    STOPPED = "STOPPED"


HELD: Final = frozenset({JobState.RUNNING, JobState.STOPPING})
OPEN: Final = HELD | {JobState.QUEUED}
FINAL: Final = frozenset(JobState) - OPEN
