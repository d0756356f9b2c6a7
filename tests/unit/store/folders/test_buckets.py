from datetime import UTC, datetime
from pathlib import Path

import pytest

from penchant.store.folders.buckets import Buckets, BucketTakenError, UnknownBucketError
from penchant.store.folders.names import NameRefusedError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE, TWO = "111111111111", "222222222222"


@pytest.fixture
def buckets(tmp_path: Path) -> Buckets:
    return Buckets(tmp_path / "s3", ONE, lambda: NOW)


def test_a_bucket_is_found_by_another_process(buckets: Buckets):
    made = buckets.create("my-bucket", TWO, "eu-west-1")
    assert Buckets(buckets.root, ONE).get("my-bucket") == made
    assert (made.account, made.region, made.created_at) == (TWO, "eu-west-1", NOW)


def test_names_are_taken_across_accounts(buckets: Buckets):
    buckets.create("my-bucket", TWO, "us-east-1")
    with pytest.raises(BucketTakenError, match="'my-bucket' exists already") as caught:
        buckets.create("my-bucket", ONE, "us-east-1")
    assert caught.value.account == TWO


def test_a_bad_name_says_what_a_good_one_is(buckets: Buckets):
    with pytest.raises(NameRefusedError, match=r"'A' is not valid. Use 3 to 63 lower-case"):
        buckets.create("A", ONE, "us-east-1")


def test_a_folder_made_by_hand_belongs_to_the_installation(buckets: Buckets):
    (buckets.root / "by-hand").mkdir(parents=True)
    assert buckets.get("by-hand").account == ONE
    assert [bucket.name for bucket in buckets.all()] == ["by-hand"]


@pytest.mark.parametrize("name", ["nowhere", "..", ".meta", "a/b"])
def test_what_is_no_bucket_is_unknown(buckets: Buckets, name: str):
    buckets.create("my-bucket", ONE, "us-east-1")
    with pytest.raises(UnknownBucketError):
        buckets.get(name)


def test_a_deleted_buckets_policy_is_gone_with_it(buckets: Buckets):
    buckets.create("my-bucket", ONE, "us-east-1")
    buckets.set_policy("my-bucket", "policy")
    assert buckets.get("my-bucket").policy == "policy"
    buckets.delete("my-bucket")
    assert buckets.create("my-bucket", TWO, "us-east-1").policy is None
    assert buckets.get("my-bucket").policy is None


def test_empty_folders_do_not_keep_a_bucket(buckets: Buckets):
    buckets.create("my-bucket", ONE, "us-east-1")
    (buckets.root / "my-bucket" / "a" / "b").mkdir(parents=True)
    buckets.delete("my-bucket")
    assert list(buckets.all()) == []


def test_files_keep_a_bucket(buckets: Buckets):
    buckets.create("my-bucket", ONE, "us-east-1")
    (buckets.root / "my-bucket" / "a").write_bytes(b"")
    with pytest.raises(OSError, match="not empty"):
        buckets.delete("my-bucket")
