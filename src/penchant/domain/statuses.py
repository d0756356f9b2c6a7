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

UNFINISHED: Final = frozenset({CREATE_PENDING, CREATE_IN_PROGRESS, CREATE_STOPPING})

_FOLLOWERS: Final[dict[str, frozenset[str]]] = {
    CREATE_PENDING: frozenset(
        {CREATE_IN_PROGRESS, ACTIVE, CREATE_FAILED, CREATE_STOPPING, CREATE_STOPPED}
    ),
    CREATE_IN_PROGRESS: frozenset({ACTIVE, CREATE_FAILED, CREATE_STOPPING, CREATE_STOPPED}),
    CREATE_STOPPING: frozenset({CREATE_STOPPED, CREATE_FAILED}),
    CREATE_STOPPED: frozenset({DELETE_PENDING}),
    ACTIVE: frozenset({DELETE_PENDING}),
    CREATE_FAILED: frozenset({DELETE_PENDING, ACTIVE}),
    DELETE_PENDING: frozenset({DELETE_IN_PROGRESS}),
    DELETE_IN_PROGRESS: frozenset(),
}


def may_follow(old: str, new: str) -> bool:
    """Tell whether a resource in status `old` may go to status `new`; staying is allowed."""
    return new == old or new in _FOLLOWERS[old]
