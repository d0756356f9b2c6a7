"""A child process that is started again whenever it dies, until it is told to stop."""

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How soon a dead child is started again.

    Attributes:
        first_s: Wait after the first death; doubles with each further one.
        longest_s: Upper end of that.
        healthy_s: A child that lived this long is forgiven its earlier deaths.
        stop_s: Time a child has to stop by itself before it is killed.
    """

    first_s: float = 0.5
    longest_s: float = 30.0
    healthy_s: float = 60.0
    stop_s: float = 20.0


class KeptChild:
    """Keeps one command running; its standard input stays open as long as we live."""

    def __init__(
        self, command: Sequence[str], say: Callable[[str], None], patience: Patience | None = None
    ) -> None:
        self._command = tuple(command)
        self._say = say
        self._patience = patience or Patience()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="kept-child", daemon=True)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the command and keep it running from now on."""
        self._child = self._spawn()
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process id of the present child; None before the start."""
        return self._child.pid if self._child else None

    def stop(self) -> int | None:
        """Stop the child with SIGTERM, kill it when it takes too long; its exit status."""
        self._stopping.set()
        if self._child is None:
            return None
        self._thread.join(self._patience.stop_s + 5)
        return self._child.returncode

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            stdin=subprocess.PIPE,
            process_group=0,  # a terminal's Ctrl-C is for us alone
        )

    def _keep(self) -> None:
        wait_s = self._patience.first_s
        while True:
            born = time.monotonic()
            status = self._wait_for_death_or_stop()
            if status is None or self._stopping.is_set():
                self._end()
                return
            if time.monotonic() - born > self._patience.healthy_s:
                wait_s = self._patience.first_s
            self._say(f"the worker ended with status {status}; starting it again in {wait_s:g} s")
            self._close_lifeline()
            if self._stopping.wait(wait_s):
                return
            wait_s = min(2 * wait_s, self._patience.longest_s)
            self._child = self._spawn()

    def _wait_for_death_or_stop(self) -> int | None:
        """The status of the dead child, or None when it is time to stop."""
        assert self._child is not None
        while not self._stopping.is_set():
            try:
                return self._child.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
        return None

    def _end(self) -> None:
        assert self._child is not None
        self._child.terminate()
        try:
            self._child.wait(timeout=self._patience.stop_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._close_lifeline()

    def _close_lifeline(self) -> None:
        if self._child and self._child.stdin:
            self._child.stdin.close()
