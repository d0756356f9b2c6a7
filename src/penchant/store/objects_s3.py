"""`s3://` objects behind an S3 endpoint, through boto3."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from botocore.exceptions import BotoCoreError, ClientError

from penchant.store.objects_contract import (
    AccessRefusedError,
    InvalidLocationError,
    ObjectError,
    ObjectInfo,
    is_data,
    nothing_at,
    split_s3,
)

_MISSING: Final = {"404", "NoSuchKey", "NotFound"}
_REFUSED: Final = {"403", "AccessDenied", "Forbidden", "SignatureDoesNotMatch"}


class S3Backend:
    """Objects of one endpoint, which itself decides what its key may do."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, address: str, account: str, *, deep: bool = False) -> list[ObjectInfo]:
        """See `Objects.list`."""
        del account
        bucket, key = split_s3(address)
        found: list[ObjectInfo] = []
        with _explained(address):
            found += self._one(bucket, key) or self._below(bucket, key, deep=deep)
        if not found:
            raise nothing_at(address)
        return found

    def fetch(self, info: ObjectInfo, into: Path) -> Path:
        """See `Objects.fetch`."""
        bucket, key = split_s3(info.address)
        into.mkdir(parents=True, exist_ok=True)
        path = into / info.name
        with _explained(info.address):
            self._client.download_file(bucket, key, str(path))
        return path

    @contextmanager
    def open_writer(self, address: str, account: str) -> Iterator[BinaryIO]:
        """See `Objects.open_writer`; what is written waits in a temporary file."""
        del account
        bucket, key = split_s3(address)
        if not key or key.endswith("/"):
            raise InvalidLocationError(f"{address!r} is a folder. Give the address of an object.")
        with tempfile.TemporaryFile() as stream:
            yield stream
            stream.seek(0)
            with _explained(address):
                self._client.upload_fileobj(stream, bucket, key)

    def _one(self, bucket: str, key: str) -> list[ObjectInfo]:
        if not key or key.endswith("/"):
            return []
        try:
            head = self._client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return []
            raise
        return [_info(bucket, key, head["ContentLength"])]

    def _below(self, bucket: str, key: str, *, deep: bool) -> list[ObjectInfo]:
        prefix = key if not key or key.endswith("/") else key + "/"
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, **({} if deep else {"Delimiter": "/"})
        )
        found = [_info(bucket, o["Key"], o["Size"]) for p in pages for o in p.get("Contents", ())]
        return [info for info in found if is_data(info.name, info.size_bytes)]


def _info(bucket: str, key: str, size_bytes: int) -> ObjectInfo:
    return ObjectInfo(f"s3://{bucket}/{key}", key.rpartition("/")[2], size_bytes)


@contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _REFUSED:
            raise AccessRefusedError(
                f"S3 answers {code} for {address!r}. Let the key in PENCHANT_S3_ACCESS_KEY_ID list "
                "the bucket, read and write it."
            ) from None
        if code in _MISSING:
            raise nothing_at(address) from None
        raise InvalidLocationError(
            f"S3 answers {code} for {address!r}: {error.response['Error'].get('Message', '')} "
            "Check the bucket's name."
        ) from None
    except BotoCoreError as error:
        raise ObjectError(
            f"S3 could not be reached for {address!r}: {error}. Check PENCHANT_S3_ENDPOINT_URL."
        ) from None
