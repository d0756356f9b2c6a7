"""The sandbox: what stands beside Personalize when one address has to serve a whole program."""

from collections.abc import Callable
from pathlib import Path

from penchant.protocol.virtual_hosts import DOMAINS
from penchant.sandbox.account import SERVICES, Account, failure
from penchant.sandbox.asgi import App, Receive, Scope, Send
from penchant.sandbox.metrics import Told
from penchant.sandbox.s3.application import S3
from penchant.sandbox.temporary_keys import TemporaryKey


def application(
    root: Path,
    *,
    account: str = "000000000000",
    domains: tuple[str, ...] = DOMAINS,
    register: Callable[[TemporaryKey], None] | None = None,
    metrics: Told | None = None,
) -> App:
    """Make the sandbox as an ASGI application for requests whose signature was checked.

    It routes by the service in the signature's scope and expects in the connection's scope
    `penchant.signature`, `penchant.signing_key` and `penchant.account`.

    Args:
        root: Folder of the buckets.
        account: Owns folders in it that were made by hand.
        domains: Host names below which `<bucket>.<domain>` names a bucket.
        register: Called with each temporary key that STS gives out; without it such keys are
            given out but unknown to whoever checks signatures.
        metrics: What CloudWatch tells of Personalize; without it, what programs put there alone.
    """
    apps: dict[str, App] = {"s3": S3(root, account, domains)}
    small_services = Account(register or _forget, metrics)
    apps |= dict.fromkeys(SERVICES, small_services)

    async def sandbox(scope: Scope, receive: Receive, send: Send) -> None:
        service = scope["penchant.signature"].service
        app = apps.get(service)
        if app is None:
            known = ", ".join(sorted(apps))
            message = f"Service {service!r} is not served here, only personalize, {known}."
            await failure(scope, 501, "NotImplemented", message).give(send)
            return
        await app(scope, receive, send)

    return sandbox


def _forget(key: TemporaryKey) -> None:
    del key
