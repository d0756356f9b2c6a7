"""The status words of the API and which one may follow which."""

from typing import Final

CREATE_PENDING: Final = "CREATE PENDING"
CREATE_IN_PROGRESS: Final = "CREATE IN_PROGRESS"
ACTIVE: Final = "ACTIVE"
CREATE_FAILED: Final = "CREATE FAILED"
CREATE_STOPPING: Final = "CREATE STOPPING"
CREATE_STOPPED: Final = "CREATE STOPPED"
DELETE_PENDING: Final = "DELETE PENDING"
DELETE_IN_PROGRESS: Final = "DELETE IN_PROGRESS"

STOP_PENDING: Final = "STOP PENDING"
STOP_IN_PROGRESS: Final = "STOP IN_PROGRESS"
INACTIVE: Final = "INACTIVE"
START_PENDING: Final = "START PENDING"
START_IN_PROGRESS: Final = "START IN_PROGRESS"

PENDING: Final = "PENDING"
IN_PROGRESS: Final = "IN_PROGRESS"
COMPLETED: Final = "COMPLETED"
FAILED: Final = "FAILED"

UNFINISHED: Final = frozenset(
    {
        CREATE_PENDING,
        CREATE_IN_PROGRESS,
        CREATE_STOPPING,
        STOP_PENDING,
        STOP_IN_PROGRESS,
        START_PENDING,
        START_IN_PROGRESS,
        PENDING,
        IN_PROGRESS,
    }
)

_FOLLOWERS: Final[dict[str, frozenset[str]]] = {
    CREATE_PENDING: frozenset(
        {CREATE_IN_PROGRESS, ACTIVE, CREATE_FAILED, CREATE_STOPPING, CREATE_STOPPED}
    ),
    CREATE_IN_PROGRESS: frozenset({ACTIVE, CREATE_FAILED, CREATE_STOPPING, CREATE_STOPPED}),
    CREATE_STOPPING: frozenset({CREATE_STOPPED, CREATE_FAILED}),
    CREATE_STOPPED: frozenset({DELETE_PENDING}),
    ACTIVE: frozenset({DELETE_PENDING, STOP_PENDING}),
    CREATE_FAILED: frozenset({DELETE_PENDING, ACTIVE}),
    DELETE_PENDING: frozenset({DELETE_IN_PROGRESS}),
    DELETE_IN_PROGRESS: frozenset(),
    STOP_PENDING: frozenset({STOP_IN_PROGRESS, INACTIVE}),
    STOP_IN_PROGRESS: frozenset({INACTIVE}),
    INACTIVE: frozenset({START_PENDING, DELETE_PENDING}),
    START_PENDING: frozenset({START_IN_PROGRESS, ACTIVE, INACTIVE}),
    START_IN_PROGRESS: frozenset({ACTIVE, INACTIVE}),
    PENDING: frozenset({IN_PROGRESS, COMPLETED, FAILED}),
    IN_PROGRESS: frozenset({COMPLETED, FAILED}),
    COMPLETED: frozenset(),
    FAILED: frozenset(),
}


def may_follow(old: str, new: str) -> bool:
    """Tell whether a resource in status `old` may go to status `new`; staying is allowed."""
    return new == old or new in _FOLLOWERS[old]
