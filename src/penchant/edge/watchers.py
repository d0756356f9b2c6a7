"""Who may read `/metrics`, which tells of every account at once."""

import hmac
from ipaddress import ip_address
from typing import Final

from starlette.responses import PlainTextResponse, Response

from penchant.edge.asgi import Scope

_SCHEME: Final = b"bearer "
_UNKNOWN_WATCHER: Final = "Send the token of PENCHANT_METRICS_TOKEN: Authorization: Bearer TOKEN.\n"
_NOT_FROM_HERE: Final = (
    "Metrics are told on the server's own machine alone; to read them from elsewhere, start it with"
    " PENCHANT_METRICS_TOKEN and send that: Authorization: Bearer TOKEN.\n"
)


class Watchers:
    """Whoever has the token; where there is none, whoever asks from this machine.

    Args:
        token: The bearer token; empty for none.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def refuse(self, scope: Scope) -> Response | None:
        """The answer to somebody who may not read; None to those who may."""
        if not self._token:
            return None if _is_from_here(scope) else PlainTextResponse(_NOT_FROM_HERE, 403)
        sent = bearer_token(dict(scope["headers"]).get(b"authorization", b""))
        if hmac.compare_digest(sent, self._token):
            return None
        return PlainTextResponse(_UNKNOWN_WATCHER, 401, {"www-authenticate": "Bearer"})


def bearer_token(authorization: bytes) -> bytes:
    """The token of such a header; empty for a header of another kind."""
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return b""
    return authorization[len(_SCHEME) :].strip()


def _is_from_here(scope: Scope) -> bool:
    """Whether the client is on this machine, and no proxy says that it asks for somebody else."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
