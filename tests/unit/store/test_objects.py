"""Addresses that are refused, and whose folders the sandbox lets a job into."""

import json
from pathlib import Path

import pytest

from penchant.store.folders.buckets import Buckets
from penchant.store.objects import (
    AccessRefusedError,
    InvalidLocationError,
    ObjectError,
    ObjectInfo,
    Objects,
)

ONE, TWO = "111111111111", "222222222222"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://host/a.csv", "is neither s3://bucket/key nor file:///path"),
        ("data/a.csv", "is neither s3://bucket/key nor file:///path"),
        ("", "is neither s3://bucket/key nor file:///path"),
        ("s3://", "names no bucket"),
        ("s3:///key", "names no bucket"),
        ("s3://no-such-bucket/key", "'no-such-bucket' of 's3://no-such-bucket/key' does not exist"),
        ("s3://../escaped", "does not exist"),
        ("file://other-host/a", "is no local path"),
        ("file://a.csv", "is no local path"),
        ("file:///etc/passwd", "PENCHANT_FILE_ROOTS"),
    ],
)
def test_addresses_that_name_nothing_are_explained(tmp_path: Path, address: str, reason: str):
    objects = Objects(tmp_path / "s3", None, (tmp_path / "files",))
    with pytest.raises(InvalidLocationError) as caught:
        objects.list(address, account=ONE)
    assert str(caught.value).startswith("Invalid Data location. ")
    assert reason in str(caught.value)


def test_without_any_s3_the_setting_is_named():
    with pytest.raises(ObjectError, match="Set PENCHANT_S3_ENDPOINT_URL"):
        Objects(None, None).list("s3://bucket/key", account=ONE)


@pytest.mark.parametrize(
    "path", ["../secret", "a/../../secret", "%2e%2e/secret", "link", "linked/secret"]
)
def test_files_outside_the_roots_are_neither_read_nor_written(tmp_path: Path, path: str):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "linked").symlink_to(tmp_path)
    objects = Objects(None, None, (root,))
    address = f"file://{root}/{path}"
    with pytest.raises(InvalidLocationError, match="is not below a folder"):
        objects.list(address, account=ONE)
    with (
        pytest.raises(InvalidLocationError, match="is not below a folder"),
        objects.open_writer(address, account=ONE),
    ):
        pass
    with pytest.raises(InvalidLocationError, match="is not below a folder"):
        objects.fetch(ObjectInfo(address, "secret", 6), tmp_path)
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_links_out_of_the_root_are_not_listed(tmp_path: Path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.csv").write_bytes(b"secret")
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    (root / "own.csv").write_bytes(b"own")
    (root / "alias.csv").symlink_to(root / "own.csv")
    found = Objects(None, None, (root,)).list(f"file://{root}", account=ONE)
    assert [info.name for info in found] == ["alias.csv", "own.csv"]


def test_local_files_are_not_copied(tmp_path: Path):
    (tmp_path / "a b.csv").write_bytes(b"content")
    objects = Objects(None, None, (tmp_path,))
    (info,) = objects.list(f"file://{tmp_path}/a%20b.csv", account=ONE)
    assert objects.fetch(info, Path("/nonexistent")) == tmp_path / "a b.csv"


@pytest.fixture
def sandbox(tmp_path: Path) -> Buckets:
    """A bucket of account ONE with the files `data/a.csv` and `data/b.csv`."""
    buckets = Buckets(tmp_path, ONE)
    buckets.create("my-bucket", ONE, "us-east-1")
    objects = Objects(tmp_path, None)
    for name in ("a.csv", "b.csv"):
        with objects.open_writer(f"s3://my-bucket/data/{name}", account=ONE) as stream:
            stream.write(b"content")
    return buckets


def allow(buckets: Buckets, *actions: str, resources: tuple[str, ...] = ("", "/*")) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::my-bucket{resource}" for resource in resources],
    }
    buckets.set_policy("my-bucket", json.dumps({"Statement": [statement]}))


def test_a_bucket_of_another_account_is_closed_to_reading_and_writing(sandbox: Buckets):
    objects = Objects(sandbox.root, None)
    words = "^Insufficient privileges for accessing data in Amazon S3. The policy of bucket"
    with pytest.raises(AccessRefusedError, match=words):
        objects.list("s3://my-bucket/data/", account=TWO)
    with (
        pytest.raises(AccessRefusedError, match=words),
        objects.open_writer("s3://my-bucket/out.csv", account=TWO),
    ):
        pass
    assert not (sandbox.root / "my-bucket" / "out.csv").exists()


def test_the_policy_opens_it_to_the_service(sandbox: Buckets):
    objects = Objects(sandbox.root, None)
    allow(sandbox, "s3:ListBucket", "s3:GetObject")
    assert len(objects.list("s3://my-bucket/data", account=TWO)) == 2
    allow(sandbox, "s3:ListBucket")
    with pytest.raises(AccessRefusedError, match=r"s3:GetObject on s3://my-bucket/data/a.csv"):
        objects.list("s3://my-bucket/data", account=TWO)
    allow(sandbox, "s3:PutObject")
    with objects.open_writer("s3://my-bucket/out.csv", account=TWO) as stream:
        stream.write(b"content")
    assert (sandbox.root / "my-bucket" / "out.csv").read_bytes() == b"content"


def test_a_key_that_cannot_be_a_file_is_an_invalid_location(sandbox: Buckets):
    objects = Objects(sandbox.root, None)
    for key in ("../escaped", "data/a.csv/below", "a" * 300):
        with (
            pytest.raises(InvalidLocationError, match=r"^Invalid Data location\. "),
            objects.open_writer(f"s3://my-bucket/{key}", account=ONE) as stream,
        ):
            stream.write(b"content")


def test_the_bucket_itself_is_a_prefix(sandbox: Buckets):
    (sandbox.root / "my-bucket" / "top.csv").write_bytes(b"content")
    objects = Objects(sandbox.root, None)
    for address in ("s3://my-bucket", "s3://my-bucket/"):
        found = objects.list(address, account=ONE)
        assert [info.address for info in found] == ["s3://my-bucket/top.csv"]


def test_a_dropped_file_of_the_sandbox_is_used_where_it_lies(sandbox: Buckets):
    path = sandbox.root / "my-bucket" / "dropped.csv"
    path.write_bytes(b"content")
    objects = Objects(sandbox.root, None)
    (info,) = objects.list("s3://my-bucket/dropped.csv", account=ONE)
    assert objects.fetch(info, Path("/nonexistent")).samefile(path)
