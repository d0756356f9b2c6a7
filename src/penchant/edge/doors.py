"""Which way a request goes: a page, one of the three services, or the sandbox."""

from typing import Final

from penchant.domain.arns import Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import ServiceError, UnknownOperationException
from penchant.edge.asgi import Answer, App, Headers, Receive, Scope, Send, exchange_of
from penchant.edge.bodies import ClientGoneError
from penchant.edge.desk import Desk
from penchant.edge.gate import Admitted, Gate
from penchant.edge.refusals import Refusals
from penchant.edge.watchers import bearer_token
from penchant.protocol.catalogue import Apis, Operation
from penchant.protocol.signature_forms import is_signed
from penchant.protocol.sigv4 import Reason, RefusedError

_OURS: Final = "personalize"
_SANDBOXED: Final = frozenset(
    {"s3", "sts", "iam", "ssm", "events", "monitoring", "kms", "logs", "secretsmanager"}
)
_JSON: Final[Headers] = [(b"content-type", b"application/x-amz-json-1.1")]
_REST: Final[Headers] = [(b"content-type", b"application/json")]


class Doors:
    """The innermost application.

    Args:
        apis: The operations of the three services.
        gate: Checks signatures.
        desk: Calls the services.
        pages: Answers unsigned GET requests; raises nothing for paths that it knows.
        sandbox: Answers the other services' requests; None where it is switched off.
        refusals: Writes errors.
    """

    def __init__(
        self,
        apis: Apis,
        gate: Gate,
        desk: Desk,
        pages: App,
        sandbox: App | None,
        refusals: Refusals,
    ) -> None:
        self._apis = apis
        self._gate = gate
        self._desk = desk
        self._pages = pages
        self._sandbox = sandbox
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if _is_page(scope):
            await self._pages(scope, receive, send)
            return
        try:
            admitted = await self._gate.admit(scope, receive)
        except RefusedError as refused:
            await self._refusals.of_refused(scope, refused).write(scope, send)
        except ServiceError as error:
            await self._refusals.of_error(scope, error).write(scope, send)
        except ClientGoneError:
            exchange_of(scope).error = "ClientGone"
        else:
            await self._let_in(scope, admitted, send)

    async def _let_in(self, scope: Scope, admitted: Admitted, send: Send) -> None:
        if admitted.signature.service == _OURS:
            answer = await self._operate(scope, admitted)
            await answer.write(scope, send)
        else:
            await self._to_sandbox(scope, admitted, send)

    async def _operate(self, scope: Scope, admitted: Admitted) -> Answer:
        operation = self._operation(scope)
        if operation is None:
            error = UnknownOperationException(_unknown(scope))
            rest = b"x-amz-target" not in dict(scope["headers"])
            return self._refusals.of_error(scope, error, 404 if rest else 400)
        exchange_of(scope).operation = operation.name
        holder = admitted.holder
        caller = Caller(holder.id, Owner(holder.account, admitted.signature.region))
        try:
            body = await self._desk.serve(operation, caller, admitted.body)
        except ServiceError as error:
            return self._refusals.of_error(scope, error, operation.status_of(error))
        return Answer(200, [*(_REST if operation.is_rest else _JSON)], body)

    def _operation(self, scope: Scope) -> Operation | None:
        for name, value in scope["headers"]:
            if name == b"x-amz-target":
                return self._apis.by_target.get(value.decode("latin-1"))
        return self._apis.by_path.get(scope["path"]) if scope["method"] == "POST" else None

    async def _to_sandbox(self, scope: Scope, admitted: Admitted, send: Send) -> None:
        signature, receive = admitted.signature, admitted.receive
        service = signature.service
        exchange_of(scope).operation = service if service in _SANDBOXED else "other"
        if self._meant_ours(scope):
            refused = RefusedError(
                Reason.MISMATCH,
                f"Credential should be scoped to correct service: '{_OURS}', got '{service}'.",
            )
            await self._refusals.of_refused(scope, refused).write(scope, send)
        elif self._sandbox is None:
            error = UnknownOperationException(
                "This server answers Amazon Personalize only: its sandbox, which answers "
                f"'{service}' too, is off because PENCHANT_S3_ENDPOINT_URL names a real one. "
                f"Send requests of '{service}' there."
            )
            await self._refusals.of_error(scope, error, 501).write(scope, send)
        else:
            scope["penchant.signature"] = signature
            scope["penchant.signing_key"] = admitted.signing_key
            scope["penchant.account"] = admitted.holder.account
            await self._sandbox(scope, receive, send)

    def _meant_ours(self, scope: Scope) -> bool:
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
        return target in self._apis.by_target


def _is_page(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return scope["method"] in ("GET", "HEAD") and (
        not is_signed(headers, scope["query_string"])
        or bool(bearer_token(headers.get(b"authorization", b"")))
    )


def _unknown(scope: Scope) -> str:
    target = dict(scope["headers"]).get(b"x-amz-target")
    if target is not None:
        return f"No operation has the target '{target.decode('latin-1')}'; check X-Amz-Target."
    return f"No operation is reached by {scope['method']} {scope['path']}; check the path."
