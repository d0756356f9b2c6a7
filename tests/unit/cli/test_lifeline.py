"""A child that does not outlive its parent."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from penchant.cli import lifeline

from ...waiting import until

GRANDCHILD = (
    "from penchant.cli import lifeline; import os, time; lifeline.stop_when_closed(0);"
    "print(os.getpid(), flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys;"
    f"subprocess.Popen([sys.executable, '-c', {GRANDCHILD!r}], stdin=subprocess.PIPE).wait()"
)


def test_nothing_happens_while_the_other_end_is_open():
    reading, writing = os.pipe()
    stopped = threading.Event()
    lifeline.stop_when_closed(reading, stopped.set)

    os.write(writing, b"still here")
    assert not stopped.wait(0.05)

    os.close(writing)
    assert stopped.wait(5)
    os.close(reading)


def test_a_child_ends_when_its_parent_is_killed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    until(lambda: not _running(child))


def _running(pid):
    """Whether a process runs; an orphan that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
