"""The server of a demo."""

import pytest

from penchant.cli.data_folder import DataFolder, KeyPair
from penchant.cli.demo.server import Server, running
from penchant.cli.refusal import Refusal


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCHANT_DATABASE_URL", "nonsense")

    with (
        pytest.raises(Refusal, match=r"did not start; .*server\.log ends with: .*database"),
        running(DataFolder(tmp_path / "data")),
    ):
        pass


def test_a_foreign_folder_is_refused_before_anything_starts(tmp_path):
    (tmp_path / "photo.jpg").write_text("")

    with pytest.raises(Refusal, match="holds other files"), running(DataFolder(tmp_path)):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_an_address_where_nobody_listens_does_not_answer(tmp_path):
    folder = DataFolder(tmp_path)
    folder.write_key(KeyPair("AKIAEXAMPLE", "secret"))
    folder.write_endpoint("http://127.0.0.1:9", "us-east-1")

    assert not Server(folder, folder.read_endpoint(), own=False).answers()
