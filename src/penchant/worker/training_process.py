"""A training in a process of its own: one order in, a line of JSON per step out.

An order is `{"do": ..., "version_arn": ..., "folder": ...}`: what to do, for which solution
version, and where the artifact goes.

Lines on standard output are `{"step": {...}}` while it learns, then one of `{"result": {...}}` and
`{"failure": "..."}`. The process ends when its standard input closes, so that it never outlives
its worker, not even one that was killed. What nobody foresaw goes to standard error, with an exit
status that is not 0.
"""

import json
import os
import sys
import threading
import traceback
from types import TracebackType
from typing import Any, Final, TextIO

from penchant import settings as all_settings
from penchant.logs import start_logging
from penchant.store.stores import open_stores
from penchant.worker.learning import learn
from penchant.worker.renewing import renew

_ORDERS: Final = {"learn": learn, "renew": renew}


def main() -> None:
    """Read the order from standard input and train."""
    sys.excepthook = _die
    order = json.loads(sys.stdin.readline())
    answers = _own_standard_output()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = all_settings.read()
    start_logging(settings.log_level)
    stores = open_stores(settings)
    try:
        result = _ORDERS[order["do"]](
            stores,
            settings,
            order["version_arn"],
            order["folder"],
            lambda step: _tell(answers, {"step": step}),
        )
        _tell(answers, {"result": result})
    except ValueError as error:
        _tell(answers, {"failure": str(error)})
    stores.close()
    _leave(0)


def _tell(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _own_standard_output() -> TextIO:
    """Keep standard output for answers; whatever libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _die(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    traceback.print_exception(kind, error, trace)
    _leave(1)


def _leave(status: int) -> None:
    """End at once: tearing down torch and DuckDB costs time and fills the log."""
    sys.stderr.flush()
    os._exit(status)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
