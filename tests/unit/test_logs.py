"""What the log looks like, to people and to programs."""

import logging
import os
import pty
import subprocess
import sys

import pytest

from penchant.logs import ForPeople

PROGRAM = """
import logging
from penchant.logs import start_logging
start_logging("INFO")
logging.getLogger("penchant.worker").info("import %s: begun", "x")
logging.getLogger("penchant.worker").warning("wait")
logging.getLogger("botocore").info("chatter")
"""


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def test_a_terminal_gets_the_time_of_day_and_the_words(terminal):
    ours, theirs = terminal
    subprocess.run([sys.executable, "-c", PROGRAM], stderr=theirs, check=True)
    os.close(theirs)
    lines = os.read(ours, 4096).decode().splitlines()
    assert [line[8:] for line in lines] == [" import x: begun", " WARNING: wait"]


def test_a_pipe_gets_date_level_and_who_says_so():
    written = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stderr
    first, second = written.splitlines()
    assert first.endswith(" INFO penchant.worker import x: begun")
    assert second.endswith(" WARNING penchant.worker wait")


def test_a_traceback_follows_its_line():
    try:
        raise RuntimeError("cut")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "it failed", (), sys.exc_info())
    line, *trace = ForPeople().format(record).splitlines()
    assert line.endswith(" ERROR: it failed")
    assert trace[-1] == "RuntimeError: cut"
