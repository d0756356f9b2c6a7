import fcntl
import os
from pathlib import Path

from penchant.store.folders.staging import Staging, write_durably


def test_a_file_that_was_moved_stays_and_another_is_gone(tmp_path: Path):
    staging = Staging(tmp_path / "staging")
    with staging.file() as kept, staging.file() as dropped:
        kept.stream.write(b"content")
        dropped.stream.write(b"content")
        assert kept.settle(1_000_000_000).st_mtime_ns == 1_000_000_000
        kept.path.replace(tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == b"content"
    assert list(staging.folder.iterdir()) == []


def test_cleaning_removes_what_nobody_holds_any_more(tmp_path: Path):
    now = 1_000_000.0
    staging = Staging(tmp_path, lambda: now)
    for name, age_s in (("left", 100), ("young", 1), ("held", 100)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (now - age_s, now - age_s))
    with (tmp_path / "held").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert staging.clean() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["held", "young"]


def test_cleaning_a_folder_that_is_not_there_does_nothing(tmp_path: Path):
    assert Staging(tmp_path / "none").clean() == 0


def test_a_durable_write_replaces_the_content(tmp_path: Path):
    staging, path = Staging(tmp_path / "staging"), tmp_path / "a" / "b" / "c"
    write_durably(path, b"first", staging)
    write_durably(path, b"second", staging)
    assert path.read_bytes() == b"second"
