"""`penchant up`: the API in this process, a worker beside it, everything below one folder."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from penchant import app
from penchant.cli import lifeline
from penchant.cli.data_folder import DataFolder
from penchant.cli.greeting import greet
from penchant.cli.listening import for_clients, require_free
from penchant.cli.options import (
    AccessLog,
    Data,
    Host,
    Port,
    UntilStdinCloses,
    settings_of,
    told,
)
from penchant.cli.refusal import Refusal
from penchant.cli.start import prepare
from penchant.cli.supervision import KeptChild
from penchant.cli.terminal import complain, out
from penchant.settings import Settings


def up(
    data: Data = None,
    host: Host = None,
    port: Port = None,
    access_log: AccessLog = False,
    until_stdin_closes: UntilStdinCloses = False,
) -> None:
    """Run everything: the API, a worker and the built-in S3, with all data below one folder."""
    settings = settings_of(data, host=host, port=port, access_log=told(access_log))
    if until_stdin_closes:
        lifeline.stop_when_closed(sys.stdin.fileno())
    require_free(settings.host, settings.port)
    folder = prepare(settings)
    with folder.held() as first:
        if not first:
            raise Refusal(
                f"another server has {folder.path}; stop it, name another folder with --data, or"
                " add an API process with `penchant serve`"
            )
        with _worker(settings.data_dir):
            app.serve(settings, lambda address: announce(settings, folder, address))


@contextmanager
def _worker(data_dir: Path) -> Iterator[None]:
    """A worker that runs as long as the block does, begun again when it dies."""
    worker = KeptChild(worker_command(data_dir), complain)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def worker_command(data_dir: Path) -> Sequence[str]:
    """The command line of a worker that ends when this process does."""
    return (
        *(sys.executable, "-m", "penchant", "work"),
        *("--data", os.fspath(data_dir), "--until-stdin-closes"),
    )


def announce(
    settings: Settings, folder: DataFolder, address: str, *, first: bool = True, jobs: bool = True
) -> None:
    """Note where the server answers, then say so.

    Args:
        settings: Of the server.
        folder: Its data folder.
        address: Where it listens.
        first: No other server of the folder is noted.
        jobs: A worker was started with it, or there may be one.
    """
    reachable = for_clients(address)
    if first:
        folder.write_endpoint(reachable, settings.region)
    greet(out(), reachable, folder, jobs=jobs)
