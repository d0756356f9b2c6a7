"""The buckets: whose they are, where they lie, and their policies."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from penchant.domain.resources import utc_now
from penchant.store.folders.names import NameRefusedError, is_bucket_name
from penchant.store.folders.staging import Staging, make_folder, write_durably

META: Final = ".meta"


class UnknownBucketError(KeyError):
    """No folder has this name."""


class BucketTakenError(ValueError):
    """The name is a bucket already; `account` says whose."""

    def __init__(self, name: str, account: str) -> None:
        super().__init__(f"Bucket {name!r} exists already. Choose another name.")
        self.account = account


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket; a folder made by hand belongs to the installation's own account."""

    name: str
    account: str
    region: str
    created_at: datetime
    policy: str | None = None


class Buckets:
    """All buckets below one root, shared by every process of an installation."""

    def __init__(self, root: Path, account: str, now: Callable[[], datetime] = utc_now) -> None:
        self.root = root
        self.staging = Staging(root / META / "staging")
        self._account = account
        self._now = now
        self._changing = threading.Lock()

    def folder(self, name: str) -> Path:
        """Where a bucket's files lie.

        Raises:
            UnknownBucketError: There is none; a symbolic link is none.
        """
        path = self.root / name
        if not is_bucket_name(name) or path.is_symlink() or not path.is_dir():
            raise UnknownBucketError(name)
        return path

    def side(self, name: str) -> Path:
        """Where lies what is known of a bucket beyond its files."""
        return self.root / META / "buckets" / name

    def get(self, name: str) -> Bucket:
        """Look a bucket up.

        Raises:
            UnknownBucketError: There is none.
        """
        folder = self.folder(name)
        try:
            kept = json.loads((self.side(name) / "bucket.json").read_bytes())
        except FileNotFoundError:
            created_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            return Bucket(name, self._account, "us-east-1", created_at)
        return Bucket(**(kept | {"created_at": datetime.fromisoformat(kept["created_at"])}))

    def all(self) -> Iterator[Bucket]:
        """Every bucket of every account, by name."""
        if self.root.is_dir():
            for path in sorted(self.root.iterdir()):
                if is_bucket_name(path.name) and path.is_dir() and not path.is_symlink():
                    yield self.get(path.name)

    def create(self, name: str, account: str, region: str) -> Bucket:
        """Make a bucket.

        Raises:
            NameRefusedError: The name breaks S3's rules.
            BucketTakenError: It exists, in whichever account.
        """
        if not is_bucket_name(name):
            raise NameRefusedError(
                f"Bucket name {name!r} is not valid. Use 3 to 63 lower-case letters, digits, "
                "'-' and '.', with a letter or digit at both ends."
            )
        make_folder(self.root)
        bucket = Bucket(name, account, region, self._now())
        with self._changing:
            if (self.root / name).exists():
                raise BucketTakenError(name, self.get(name).account)
            self._keep(bucket)  # first, so that the bucket is never there without its owner
            make_folder(self.root / name)
        return bucket

    def set_policy(self, name: str, policy: str | None) -> None:
        """Replace or, with None, remove the bucket's policy."""
        self._keep(replace(self.get(name), policy=policy))

    def delete(self, name: str) -> None:
        """Remove an empty bucket; folders in it that hold nothing do not count.

        Raises:
            UnknownBucketError: There is none.
            OSError: (ENOTEMPTY) It holds files.
        """
        with self._changing:
            _remove_empty(self.folder(name))
            shutil.rmtree(self.side(name), ignore_errors=True)

    def _keep(self, bucket: Bucket) -> None:
        kept = {
            "name": bucket.name,
            "account": bucket.account,
            "region": bucket.region,
            "created_at": bucket.created_at.isoformat(),
            "policy": bucket.policy,
        }
        write_durably(
            self.side(bucket.name) / "bucket.json", json.dumps(kept).encode(), self.staging
        )


def _remove_empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            _remove_empty(path)
    folder.rmdir()
