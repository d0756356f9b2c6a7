"""Connections after an answer that came before the body did."""

from typing import Final

from penchant.edge.asgi import App, Message, Receive, Scope, Send

_CLOSE: Final = (b"connection", b"close")


class Unread:
    """Ends a connection whose client was never told to send the body that it announced.

    A client that sends `Expect: 100-continue` keeps its body back until it is asked for. Answered
    before that, it must not send the body and may not go on either: the server would take the next
    request for the body (RFC 9110, section 10.1.1). Everybody else sends the body in any case, and
    the server reads and drops the rest; closing then would reset the connection under the client
    that still writes, and lose the answer.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with `connection: close` where the body was awaited and not asked for."""
        if any(name == b"expect" for name, _ in scope["headers"]):
            await self._answer_waiting(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_waiting(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked_for = False

        async def ask() -> Message:
            nonlocal asked_for
            asked_for = True
            return await receive()

        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start" and not asked_for:
                message["headers"] = [*message.get("headers", ()), _CLOSE]
            await send(message)

        await self._app(scope, ask, send_last)
