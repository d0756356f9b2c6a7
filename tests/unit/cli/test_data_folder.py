"""The data folder as the command line sees it."""

import json
import os
import stat

import pytest
from botocore.session import Session

from penchant.cli.data_folder import DataFolder, KeyPair
from penchant.cli.refusal import Refusal


def test_a_new_folder_is_made_and_marked(tmp_path):
    DataFolder(tmp_path / "a" / "b").claim()

    assert json.loads((tmp_path / "a" / "b" / "penchant.json").read_text()) == {"format": 1}


def test_a_claimed_folder_can_be_claimed_again(tmp_path):
    folder = DataFolder(tmp_path)
    folder.claim()
    (tmp_path / "something").write_text("")

    folder.claim()


def test_a_folder_with_other_files_is_refused_by_the_name_of_one(tmp_path):
    (tmp_path / "thesis.tex").write_text("")

    with pytest.raises(Refusal, match=r"holds other files \(thesis.tex\).*--data"):
        DataFolder(tmp_path).claim()

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_hidden_files_do_not_make_a_folder_foreign(tmp_path):
    (tmp_path / ".DS_Store").write_text("")

    DataFolder(tmp_path).claim()


def test_a_folder_that_holds_the_database_is_ours(tmp_path):
    (tmp_path / "penchant.db").write_text("")

    DataFolder(tmp_path).claim()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Refusal, match="file is not a folder; name another with --data"):
        DataFolder(tmp_path / "file").claim()
    with pytest.raises(Refusal, match="is not a folder"):
        DataFolder(tmp_path / "file" / "below").claim()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(Refusal, match="no permission to write in"):
        DataFolder(tmp_path / "below").claim()


def test_a_newer_format_is_refused_by_its_number(tmp_path):
    (tmp_path / "penchant.json").write_text('{"format": 2}')

    with pytest.raises(Refusal, match="has format 2, this Penchant knows format 1"):
        DataFolder(tmp_path).claim()


@pytest.mark.parametrize("text", ["", "[]", "{}", "1"])
def test_a_damaged_mark_is_refused(tmp_path, text):
    (tmp_path / "penchant.json").write_text(text)

    with pytest.raises(Refusal, match=r"penchant\.json is damaged"):
        DataFolder(tmp_path).claim()


def test_the_credentials_file_is_for_its_owner_only(tmp_path):
    folder = DataFolder(tmp_path)

    folder.write_key(KeyPair("AKIAEXAMPLE", "s%cret/+="))

    assert stat.S_IMODE(folder.credentials.stat().st_mode) == 0o600
    assert folder.read_key() == KeyPair("AKIAEXAMPLE", "s%cret/+=")


def test_aws_programs_can_read_credentials_region_and_endpoint(tmp_path, monkeypatch):
    folder = DataFolder(tmp_path)
    folder.write_key(KeyPair("AKIAEXAMPLE", "s%cret/+="))
    folder.write_endpoint("http://127.0.0.1:4711", "eu-west-1")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder.credentials))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder.config))

    session = Session()
    client = session.create_client("personalize")

    assert session.get_credentials().secret_key == "s%cret/+="
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.endpoint_url == "http://127.0.0.1:4711"


def test_a_new_endpoint_keeps_profiles_that_a_user_added(tmp_path):
    folder = DataFolder(tmp_path)
    folder.config.write_text("[profile mine]\nregion = eu-central-1\n")

    folder.write_endpoint("http://127.0.0.1:1", "us-east-1")
    folder.write_endpoint("http://127.0.0.1:2", "us-east-1")

    assert "[profile mine]\nregion = eu-central-1" in folder.config.read_text()
    assert "127.0.0.1:1" not in folder.config.read_text()
    assert folder.read_endpoint() == "http://127.0.0.1:2"


def test_without_a_server_the_next_step_is_told(tmp_path):
    folder = DataFolder(tmp_path / "none")

    for read in (folder.read_key, folder.read_endpoint, folder.read_region):
        with pytest.raises(Refusal, match=r"no server has run in .*none yet; .*penchant up --data"):
            read()


def test_a_credentials_file_without_a_secret_names_what_is_missing(tmp_path):
    folder = DataFolder(tmp_path)
    folder.credentials.write_text("[default]\naws_access_key_id = A\n")

    with pytest.raises(Refusal, match=r"credentials has no aws_secret_access_key in \[default\]"):
        folder.read_key()


def test_a_credentials_file_without_a_profile_is_damaged(tmp_path):
    folder = DataFolder(tmp_path)
    folder.credentials.write_text("nonsense")

    with pytest.raises(Refusal, match=r"damaged: it should have a profile \[default\]"):
        folder.read_key()


def test_a_folder_is_held_by_one_server_at_a_time(tmp_path):
    folder = DataFolder(tmp_path)
    with folder.held() as first, folder.held() as second:
        assert (first, second) == (True, False)
    with folder.held() as again:
        assert again
