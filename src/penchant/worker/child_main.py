"""The inside of a process that a worker started: messages from the worker in, messages to it out.

Each is a line of JSON on standard input or output. The process ends when its standard input closes,
so that it never outlives its worker, not even one that was killed. A `ValueError` becomes
`{"failure": ...}`; what nobody foresaw goes to standard error, with an exit status that is not 0.
"""

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from typing import Any, TextIO

from penchant import settings as all_settings
from penchant.logs import start_logging
from penchant.settings import Settings
from penchant.store.stores import Stores, open_stores

Hear = Callable[[], dict[str, Any]]
Tell = Callable[[dict[str, Any]], None]


def carry_out(orders: Callable[[Stores, Settings, Hear, Tell], None]) -> None:
    """Do what the worker asks for, and end the process: this never returns.

    Args:
        orders: Given the stores, the settings, the worker's next message and the way to answer.
    """
    tell, hear, status = _mouth(), _ear(), 1
    try:
        settings = all_settings.read()
        start_logging(settings.log_level)
        with closing(open_stores(settings)) as stores:
            orders(stores, settings, hear, tell)
        status = 0
    except ValueError as error:
        tell({"failure": str(error)})
        status = 0
    except BaseException:  # noqa: BLE001  # the last door: whatever it is stands in the log
        traceback.print_exc()
    _leave(status)


def _mouth() -> Tell:
    """Keep standard output for messages; whatever libraries print goes to standard error."""
    stream = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        stream.write(json.dumps(message) + "\n")
        stream.flush()

    return tell


def _ear() -> Hear:
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    return lambda: json.loads(lines.get())


def _listen(stream: TextIO, lines: "queue.Queue[str]") -> None:
    for line in stream:
        lines.put(line)
    _leave(0)


def _leave(status: int) -> None:
    """End at once: tearing down torch and DuckDB costs time and fills the log."""
    sys.stderr.flush()
    os._exit(status)
