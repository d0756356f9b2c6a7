"""A private PostgreSQL cluster for the tests: own folder, own port, never the machine's server."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, or None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return candidates[0].parent if candidates else None


def unprivileged_user() -> str | None:
    """Whom to run the server as: None for ourselves; root has to become `postgres`."""
    return "postgres" if os.getuid() == 0 else None


def missing() -> str:
    """Why no cluster can be started here; empty when one can."""
    if binaries() is None:
        return "PostgreSQL is not installed (no initdb on the path)"
    user = unprivileged_user()
    if user is not None and user not in {entry.pw_name for entry in pwd.getpwall()}:
        return "running as root, and there is no user postgres to run the server as"
    return ""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A running cluster below `folder`; yields the address of its empty database."""
    user = unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    port = _free_port()
    _run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", cwd=folder)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    _run("pg_ctl", "-D", "data", "-l", "log", "-o", options, "-w", "start", cwd=folder)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop", cwd=folder)


def _run(program: str, *arguments: str, cwd: Path) -> None:
    folder = binaries()
    assert folder is not None
    done = subprocess.run(
        [folder / program, *arguments],
        cwd=cwd,
        user=unprivileged_user(),
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, (program, done.stdout)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
