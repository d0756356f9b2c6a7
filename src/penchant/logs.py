"""What every process of an installation writes to standard error, and how."""

import logging
import sys
from typing import Final

_CHATTY: Final = ("alembic", "botocore", "uvicorn")
_FULL: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def start_logging(level: str) -> None:
    """Log lines of `level` and above; what libraries say of their daily work is left out.

    A terminal gets shorter lines than a file or a pipe.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(ForPeople() if sys.stderr.isatty() else logging.Formatter(_FULL))
    logging.basicConfig(level=level, handlers=[handler])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class ForPeople(logging.Formatter):
    """The time of day and what happened; how bad it is where it is bad.

    A record whose `extra` has a `brief` is told by that.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard's name
        """The line without a traceback, which follows it."""
        text = getattr(record, "brief", record.message)
        level = f"{record.levelname}: " if record.levelno >= logging.WARNING else ""
        return f"{record.asctime} {level}{text}"
