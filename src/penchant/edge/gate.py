"""Who is asking: every signed request passes here before anything is done for it."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from penchant.edge.asgi import Receive, Scope, exchange_of
from penchant.edge.bodies import read_body, replay
from penchant.edge.keys import KeyHolder, KeyLookup, session_token_of
from penchant.protocol import canonical, sigv2
from penchant.protocol.signature_forms import is_version_2, read, session_token
from penchant.protocol.sigv4 import Reason, RefusedError, Signature, SignedRequest
from penchant.protocol.verification import verify
from penchant.protocol.virtual_hosts import bucket_of


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose signature is right.

    Attributes:
        signature: As it was sent, now believed.
        signing_key: What it was signed with, and what chunks of the body are signed with; empty
            for a URL presigned by Version 2, which has no such key.
        holder: The access key.
        body: Read and covered by the signature; empty for S3, whose sandbox reads it itself.
        receive: Hands out the body, as if nobody had read it.
    """

    signature: Signature
    signing_key: bytes
    holder: KeyHolder
    body: bytes
    receive: Receive


class Gate:
    """Verifies signatures.

    Args:
        keys: Who holds which access key.
        clock: The present moment.
        skew_s: How far a signature's time may be from it.
        max_body_bytes: Longest body of any service but S3.
        region: What requests are taken to be meant for that do not name a region.
    """

    def __init__(
        self,
        keys: KeyLookup,
        clock: Callable[[], datetime],
        skew_s: int,
        max_body_bytes: int,
        region: str,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._skew_s = skew_s
        self._max_body_bytes = max_body_bytes
        self._region = region

    async def admit(self, scope: Scope, receive: Receive) -> Admitted:
        """Verify the signature of a request.

        Raises:
            RefusedError: It is not signed, or not rightly.
            RequestEntityTooLargeException: Its body is too long.
            ClientGoneError: The client hung up while it sent the body.
        """
        headers = canonical.fold(scope["headers"])
        if is_version_2(headers, scope["query_string"]):
            return self._admit_version_2(scope, headers, receive)
        signature = read(headers, scope["query_string"])
        holder = self._holder(signature.access_key_id, headers, scope["query_string"])
        request = SignedRequest(scope["method"], scope["raw_path"], scope["query_string"], headers)
        body, body_hash = b"", None
        if signature.service != "s3":
            body = await read_body(receive, self._max_body_bytes, _stated_bytes(headers))
            body_hash = sha256(body).hexdigest()
            receive = replay(body, receive)
        key = verify(
            signature,
            holder.secret,
            request,
            body_hash=body_hash,
            now=self._clock(),
            skew_s=self._skew_s,
        )
        exchange_of(scope).access_key_id = holder.id
        return Admitted(signature, key, holder, body, receive)

    def _admit_version_2(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive
    ) -> Admitted:
        """Verify a presigned URL of S3, and hand on as headers what its query says in their place.

        Raises:
            RefusedError: It is not rightly signed.
        """
        url = sigv2.read(scope["query_string"])
        in_query = url.headers()
        headers = {**in_query, **headers}
        holder = self._holder(url.access_key_id, headers, b"")
        request = SignedRequest(scope["method"], scope["raw_path"], scope["query_string"], headers)
        bucket = bucket_of(headers.get(b"host", b"").decode("latin-1"))
        sigv2.verify(url, holder.secret, request, bucket=bucket, now=self._clock())
        exchange_of(scope).access_key_id = holder.id
        sent = {name for name, _ in scope["headers"]}
        added = [pair for pair in in_query.items() if pair[0] not in sent]
        scope["headers"] = [*scope["headers"], *added]
        stated = headers.get(b"x-amz-content-sha256", b"").decode("latin-1")
        return Admitted(url.as_signature(self._region, stated), b"", holder, b"", receive)

    def _holder(
        self, access_key_id: str, headers: Mapping[bytes, bytes], query_string: bytes
    ) -> KeyHolder:
        holder = self._keys.find(access_key_id)
        if holder is None or not _has_token(holder, headers, query_string):
            raise RefusedError(
                Reason.UNKNOWN_KEY, "The security token included in the request is invalid."
            )
        return holder


def _has_token(holder: KeyHolder, headers: Mapping[bytes, bytes], query_string: bytes) -> bool:
    wanted = session_token_of(holder).encode()
    return not wanted or hmac.compare_digest(wanted, session_token(headers, query_string))


def _stated_bytes(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
