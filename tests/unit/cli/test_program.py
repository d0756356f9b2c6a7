"""Commands in-process: what they print and how they say no."""

import json
import stat
import subprocess
import sys

import pytest

from penchant.cli.program import COMMANDS, run
from penchant.store.database import connect
from penchant.store.keys import AccessKeys


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def refusal(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (["env", "--dta"], "penchant: No such option: --dta"),
        (["nope"], "penchant: No such command 'nope'."),
        (["up", "--port", "99999"], "penchant: port 99999 is not between 0 and 65535"),
        (["up", "--port", "x"], "penchant: Invalid value for '--port': "),
        (["credentials", "revoke"], "penchant: Missing argument"),
        (["credentials", "create", "--account", "12"], "penchant: account is '12': Account (12"),
        (["evaluate"], "penchant: Missing argument 'INTERACTIONS'. See: penchant evaluate --help"),
        (["up", "--host", "192.0.2.1"], "penchant: '192.0.2.1' is no address of this machine"),
        (["demo", "--movielens", "nowhere"], "penchant: nowhere holds no MovieLens data"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_status_2(line, text, capsys):
    assert run(line) == 2

    assert refusal(capsys).startswith(text)


def test_an_unknown_setting_is_refused_by_its_name(monkeypatch, capsys):
    monkeypatch.setenv("PENCHANT_PROT", "1")

    assert run(["env"]) == 2
    assert "PENCHANT_PROT is set, but there is no setting 'prot'" in refusal(capsys)


@pytest.mark.parametrize("command", ["up", "serve", "work", "credentials"])
def test_somebody_elses_folder_is_left_alone(command, tmp_path, capsys):
    (tmp_path / "photo.jpg").write_text("")
    line = ["credentials", "list"] if command == "credentials" else [command]
    port = ["--port", "0"] if command in {"up", "serve"} else []

    assert run([*line, *port, "--data", str(tmp_path)]) == 2

    assert "holds other files (photo.jpg)" in refusal(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_database_that_does_not_answer_is_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PENCHANT_DATABASE_URL", f"sqlite:///{tmp_path}")

    assert run(["credentials", "list"]) == 2
    assert "the database can't be used: " in refusal(capsys)


def test_recipes_that_cannot_be_read_are_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PENCHANT_CUSTOM_RECIPES", str(tmp_path / "none.toml"))

    assert run(["up", "--port", "0", "--data", str(tmp_path / "data")]) == 2
    assert "custom_recipes: " in refusal(capsys)


def test_help_lists_every_command(capsys):
    assert run(["--help"]) == 0

    text = capsys.readouterr().out
    assert all(f" {name} " in text for name in COMMANDS)


def test_version_is_that_of_the_package(capsys):
    assert run(["version"]) == 0

    assert capsys.readouterr().out == "penchant 0.1.0\n"


def test_a_key_is_made_listed_without_its_secret_and_revoked(capsys, tmp_path):
    assert run(["credentials", "create", "--label", "shop [front]"]) == 0
    made = dict(line.split(" = ") for line in capsys.readouterr().out.splitlines() if " = " in line)

    assert run(["credentials", "list"]) == 0
    listed = capsys.readouterr().out
    assert made["aws_access_key_id"] in listed
    assert made["aws_secret_access_key"] not in listed
    assert "shop [front]" in listed

    assert run(["credentials", "revoke", made["aws_access_key_id"]]) == 0
    engine = connect(f"sqlite:///{tmp_path / 'penchant-data' / 'penchant.db'}")
    assert AccessKeys(engine).find(made["aws_access_key_id"]) is None
    engine.dispose()


def test_the_first_use_of_a_folder_writes_the_administrators_key(tmp_path):
    assert run(["credentials", "list", "--data", "x"]) == 0

    assert stat.S_IMODE((tmp_path / "x" / "credentials").stat().st_mode) == 0o600
    assert json.loads((tmp_path / "x" / "penchant.json").read_text()) == {"format": 1}


def test_an_unknown_key_is_not_revoked(capsys):
    assert run(["credentials", "revoke", "AKIANOBODY"]) == 2

    assert "there is no key AKIANOBODY; see: penchant credentials list" in refusal(capsys)


def test_env_starts_without_the_server_libraries():
    script = (
        "import sys; from penchant.cli.program import program; program(['env', 'version']);"
        "print([name for name in ('torch', 'starlette', 'sqlalchemy') if name in sys.modules])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"
