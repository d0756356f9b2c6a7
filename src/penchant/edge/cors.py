"""Leave for browsers to call from any page."""

from typing import Final

from penchant.edge.asgi import Answer, App, Message, Receive, Scope, Send, exchange_of

_EXPOSED: Final = b"x-amzn-requestid, x-amzn-errortype, x-amz-request-id, etag, date"


class Cors:
    """Opens every answer to every page: requests carry signatures, never cookies."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer preflights, and mark the answers that a page may read."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        if origin is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            exchange_of(scope).operation = "preflight"
            await _preflight(scope).write(scope, send)
        else:
            await self._app(scope, receive, _marked(send))


def _marked(send: Send) -> Send:
    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if not _is_cors(pair[0])]
            added = [
                (b"access-control-allow-origin", b"*"),
                (b"access-control-expose-headers", _EXPOSED),
            ]
            message["headers"] = kept + added
        await send(message)

    return send_marked


def _is_cors(name: bytes) -> bool:
    return name.lower().startswith(b"access-control-")


def _preflight(scope: Scope) -> Answer:
    asked = dict(scope["headers"])
    return Answer(
        200,
        [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, DELETE"),
            # a browser takes no `*` for Authorization
            (b"access-control-allow-headers", asked.get(b"access-control-request-headers", b"*")),
            (b"access-control-max-age", b"86400"),
        ],
        b"",
    )
