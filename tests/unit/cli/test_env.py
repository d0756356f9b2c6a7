"""Lines for a shell."""

import subprocess

import pytest

from penchant.cli.data_folder import DataFolder, KeyPair
from penchant.cli.env import export_lines
from penchant.cli.program import run
from penchant.cli.refusal import Refusal


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path)
    folder.write_key(KeyPair("AKIAEXAMPLE", "it's $HOME `secret`"))
    folder.write_endpoint("http://127.0.0.1:4711", "us-east-1")
    return folder


def test_a_shell_reads_back_every_value_unchanged(folder):
    script = "\n".join([*export_lines(folder), 'printf "%s" "$AWS_SECRET_ACCESS_KEY"'])

    answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)

    assert answer.stdout == "it's $HOME `secret`"


def test_the_lines_name_address_key_and_region(folder):
    lines = export_lines(folder)

    assert lines[0] == "export AWS_ENDPOINT_URL=http://127.0.0.1:4711"
    assert lines[1] == "export AWS_ACCESS_KEY_ID=AKIAEXAMPLE"
    assert lines[3] == "export AWS_DEFAULT_REGION=us-east-1"


def test_a_folder_without_a_server_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no server has run"):
        export_lines(DataFolder(tmp_path))


def test_the_command_says_so_in_one_line_and_exits_2(tmp_path, capsys):
    assert run(["env", "--data", str(tmp_path)]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("penchant: no server has run in")
