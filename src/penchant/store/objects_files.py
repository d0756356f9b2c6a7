"""`file://` addresses, below the configured folders only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from penchant.data.durable import sync
from penchant.store.folders.staging import Staging, make_folder
from penchant.store.objects_contract import InvalidLocationError, ObjectInfo, is_data, nothing_at


class FileBackend:
    """Files of this machine; symbolic links that lead out of the configured folders are refused."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = tuple(root.resolve() for root in roots)

    def find(self, address: str, account: str, *, deep: bool = False) -> list[ObjectInfo]:
        """See `Objects.list`; every account may read below the configured folders."""
        del account
        path = self._resolve(address)
        if path.is_dir():
            below = path.rglob("*") if deep else path.iterdir()
            found = sorted(one for one in below if self._is_inside_file(one))
        else:
            found = [path] if path.is_file() else []
        infos = [ObjectInfo(one.as_uri(), one.name, one.stat().st_size) for one in found]
        kept = [info for info in infos if is_data(info.name, info.size_bytes)]
        if not kept:
            raise nothing_at(address)
        return kept

    def fetch(self, info: ObjectInfo, into: Path) -> Path:
        """See `Objects.fetch`; the file itself, uncopied."""
        del into
        path = self._resolve(info.address)
        if not path.is_file():
            raise nothing_at(info.address)
        return path

    @contextmanager
    def open_writer(self, address: str, account: str) -> Iterator[BinaryIO]:
        """See `Objects.open_writer`."""
        del account
        path = self._resolve(address)
        if path.is_dir() or address.endswith("/"):
            raise InvalidLocationError(f"{address!r} is a folder. Give the address of a file.")
        staging = Staging(path.parent)
        make_folder(path.parent)
        with staging.file() as staged:
            yield staged.stream
            staged.stream.flush()
            os.fsync(staged.stream.fileno())
            staged.path.replace(path)
        sync(path.parent)

    def _resolve(self, address: str) -> Path:
        parts = urlsplit(address, allow_fragments=False)
        text = unquote(parts.path)
        if parts.netloc not in {"", "localhost"} or not text.startswith("/") or "\0" in text:
            raise InvalidLocationError(f"{address!r} is no local path. Give file:///absolute/path.")
        path = Path(text).resolve()
        if not any(path.is_relative_to(root) for root in self._roots):
            allowed = ", ".join(str(root) for root in self._roots) or "none is configured"
            raise InvalidLocationError(
                f"{address!r} is not below a folder that file:// addresses may name ({allowed}). "
                "Move the data there, or add its folder to PENCHANT_FILE_ROOTS."
            )
        return path

    def _is_inside_file(self, path: Path) -> bool:
        target = path.resolve()
        return target.is_file() and any(target.is_relative_to(root) for root in self._roots)
