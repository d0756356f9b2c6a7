"""What is on disk for certain."""

import pytest

from penchant.data.durable import publish


def folder(path, text):
    path.mkdir()
    (path / "file").write_text(text)
    return path


def test_a_folder_gets_its_name_whole(tmp_path):
    publish(folder(tmp_path / "unfinished", "new"), tmp_path / "done")
    assert [one.name for one in tmp_path.iterdir()] == ["done"]
    assert (tmp_path / "done" / "file").read_text() == "new"


def test_one_that_is_there_already_stays(tmp_path):
    folder(tmp_path / "done", "old")
    publish(folder(tmp_path / "unfinished", "new"), tmp_path / "done")
    assert (tmp_path / "done" / "file").read_text() == "old"


def test_where_it_cannot_be_renamed_to_is_told(tmp_path):
    with pytest.raises(OSError, match="No such file or directory"):
        publish(folder(tmp_path / "unfinished", "new"), tmp_path / "nowhere" / "done")
