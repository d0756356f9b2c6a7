"""The account's small services (IAM, STS, SSM, EventBridge, CloudWatch, KMS), through moto.

Their state lives in this process's memory: it is gone after a restart, and processes do not share
it; what CloudWatch tells of Personalize itself is kept in the database. Roles and policies are kept
and given back, not enforced. Moto is loaded with the first request to any of them, in a thread, so
that nobody who needs S3 alone waits for it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from anyio import Lock, to_thread

from penchant.protocol import faults
from penchant.protocol.faults import Dialect, Fault
from penchant.sandbox.asgi import App, Message, Receive, Scope, Send
from penchant.sandbox.cloudwatch import provide, replace_periods
from penchant.sandbox.metrics import Told
from penchant.sandbox.s3 import xml
from penchant.sandbox.temporary_keys import TemporaryKey

SERVICES: Final = {
    "events": "events",
    "iam": "iam",
    "kms": "kms",
    "monitoring": "cloudwatch",
    "ssm": "ssm",
    "sts": "sts",
}
_ACCOUNT: Final = b"x-moto-account-id"


class MissingExtraError(RuntimeError):
    """What the small services need is not installed."""


@dataclass(slots=True)
class Answer:
    """An answer that is held back until it was looked at."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Take what an application sends."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    async def give(self, send: Send) -> None:
        """Send it on."""
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


class Account:
    """The small services of every account.

    Args:
        register: Called with each temporary key that is given out, so that it can be used.
        metrics: What CloudWatch tells of Personalize; None for nothing.
    """

    def __init__(
        self, register: Callable[[TemporaryKey], None], metrics: Told | None = None
    ) -> None:
        self._register = register
        self._metrics = metrics
        self._provider: type[Any] | None = None  # moto knows it for as long as it is kept here
        self._apps: dict[str, App] = {}
        self._loading = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        service = scope["penchant.signature"].service
        answer = Answer()
        try:
            app = await self._app(service)
            await app(_as_account(scope), receive, answer.take)
            answer.headers = [h for h in answer.headers if not _is_of_edge(h[0])]
            if service == "sts" and answer.status < 300:
                self._register_from(answer.body, scope)
        except MissingExtraError as missing:
            answer = failure(scope, 501, "NotImplemented", str(missing))
        except PermissionError as refused:
            answer = failure(scope, 403, "AccessDenied", str(refused))
        await answer.give(send)

    async def _app(self, service: str) -> App:
        async with self._loading:
            if service not in self._apps:
                self._apps[service] = await to_thread.run_sync(_load, SERVICES[service])
                if service == "monitoring" and self._metrics is not None:
                    self._provider = provide(self._metrics)
        return self._apps[service]

    def _register_from(self, body: bytes, scope: Scope) -> None:
        """Make the keys in an answer known, if there are any in it."""
        key = _temporary_key(body, scope)
        if key is None:
            return
        if key.account != scope["penchant.account"]:
            raise PermissionError(
                f"Account {scope['penchant.account']} may not assume a role of account "
                f"{key.account}. Assume a role of your own account."
            )
        self._register(key)


def _load(backend: str) -> App:
    """Load one of moto's services; the first one takes seconds.

    Raises:
        MissingExtraError: Moto is not installed.
    """
    try:
        from a2wsgi import WSGIMiddleware  # noqa: PLC0415  # an extra, and slow
        from moto.core.config import default_user_config  # noqa: PLC0415  # as above
        from moto.moto_server.werkzeug_app import create_backend_app  # noqa: PLC0415  # as above
    except ImportError as error:
        raise MissingExtraError(
            f"The built-in IAM, STS, SSM, EventBridge, CloudWatch and KMS need {error.name}, which "
            "is not installed. Run: pip install 'penchant[sandbox]'"
        ) from None
    default_user_config["iam"]["load_aws_managed_policies"] = True
    if backend == SERVICES["monitoring"]:
        replace_periods()
    make: Any = create_backend_app  # its type names every service of AWS
    middleware: Any = WSGIMiddleware
    app: App = middleware(make(backend), workers=4)
    return app


def _as_account(scope: Scope) -> Scope:
    """The scope with the caller's account for moto, which trusts what stands there."""
    headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
    kept = [h for h in headers if not h[0].lower().replace(b"_", b"-").startswith(b"x-moto-")]
    return {**scope, "headers": [*kept, (_ACCOUNT, scope["penchant.account"].encode())]}


def _is_of_edge(name: bytes) -> bool:
    return name.startswith((b"access-control-", b"x-amzn-requestid", b"server"))


def _temporary_key(body: bytes, scope: Scope) -> TemporaryKey | None:
    if b"<SecretAccessKey>" not in body:
        return None
    told = xml.read(body)
    arn = told.findtext(".//AssumedRoleUser/Arn") or ""
    return TemporaryKey(
        id=told.findtext(".//AccessKeyId") or "",
        secret=told.findtext(".//SecretAccessKey") or "",
        session_token=told.findtext(".//SessionToken") or "",
        account=arn.split(":")[4] if arn else scope["penchant.account"],
        expires_at=datetime.fromisoformat(told.findtext(".//Expiration") or ""),
        issued_to=scope["penchant.signature"].access_key_id,
    )


def failure(scope: Scope, status: int, code: str, message: str) -> Answer:
    """An error in the form that the request's protocol, JSON or query, has."""
    is_json = any(name == b"x-amz-target" for name, _ in scope["headers"])
    dialect = Dialect.JSON if is_json else Dialect.QUERY
    headers, body = faults.write(Fault(code, message, status), dialect, str(uuid.uuid4()))
    return Answer(status, headers, body)
