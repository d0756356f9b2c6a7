"""Checking a signature: recompute it, compare, look at the clock."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from penchant.protocol.sigv4 import (
    Reason,
    RefusedError,
    Signature,
    SignedRequest,
    request_signature,
    signing_key,
)

_TIME_FORMAT: Final = "%Y%m%dT%H%M%SZ"


def verify(
    signature: Signature,
    secret: str,
    request: SignedRequest,
    *,
    body_hash: str | None,
    now: datetime,
    skew_s: int,
) -> bytes:
    """Check a signature and its time; return the signing key, the seed of chunk signatures.

    Args:
        signature: As read from the request.
        secret: The secret access key of its holder.
        request: What was signed.
        body_hash: Hash of the body in hexadecimal; None leaves the body to a later check (S3).
        now: The present moment.
        skew_s: How far the clocks may differ; presigned requests may begin this much early.

    Raises:
        RefusedError: It does not match, or its time is out of bounds.
    """
    _check_signed_names(signature, request.headers)
    _check_time(signature, now, skew_s)
    payload_hash = signature.payload_hash
    if body_hash is not None:
        if payload_hash and payload_hash != body_hash:
            raise RefusedError(
                Reason.WRONG_BODY,
                f"x-amz-content-sha256 says '{payload_hash}', the body's hash is '{body_hash}'; "
                "sign the body that is sent.",
            )
        payload_hash = body_hash
    elif not payload_hash:
        raise RefusedError(
            Reason.INCOMPLETE, "Missing required header for this request: x-amz-content-sha256"
        )
    key = signing_key(secret, signature.date, signature.region, signature.service)
    expected = request_signature(key, signature, request, payload_hash)
    if not hmac.compare_digest(expected.encode(), signature.signature.encode("latin-1")):
        raise RefusedError(
            Reason.MISMATCH,
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.",
        )
    return key


def _check_signed_names(signature: Signature, headers: Mapping[bytes, bytes]) -> None:
    signed = signature.signed_headers
    if "host" not in signed:
        raise RefusedError(
            Reason.INCOMPLETE,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        )
    strangers = [
        name
        for raw in headers
        if raw.startswith(b"x-amz-") and (name := raw.decode("latin-1")) not in signed
    ]
    if strangers:
        raise RefusedError(
            Reason.INCOMPLETE,
            "There were headers present in the request which were not signed: "
            f"{', '.join(strangers)}. Sign every header whose name begins with x-amz-.",
        )


def _check_time(signature: Signature, now: datetime, skew_s: int) -> None:
    signed_at = signature.signed_at
    if signature.date != signature.timestamp[:8]:
        raise RefusedError(
            Reason.MISMATCH,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{signature.date}' != '{signature.timestamp[:8]}', from "
            f"'{signature.timestamp}'.",
        )
    age_s = (now - signed_at).total_seconds()
    reason = Reason.EXPIRED if signature.presigned else Reason.SKEWED
    allowed_s = signature.expires_s if signature.presigned else skew_s
    if age_s > allowed_s:
        raise RefusedError(reason, f"Signature expired: {_gap(signature, now, -allowed_s)}")
    if age_s < -skew_s:
        raise RefusedError(reason, f"Signature not yet current: {_gap(signature, now, skew_s)}")


def _gap(signature: Signature, now: datetime, allowed_s: int) -> str:
    bound = datetime.fromtimestamp(now.timestamp() + allowed_s, UTC).strftime(_TIME_FORMAT)
    words = "is now earlier than" if allowed_s <= 0 else "is still later than"
    sign = "-" if allowed_s <= 0 else "+"
    amount = f"{abs(allowed_s) // 60} min." if allowed_s % 60 == 0 else f"{abs(allowed_s)} s."
    at = now.strftime(_TIME_FORMAT)
    return f"{signature.timestamp} {words} {bound} ({at} {sign} {amount})"
