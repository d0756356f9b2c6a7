"""What jobs expect of objects, wherever these are kept."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from penchant.store.folders.buckets import Buckets
from penchant.store.objects import ObjectError, Objects

ACCOUNT = "111111111111"


@dataclass(frozen=True)
class Place:
    """Where a test's objects are: below `base`, an address that ends in `/`."""

    objects: Objects
    base: str

    def put(self, name: str, content: bytes = b"content") -> None:
        with self.objects.open_writer(self.base + name, account=ACCOUNT) as stream:
            stream.write(content)

    def names(self, name: str = "") -> list[str]:
        return [info.name for info in self.objects.list(self.base + name, account=ACCOUNT)]


def in_files(request, folder: Path) -> Place:
    return Place(Objects(None, None, (folder,)), f"{folder.as_uri()}/")


def in_folders(request, folder: Path) -> Place:

    Buckets(folder, ACCOUNT).create("my-bucket", ACCOUNT, "us-east-1")
    return Place(Objects(folder, None), "s3://my-bucket/")


def behind(fixture: str) -> Callable[[pytest.FixtureRequest, Path], Place]:
    def place(request: pytest.FixtureRequest, folder: Path) -> Place:
        server = request.getfixturevalue(fixture)
        bucket = f"bucket-{uuid.uuid4().hex[:12]}"
        server.client().create_bucket(Bucket=bucket)
        return Place(Objects(None, server.client), f"s3://{bucket}/")

    return place


@pytest.fixture(
    params=[in_files, in_folders, behind("sandbox"), behind("seaweedfs")],
    ids=["file", "folders", "sandbox", "seaweedfs"],
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return request.param(request, tmp_path)


def test_what_was_written_is_fetched(place, tmp_path):
    place.put("out/items ü.csv", b"a,b\n1,2\n")
    (info,) = place.objects.list(place.base + "out/items ü.csv", account=ACCOUNT)
    assert (info.name, info.size_bytes) == ("items ü.csv", 8)
    assert place.objects.fetch(info, tmp_path / "0").read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("end", ["", "/"])
def test_a_prefix_lists_its_first_level_with_or_without_slash(place, end):
    for name in ("data/1.csv", "data/2.csv", "data/deeper/3.csv", "database.csv"):
        place.put(name)
    assert place.names("data" + end) == ["1.csv", "2.csv"]


def test_deeper_folders_are_looked_into_where_that_is_asked_for(place):
    for name in ("data/1.csv", "data/deeper/3.csv", "data/deeper/_SUCCESS", "database.csv"):
        place.put(name, b"" if name.endswith("SUCCESS") else b"content")
    found = place.objects.list(place.base + "data", account=ACCOUNT, deep=True)
    assert sorted(info.name for info in found) == ["1.csv", "3.csv"]


def test_marker_files_are_left_out_and_others_kept(place):
    for name, content in (
        ("data/_SUCCESS", b""),
        ("data/.hidden", b""),
        ("data/_1.csv", b"1"),
        ("data/empty.csv", b""),
    ):
        place.put(name, content)
    assert place.names("data") == ["_1.csv", "empty.csv"]


def test_a_write_that_fails_leaves_nothing(place):
    place.put("a.csv", b"first")

    def fail() -> None:
        with place.objects.open_writer(place.base + "a.csv", account=ACCOUNT) as stream:
            stream.write(b"half of the sec")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    (info,) = place.objects.list(place.base + "a.csv", account=ACCOUNT)
    assert info.size_bytes == len(b"first")


def test_a_second_write_replaces_the_first(place, tmp_path):
    place.put("a.csv", b"first")
    place.put("a.csv", b"the second")
    (info,) = place.objects.list(place.base + "a.csv", account=ACCOUNT)
    assert place.objects.fetch(info, tmp_path).read_bytes() == b"the second"


def test_nothing_at_an_address_is_an_invalid_location(place):
    place.put("other.csv")
    address = place.base + "nothing"
    with pytest.raises(ObjectError) as caught:
        place.objects.list(address, account=ACCOUNT)
    assert str(caught.value).startswith(f"Invalid Data location. There is no object at '{address}'")


def test_a_folder_is_not_written_as_an_object(place):
    place.put("folder/a.csv")
    with (
        pytest.raises(ObjectError, match="Invalid Data location"),
        place.objects.open_writer(place.base + "folder/", account=ACCOUNT) as stream,
    ):
        stream.write(b"content")


def test_a_bucket_that_does_not_exist_is_named(sandbox, seaweedfs, tmp_path):
    for objects in (
        Objects(tmp_path, None),
        *(Objects(None, s.client) for s in (sandbox, seaweedfs)),
    ):
        with pytest.raises(ObjectError, match=r"Invalid Data location.*no-such-bucket"):
            objects.list("s3://no-such-bucket/a/", account=ACCOUNT)


def test_a_key_that_may_not_read_is_told_the_services_words(sandbox):
    owner, other = sandbox.client(), Objects(None, lambda: sandbox.client(key="TWO"))
    owner.create_bucket(Bucket="of-account-one")
    owner.put_object(Bucket="of-account-one", Key="a.csv", Body=b"a")
    for address in ("s3://of-account-one/a.csv", "s3://of-account-one/"):
        with pytest.raises(ObjectError) as caught:
            other.list(address, account="222222222222")
        assert str(caught.value).startswith(
            "Insufficient privileges for accessing data in Amazon S3."
        )


def test_an_endpoint_that_is_down_is_named():

    down = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"max_attempts": 0}),
    )
    with pytest.raises(ObjectError, match=r"could not be reached.*PENCHANT_S3_ENDPOINT_URL"):
        Objects(None, lambda: down).list("s3://bucket/a", account=ACCOUNT)
