"""Whether an address can be listened on, asked before anything is started."""

import errno
import os
import socket
from typing import Final

from penchant.cli.refusal import Refusal

_LAST_PORT: Final = 65535
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - a name, not a choice


def require_free(host: str, port: int) -> None:
    """Return if a server could listen at `host` and `port` now.

    Raises:
        Refusal: The port is taken, reserved or no port, or the host is not this machine's.
    """
    if not 0 <= port <= _LAST_PORT:
        raise Refusal(f"port {port} is not between 0 and {_LAST_PORT}; name another with --port")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Refusal(f"{host!r} is no address of this machine; try --host 127.0.0.1") from None
    except OSError as error:
        raise Refusal(_explanation(error, host, port)) from None


def _explanation(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; name another with --port, or --port 0 for any"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights; name one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is no address of this machine; try --host 127.0.0.1"
    return f"can't listen at {host}:{port}: {os.strerror(error.errno or 0)}"


def for_clients(address: str) -> str:
    """The address a client on this machine uses for a server that listens at `address`."""
    for everywhere, loopback in _EVERYWHERE.items():
        address = address.replace(f"//{everywhere}:", f"//{loopback}:")
        address = address.replace(f"//[{everywhere}]:", f"//{loopback}:")
    return address
