"""Reading and writing what an address of the API names: `s3://bucket/key` or `file:///path`.

Errors are texts for a resource's `failureReason`, in the service's words where it has some.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from penchant.store.objects_contract import (
    AccessRefusedError,
    Backend,
    InvalidLocationError,
    ObjectError,
    ObjectInfo,
)
from penchant.store.objects_files import FileBackend
from penchant.store.objects_s3 import S3Backend
from penchant.store.objects_sandbox import SandboxBackend

__all__ = ["AccessRefusedError", "InvalidLocationError", "ObjectError", "ObjectInfo", "Objects"]


class Objects:
    """The objects that jobs read and write.

    Args:
        sandbox_root: Folder of the sandbox's buckets; None where an S3 endpoint is configured.
        s3: Makes the client of that endpoint, once and when it is first needed.
        file_roots: Folders below which `file://` addresses may point.
        sandbox_account: Owns the sandbox's folders that were made by hand.
    """

    def __init__(
        self,
        sandbox_root: Path | None,
        s3: Callable[[], Any] | None,
        file_roots: tuple[Path, ...] = (),
        sandbox_account: str = "000000000000",
    ) -> None:
        self._sandbox_root = sandbox_root
        self._s3 = s3
        self._files = FileBackend(file_roots)
        self._sandbox_account = sandbox_account

    def list(self, address: str, *, account: str, deep: bool = False) -> list[ObjectInfo]:
        """The object at an address, or those directly below it, by name.

        A prefix may end with `/` or not. Folder markers and empty marker files (`_SUCCESS`) are
        left out; deeper folders are looked into where `deep` says so.

        Raises:
            ObjectError: Nothing is there, or `account` may not read it.
        """
        return self._backend(address).find(address, account, deep=deep)

    def fetch(self, info: ObjectInfo, into: Path) -> Path:
        """The object as a local file; only a remote one is copied, into the folder `into`.

        The folder is made where it is missing.

        Raises:
            ObjectError: It is gone or may not be read any more.
        """
        return self._backend(info.address).fetch(info, into)

    @contextmanager
    def open_writer(self, address: str, *, account: str) -> Iterator[BinaryIO]:
        """Write an object that appears, whole and durable, when the block ends without error.

        Raises:
            ObjectError: The address cannot be written, or `account` may not.
        """
        with self._backend(address).open_writer(address, account) as stream:
            yield stream

    def _backend(self, address: str) -> Backend:
        if address.startswith("file://"):
            return self._files
        if not address.startswith("s3://"):
            raise InvalidLocationError(
                f"{address!r} is neither s3://bucket/key nor file:///path. Give one of them."
            )
        if self._buckets is None:
            raise InvalidLocationError(
                f"{address!r} needs S3, and none is configured. Set PENCHANT_S3_ENDPOINT_URL."
            )
        return self._buckets

    @cached_property
    def _buckets(self) -> Backend | None:
        if self._s3 is not None:
            return S3Backend(self._s3())
        if self._sandbox_root is not None:
            return SandboxBackend(self._sandbox_root, self._sandbox_account)
        return None
