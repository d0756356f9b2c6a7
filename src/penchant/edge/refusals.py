"""Errors as answers: which protocol the client speaks and what it calls the error."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from penchant.domain.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    ServiceError,
    UnrecognizedClientException,
)
from penchant.edge.asgi import Answer, Scope, exchange_of
from penchant.protocol import faults
from penchant.protocol.faults import Dialect, Fault
from penchant.protocol.sigv2 import MARK
from penchant.protocol.sigv4 import Reason, RefusedError

_CLAIMED: Final = re.compile(rb"/([a-z0-9-]{1,40})(?:/|%2F)aws4_request", re.IGNORECASE)
_QUERY_SERVICES: Final = frozenset({"sts", "iam", "monitoring", "sns", "sqs"})

_MODELLED: Final[Mapping[Reason, type[ServiceError]]] = {
    Reason.MISSING: MissingAuthenticationTokenException,
    Reason.INCOMPLETE: IncompleteSignatureException,
    Reason.UNKNOWN_KEY: UnrecognizedClientException,
}
_QUERY: Final = {
    Reason.MISSING: ("MissingAuthenticationToken", 403),
    Reason.INCOMPLETE: ("IncompleteSignature", 400),
    Reason.UNKNOWN_KEY: ("InvalidClientTokenId", 403),
}
_S3: Final = {
    Reason.MISSING: ("AccessDenied", 403),
    Reason.INCOMPLETE: ("AuthorizationHeaderMalformed", 400),
    Reason.UNKNOWN_KEY: ("InvalidAccessKeyId", 403),
    Reason.WRONG_BODY: ("XAmzContentSHA256Mismatch", 400),
    Reason.SKEWED: ("RequestTimeTooSkewed", 403),
    Reason.EXPIRED: ("AccessDenied", 403),
}
_S3_WORDS: Final = {
    Reason.MISSING: "Access Denied",
    Reason.UNKNOWN_KEY: "The AWS Access Key Id you provided does not exist in our records.",
    Reason.SKEWED: "The difference between the request time and the current time is too large.",
    Reason.EXPIRED: "Request has expired",
}
_S3_ERRORS: Final = {
    "InternalFailure": "InternalError",
    "UnknownOperationException": "NotImplemented",
}


class Refusals:
    """Answers with an error in the dialect of the request.

    Args:
        rest_paths: The paths of the REST-JSON operations.
    """

    def __init__(self, rest_paths: Collection[str]) -> None:
        self._rest_paths = frozenset(rest_paths)

    def of_refused(self, scope: Scope, refused: RefusedError) -> Answer:
        """Answer to a request that is not signed, or not rightly."""
        dialect = self.dialect_of(scope)
        reason, message = refused.reason, refused.message
        if dialect is Dialect.S3:
            code, status = _S3.get(reason, ("SignatureDoesNotMatch", 403))
            message = _S3_WORDS.get(reason, message)
        elif dialect is Dialect.QUERY:
            code, status = _QUERY.get(reason, ("SignatureDoesNotMatch", 403))
        else:
            error = _MODELLED.get(reason, InvalidSignatureException)
            code, status = error.__name__, error.http_status
        return self._answer(scope, Fault(code, message, status, scope["path"]), dialect)

    def of_error(self, scope: Scope, error: ServiceError, status: int | None = None) -> Answer:
        """Answer to a request that failed; `status` overrides the error's own."""
        dialect = self.dialect_of(scope)
        code = _S3_ERRORS.get(error.code, error.code) if dialect is Dialect.S3 else error.code
        fault = Fault(code, error.message, status or error.http_status, scope["path"])
        return self._answer(scope, fault, dialect)

    def dialect_of(self, scope: Scope) -> Dialect:
        """Guess the protocol from the head of the request, signed or not."""
        headers = dict(scope["headers"])
        service = _claimed_service(headers.get(b"authorization", b"") or scope["query_string"])
        if b"smithy-protocol" in headers:
            return Dialect.CBOR
        if b"x-amz-target" in headers:
            return Dialect.JSON
        if not service and MARK in scope["query_string"]:
            return Dialect.S3
        if service == "personalize" or (not service and self._is_rest(scope)):
            return Dialect.REST_JSON
        form = headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded")
        if service in _QUERY_SERVICES or (not service and form):
            return Dialect.QUERY
        return Dialect.S3

    def _is_rest(self, scope: Scope) -> bool:
        return scope["method"] == "POST" and scope["path"] in self._rest_paths

    def _answer(self, scope: Scope, fault: Fault, dialect: Dialect) -> Answer:
        exchange = exchange_of(scope)
        exchange.error = fault.code
        headers, body = faults.write(fault, dialect, exchange.request_id)
        return Answer(fault.status, headers, body)


def _claimed_service(text: bytes) -> str:
    found = _CLAIMED.search(text.replace(b"%2F", b"/"))
    return found[1].decode() if found else ""
