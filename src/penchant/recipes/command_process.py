"""Running a program that learns: its words, its end, its time."""

import logging
import queue
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from penchant.domain.recipes.sources import CommandSource
from penchant.recipes import command_guard
from penchant.recipes.contract import Progress, Step

_LOG: Final = logging.getLogger(__name__)
_GRACE_S: Final = 5.0
_PATIENCE_S: Final = 0.5
_PROGRESS: Final = re.compile(r"progress[ =:]+([01](?:\.\d+)?|\.\d+)(?:\s+(.{1,100}))?\s*")
_WORDS_KEPT: Final = 20
_LONGEST_REASON: Final = 1024


def run(
    name: str,
    line: tuple[str, ...],
    variables: Mapping[str, str],
    source: CommandSource,
    root: Path,
    progress: Progress,
) -> None:
    """Run the command line to its end.

    Lines like `progress 0.4 counting pairs` tell how far it is; all lines go to the log.

    Args:
        name: The recipe's.
        line: Program and arguments.
        variables: All the variables it is given.
        source: Where it is run, and for how long.
        root: Stands for `/opt/ml`.
        progress: Asked again and again; what it raises ends the program.

    Raises:
        ValueError: It could not be started, failed or took too long.
    """
    until = time.monotonic() + source.timeout_s
    last: deque[str] = deque(maxlen=_WORDS_KEPT)
    step = Step("learning", 0.0)
    with _guarded(line, variables, source.folder, root) as process:
        for words in _lines(process):
            if words:
                _LOG.info("%s: %s", name, words)
                last.append(words)
                step = _told(words, step)
            progress(step)
            if time.monotonic() > until:
                raise ValueError(
                    f"{name}: the program was ended after timeout_s={source.timeout_s:g}; "
                    "give it longer, or less to learn from"
                )
        status = process.wait()
    if status != 0:
        raise ValueError(_reason(name, status, root / "output" / "failure", last))


@contextmanager
def _guarded(
    line: tuple[str, ...], variables: Mapping[str, str], folder: Path, root: Path
) -> Iterator["subprocess.Popen[str]"]:
    """The command under its guard; both are ended on the way out."""
    process = subprocess.Popen(  # noqa: S603  # declared by who runs this installation
        [sys.executable, "-I", str(command_guard.__file__), str(root), str(_GRACE_S), *line],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dict(variables),
        cwd=folder,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()
        process.stdout.close()


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    """What the program says; an empty text whenever it is silent for a while."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    while True:
        try:
            words = lines.get(timeout=_PATIENCE_S)
        except queue.Empty:
            yield ""
            continue
        if words is None:
            return
        yield words.rstrip()


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    with suppress(ValueError):  # closed under our hands when the training is stopped
        for words in process.stdout:
            lines.put(words)
    lines.put(None)


def _told(words: str, step: Step) -> Step:
    found = _PROGRESS.fullmatch(words)
    if found is None:
        return step
    done = max(step.done, min(1.0, float(found[1])))
    return Step(found[2] or step.stage, done)


def _reason(name: str, status: int, failure: Path, last: deque[str]) -> str:
    """What the program left in `output/failure`, else its last words."""
    text = ""
    if failure.is_file():
        text = failure.read_text(encoding="utf-8", errors="replace").strip()
    text = text or "\n".join(last) or "it said nothing"
    return f"{name}: the program ended with status {status}: {text[-_LONGEST_REASON:]}"
