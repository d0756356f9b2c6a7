"""A real child process, killed and started again."""

import os
import signal
import sys

import pytest

from penchant.cli.supervision import KeptChild, Patience

from ...waiting import until

QUICK = Patience(first_s=0.05, longest_s=0.2, healthy_s=60, stop_s=5)
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def said():
    return []


def test_a_killed_child_is_started_again_and_that_is_said(said):
    child = KeptChild(SLEEP, said.append, QUICK)
    child.start()
    try:
        first = child.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: child.pid != first)
        assert alive(child.pid)
        assert said == ["the worker ended with status -9; starting it again in 0.05 s"]
    finally:
        child.stop()


def test_the_wait_doubles_up_to_the_longest(said):
    child = KeptChild((sys.executable, "-c", "raise SystemExit(3)"), said.append, QUICK)
    child.start()
    try:
        until(lambda: len(said) >= 4)
    finally:
        child.stop()

    waits = [line.rsplit(" in ", 1)[1] for line in said[:4]]
    assert waits == ["0.05 s", "0.1 s", "0.2 s", "0.2 s"]


def test_stop_ends_the_child_with_sigterm(said):
    child = KeptChild(SLEEP, said.append, QUICK)
    child.start()
    pid = child.pid

    assert child.stop() == -signal.SIGTERM
    assert not alive(pid)
    assert said == []


def test_a_child_that_ignores_sigterm_is_killed(said, tmp_path):
    ready = tmp_path / "ready"
    stubborn = (
        "import signal, pathlib, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    child = KeptChild((sys.executable, "-c", stubborn), said.append, Patience(stop_s=0.2))
    child.start()
    until(ready.exists)

    assert child.stop() == -signal.SIGKILL


def test_stop_before_start_does_nothing(said):
    assert KeptChild(SLEEP, said.append, QUICK).stop() is None


def test_stop_while_a_restart_is_due_starts_no_other(said):
    slow = Patience(first_s=60)
    child = KeptChild((sys.executable, "-c", ""), said.append, slow)
    child.start()
    until(lambda: said)
    pid = child.pid

    child.stop()

    assert child.pid == pid
