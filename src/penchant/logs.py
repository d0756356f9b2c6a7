"""What every process of an installation writes to standard error, and how."""

import logging
from typing import Final

_CHATTY: Final = ("alembic", "botocore", "uvicorn")


def start_logging(level: str) -> None:
    """Log lines of `level` and above; what libraries say of their daily work is left out."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
