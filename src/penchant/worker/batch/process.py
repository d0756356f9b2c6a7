"""A process that answers parts of a batch job: an order and parts in, a line of JSON per part out.

The order is `{"job_arn": ..., "folder": ..., "artifact": ..., "moment": ...}`: the job, its folder
(`worker.batch.folder`) and the artifact to answer from, both relative to the data folder, and the
moment of asking. Each further line of standard input is a part; for each a line `{"part": {...}}`
comes out when it is answered, or `{"failure": "..."}`, and the process ends. It ends too when its
standard input closes, so that it never outlives its worker, not even one that was killed.
"""

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any, TextIO

from penchant import settings as all_settings
from penchant.logs import start_logging
from penchant.serving.batch_lines import answered
from penchant.settings import Settings
from penchant.store.stores import open_stores
from penchant.worker.batch.answering import answerer
from penchant.worker.batch.folder import BatchFolder, Part


def main() -> None:
    """Read the order and answer parts until no more come."""
    answers = _own_standard_output()
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    status = 1
    try:
        settings = all_settings.read()
        start_logging(settings.log_level)
        for message in _work(settings, json.loads(lines.get()), lines):
            answers.write(json.dumps(message) + "\n")
            answers.flush()
        status = 0
    except Exception:  # noqa: BLE001  # the last door: whatever it is stands in the log
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(status)


def _work(
    settings: Settings, order: dict[str, Any], lines: "queue.Queue[str]"
) -> Iterator[dict[str, Any]]:
    folder = BatchFolder(settings.data_dir / order["folder"])
    try:
        with closing(open_stores(settings)) as stores:
            names = ("job_arn", "artifact", "moment")
            found = answerer(stores, settings, *(order[name] for name in names))
            while True:
                part = Part(**json.loads(lines.get()))
                folder.keep(part, answered(folder.lines(part), found))
                yield {"part": asdict(part)}
    except ValueError as error:
        yield {"failure": str(error)}


def _read(lines: "queue.Queue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _own_standard_output() -> TextIO:
    """Keep standard output for answers; whatever libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()
