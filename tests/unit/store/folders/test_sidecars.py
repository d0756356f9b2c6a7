import os
from pathlib import Path

import pytest

from penchant.store.folders.sidecars import About, Sidecars, opaque_etag

ABOUT = About("tag", {"content-type": "text/csv"}, {"crc32": "AAAAAA=="}, "COMPOSITE", (5, 3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    return path


@pytest.fixture
def sidecars(tmp_path: Path) -> Sidecars:
    return Sidecars(tmp_path / "side")


def test_what_was_written_is_read(file: Path, sidecars: Sidecars):
    assert sidecars.write("a", ABOUT, file.stat())
    assert sidecars.read("a", file.stat()) == ABOUT
    assert sidecars.read("b", file.stat()) is None


def test_a_side_car_speaks_of_one_state_of_the_file(file: Path, sidecars: Sidecars):
    sidecars.write("a", ABOUT, file.stat())
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1000))
    assert sidecars.read("a", file.stat()) is None


def test_two_states_alike_are_not_mixed_up(file: Path, sidecars: Sidecars):
    assert sidecars.write("a", ABOUT, file.stat())
    assert not sidecars.write("a", About("other"), file.stat())
    assert sidecars.read("a", file.stat()) == ABOUT


def test_a_side_car_cut_short_by_a_crash_counts_as_none(file: Path, sidecars: Sidecars):
    sidecars.write("a", ABOUT, file.stat())
    (path,) = sidecars.folder.rglob("*.json")
    path.write_bytes(path.read_bytes()[:10])
    assert sidecars.read("a", file.stat()) is None


def test_markers_are_set_and_taken_away(sidecars: Sidecars):
    sidecars.mark("a/")
    assert sidecars.marked("a/")
    assert not sidecars.marked("b/")
    sidecars.unmark("a/")
    assert not sidecars.marked("a/")


def test_an_opaque_etag_is_no_md5_and_changes_with_the_file(file: Path):
    before = opaque_etag(file.stat())
    assert before.endswith("-1")
    file.write_bytes(b"longer content")
    assert opaque_etag(file.stat()) != before
