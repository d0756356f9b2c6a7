"""The checksums that clients send with a body, and those of objects put together from parts."""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from penchant.sandbox.s3.crc import CRC32, CRC32C, CRC64NVME, Polynomial
from penchant.sandbox.s3.errors import S3Error

HEADER: Final = "x-amz-checksum-"
_NOT_VALUES: Final = {"algorithm", "mode", "type"}


class Hasher(Protocol):
    """What is fed bytes and gives a digest; `hashlib`'s hashes are such."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes."""
        ...

    def digest(self) -> bytes:
        """The digest of all bytes so far."""
        ...


@dataclass(slots=True)
class Crc:
    """A running CRC; its digest is big-endian."""

    polynomial: Polynomial
    value: int = 0

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes."""
        if self.polynomial is CRC32:
            self.value = zlib.crc32(data, self.value)
        else:
            self.value = self.polynomial.update(self.value, data)

    def digest(self) -> bytes:
        """The CRC of all bytes so far."""
        return self.value.to_bytes(self.polynomial.width // 8, "big")


POLYNOMIALS: Final = {"crc32": CRC32, "crc32c": CRC32C, "crc64nvme": CRC64NVME}
ALGORITHMS: Final[Mapping[str, Callable[[], Hasher]]] = {
    "crc32": lambda: Crc(CRC32),
    "crc32c": lambda: Crc(CRC32C),
    "crc64nvme": lambda: Crc(CRC64NVME),
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}


def encode(digest: bytes) -> str:
    """A digest as headers carry it."""
    return base64.b64encode(digest).decode()


def decode(text: str, n_bytes: int) -> bytes:
    """A digest from a header.

    Raises:
        S3Error: It is not Base64 of so many bytes.
    """
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != n_bytes:
        raise S3Error("InvalidDigest", f"{text!r} is not {n_bytes} bytes in Base64.")
    return digest


def stated(headers: Mapping[str, str]) -> dict[str, str]:
    """The checksums that a request's headers state, by algorithm.

    Raises:
        S3Error: An algorithm is not known here.
    """
    found = {
        name.removeprefix(HEADER): value
        for name, value in headers.items()
        if name.startswith(HEADER) and name.removeprefix(HEADER) not in _NOT_VALUES
    }
    for name in found:
        check_algorithm(name)
    return found


def check_algorithm(name: str) -> str:
    """The algorithm's name in lower case.

    Raises:
        S3Error: It is not known here.
    """
    if name.lower() not in ALGORITHMS:
        known = ", ".join(sorted(ALGORITHMS)).upper()
        raise S3Error("NotImplemented", f"Checksum {name!r} is not supported. Use one of {known}.")
    return name.lower()


def of_parts(
    algorithm: str, checksums: Sequence[str], sizes: Sequence[int], checksum_type: str
) -> str:
    """The checksum of an object from those of its parts.

    Raises:
        S3Error: FULL_OBJECT is asked of a hash that cannot be joined.
    """
    digests = [base64.b64decode(checksum) for checksum in checksums]
    if checksum_type == "COMPOSITE":
        hasher = ALGORITHMS[algorithm]()
        hasher.update(b"".join(digests))
        return f"{encode(hasher.digest())}-{len(digests)}"
    if algorithm not in POLYNOMIALS:
        raise S3Error(
            "InvalidRequest",
            f"The FULL_OBJECT checksum type cannot be used with {algorithm}. Use COMPOSITE.",
        )
    polynomial = POLYNOMIALS[algorithm]
    value = 0
    for digest, size in zip(digests, sizes, strict=True):
        value = polynomial.combine(value, int.from_bytes(digest, "big"), size)
    return encode(value.to_bytes(polynomial.width // 8, "big"))
