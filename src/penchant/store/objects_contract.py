"""What every way of keeping objects takes, gives and raises."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


class ObjectError(ValueError):
    """An address cannot be read or written; the text says why and what to do."""


class InvalidLocationError(ObjectError):
    """The address names nothing that can be read or written."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Invalid Data location. {reason}")


class AccessRefusedError(ObjectError):
    """The address exists, but may not be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Insufficient privileges for accessing data in Amazon S3. {reason}")


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One object: its own address, the last segment of it, its size."""

    address: str
    name: str
    size_bytes: int


class Backend(Protocol):
    """One way of keeping objects."""

    def find(self, address: str, account: str, *, deep: bool = False) -> list[ObjectInfo]:
        """See `Objects.list`."""
        ...

    def fetch(self, info: ObjectInfo, into: Path) -> Path:
        """See `Objects.fetch`."""
        ...

    def open_writer(self, address: str, account: str) -> AbstractContextManager[BinaryIO]:
        """See `Objects.open_writer`."""
        ...


def split_s3(address: str) -> tuple[str, str]:
    """Bucket and key (may be empty) of an `s3://` address.

    Raises:
        InvalidLocationError: There is no bucket in it.
    """
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not bucket:
        raise InvalidLocationError(f"{address!r} names no bucket. Give s3://bucket/key.")
    return bucket, key


def is_data(name: str, size_bytes: int) -> bool:
    """Whether a listed name is content, not a folder's or a program's empty marker."""
    return bool(name) and (size_bytes > 0 or not name.startswith(("_", ".")))


def nothing_at(address: str) -> InvalidLocationError:
    """The error of an address where nothing lies."""
    return InvalidLocationError(
        f"There is no object at {address!r} and none directly below it. Check the bucket and key, "
        "and upload the data before the job is created."
    )
