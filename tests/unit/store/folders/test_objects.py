import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant.store.folders.buckets import Buckets, UnknownBucketError
from penchant.store.folders.names import NameRefusedError
from penchant.store.folders.objects import ChangedError, Demand, FolderObjects, StoredObject
from penchant.store.folders.sidecars import About

ACCOUNT = "111111111111"


class Folders:
    """A bucket `my-bucket` and its objects, with a clock that stands still."""

    def __init__(self, root: Path) -> None:
        self.buckets = Buckets(root, ACCOUNT)
        self.buckets.create("my-bucket", ACCOUNT, "us-east-1")
        self.objects = FolderObjects(self.buckets, lambda: 1_767_225_600_000_000_000)

    def put(
        self, key: str, content: bytes = b"content", etag: str = "tag", demand: Demand | None = None
    ) -> StoredObject:
        with self.buckets.staging.file() as staged:
            staged.stream.write(content)
            return self.objects.put("my-bucket", key, staged, About(etag), demand)

    def keys(self, *args, **kwargs) -> list[str]:
        walked = self.objects.walk("my-bucket", *args, **kwargs)
        return [one if isinstance(one, str) else one.key for one in walked]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_the_metadata_of_two_puts_at_one_moment_are_not_mixed_up(folders: Folders):
    folders.put("a", b"one", "first")
    folders.put("a", b"two", "second")
    found, stream = folders.objects.open("my-bucket", "a")
    with stream:
        assert (stream.read(), found.about.etag) == (b"two", "second")


def test_what_is_being_read_stays_the_same(folders: Folders):
    folders.put("a", b"one")
    _, stream = folders.objects.open("my-bucket", "a")
    folders.put("a", b"two")
    folders.objects.remove("my-bucket", "a")
    with stream:
        assert stream.read() == b"one"


def test_an_edited_file_has_another_etag_and_no_old_metadata(folders: Folders):
    path = folders.put("a").path
    path.write_bytes(b"edited by hand")
    found = folders.objects.get("my-bucket", "a")
    assert (found.size_bytes, found.about.headers) == (14, {})
    assert found.about.etag.endswith("-1")
    assert found.about.etag == folders.objects.get("my-bucket", "a").about.etag


def test_replaced_and_removed_objects_leave_no_side_cars(folders: Folders):
    side = folders.buckets.side("my-bucket") / "objects"
    folders.put("a", b"one")
    folders.put("a", b"three")
    assert len(list(side.rglob("*.json"))) == 1
    folders.objects.remove("my-bucket", "a")
    assert list(side.rglob("*.json")) == []


def test_a_put_that_is_refused_changes_nothing(folders: Folders):
    folders.put("a", b"one", "first")
    with pytest.raises(ChangedError) as caught:
        folders.put("a", b"two", demand=Demand(absent=True))
    assert caught.value.exists
    with pytest.raises(ChangedError):
        folders.put("a", b"two", demand=Demand(etag="other"))
    assert folders.objects.get("my-bucket", "a").about.etag == "first"
    side = folders.buckets.side("my-bucket") / "objects"
    assert len(list(side.rglob("*.json"))) == 1


def test_a_demand_that_holds_lets_the_put_through(folders: Folders):
    folders.put("a", b"one", "first", Demand(absent=True))
    folders.put("a", b"two", "second", Demand(etag="first"))
    assert folders.objects.get("my-bucket", "a").about.etag == "second"


def test_a_key_below_an_object_names_the_object_in_its_way(folders: Folders):
    folders.put("a/b")
    with pytest.raises(NameRefusedError, match="'a/b/c/d' cannot be stored because 'a/b' exists"):
        folders.put("a/b/c/d")
    with pytest.raises(NameRefusedError, match="'a' cannot be stored because 'a/' exists"):
        folders.put("a")


def test_nothing_is_put_into_a_bucket_that_is_gone(folders: Folders):
    folders.buckets.delete("my-bucket")
    with pytest.raises(UnknownBucketError):
        folders.put("a/b")
    assert not (folders.buckets.root / "my-bucket").exists()


def test_odd_files_are_no_objects(folders: Folders):
    root = folders.buckets.root / "my-bucket"
    (root / "link").symlink_to("/etc/hostname")
    os.mkfifo(root / "pipe")
    Path(os.fsdecode(os.fsencode(root) + b"/\xff")).write_bytes(b"")
    assert folders.keys() == []
    assert folders.objects.get("my-bucket", "pipe") is None
    assert folders.objects.get("my-bucket", "link") is None


def test_a_put_and_the_removal_of_its_folder_get_along(folders: Folders):
    def churn(key: str) -> None:
        for _ in range(50):
            folders.put(key)
            folders.objects.remove("my-bucket", key)

    threads = [threading.Thread(target=churn, args=(f"folder/{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folders.keys() == []
    folders.put("folder/last")
    assert folders.keys() == ["folder/last"]


NAMES = st.lists(
    st.text(alphabet="ab-./0", min_size=1, max_size=6).filter(
        lambda key: all(part not in {"", ".", ".."} for part in key.split("/"))
    ),
    max_size=12,
    unique=True,
)


@settings(deadline=None, max_examples=60)  # the disk has its own pace
@given(NAMES, st.text(alphabet="ab-./0", max_size=3), st.text(alphabet="ab-./0", max_size=4))
def test_walking_is_filtering_the_sorted_keys(tmp_path_factory, names, prefix, after):
    folders = Folders(tmp_path_factory.mktemp("s3"))
    kept = []
    for name in names:
        try:
            folders.put(name, b"")
        except NameRefusedError:
            continue
        kept.append(name)
    wanted = sorted(key for key in kept if key.startswith(prefix))
    assert folders.keys(prefix, after) == [key for key in wanted if key > after]
    folded = []
    for key in wanted:
        head, slash, _ = key.removeprefix(prefix).partition("/")
        entry = prefix + head + slash if slash else key
        if entry > after and entry not in folded:
            folded.append(entry)
    assert folders.keys(prefix, after, fold=True) == folded


def test_an_object_that_never_holds_still_is_told(folders: Folders, monkeypatch):
    path = folders.put("a").path
    path.write_bytes(b"edited by hand")
    monkeypatch.setattr("penchant.store.folders.objects._same_file", lambda *_: False)
    with pytest.raises(OSError, match="Object 'a' is replaced faster than it can be read"):
        folders.objects.open("my-bucket", "a")


def test_a_folder_that_never_stays_is_told(folders: Folders, monkeypatch):
    def removed(*_):
        raise FileNotFoundError

    monkeypatch.setattr(folders.objects, "_make_parents", removed)
    with pytest.raises(OSError, match="The folder of 'a/b' is removed again and again"):
        folders.put("a/b")
