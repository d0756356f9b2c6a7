"""The server a demo talks to: the one that answers already, or one of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from penchant.cli.data_folder import DataFolder
from penchant.cli.refusal import Refusal

_START_S: Final = 120.0
_STOP_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `own` tells whether this demo started it."""

    folder: DataFolder
    address: str
    own: bool
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def client(self, service: str) -> Any:
        """A boto3 client with the administrator's key, made once per service."""
        if service not in self._clients:
            self._clients[service] = self._made(service)
        return self._clients[service]

    def _made(self, service: str, **config: Any) -> Any:
        key = self.folder.read_key()
        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name=self.folder.read_region(),
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            config=Config(proxies={}, **config),
        )

    def answers(self) -> bool:
        """Whether a signed call succeeds within two seconds."""
        try:
            once = {"connect_timeout": 2, "read_timeout": 2, "retries": {"total_max_attempts": 1}}
            self._made("personalize", **once).list_recipes()
        except (BotoCoreError, ClientError):
            return False
        return True


@contextmanager
def running(folder: DataFolder) -> Iterator[Server]:
    """The folder's server if it answers, else a new one that ends with this block.

    Raises:
        Refusal: A server of our own does not come up; its last lines are told.
    """
    folder.claim()
    found = _found(folder)
    if found:
        yield found
        return
    folder.endpoint.unlink(missing_ok=True)
    log = folder.path / "server.log"
    child = _start(folder.path, log)
    try:
        yield _wait(folder, child, log)
    finally:
        _stop(child)


def _found(folder: DataFolder) -> Server | None:
    with suppress(Refusal):
        server = Server(folder, folder.read_endpoint(), own=False)
        return server if server.answers() else None
    return None


def _start(path: Path, log: Path) -> subprocess.Popen[bytes]:
    command = (
        *(sys.executable, "-m", "penchant", "up", "--data", os.fspath(path)),
        *("--host", "127.0.0.1", "--port", "0", "--until-stdin-closes"),
    )
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait(folder: DataFolder, child: subprocess.Popen[bytes], log: Path) -> Server:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and child.poll() is None:
        if folder.endpoint.exists():
            server = Server(folder, folder.read_endpoint(), own=True)
            if server.answers():
                return server
        time.sleep(0.05)
    last = " / ".join(log.read_text("utf-8", errors="replace").splitlines()[-3:])
    raise Refusal(f"the server did not start; {log} ends with: {last}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdin:
        child.stdin.close()
