"""What the doctor finds."""

import io
import shutil
import time
from typing import NamedTuple

import pytest
from rich.console import Console

from penchant import app
from penchant.cli import checks, doctor
from penchant.cli.checks import Finding
from penchant.cli.data_folder import DataFolder, KeyPair
from penchant.cli.program import run
from penchant.cli.states import State
from penchant.settings import Settings


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_an_old_python_fails():
    found = checks.python_version((3, 10, 4))

    assert (found.state, found.detail) == (State.FAIL, "3.10.4")
    assert checks.python_version().state is State.OK


@pytest.mark.parametrize(
    ("free", "state"), [(2**40, State.OK), (2 * 2**30, State.WARN), (2**20, State.FAIL)]
)
def test_the_disk_is_judged_by_what_is_free(tmp_path, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(2**40, 0, free))

    assert checks.disk_space(tmp_path / "not" / "yet").state is state


def test_a_folder_that_is_not_there_yet_is_only_a_warning(tmp_path):
    found = checks.data_folder(DataFolder(tmp_path / "none"))

    assert found.state is State.WARN
    assert not (tmp_path / "none").exists()


def test_a_foreign_folder_fails(tmp_path):
    (tmp_path / "photo.jpg").write_text("")

    found = checks.data_folder(DataFolder(tmp_path))

    assert found.state is State.FAIL
    assert "photo.jpg" in found.detail


def test_an_own_folder_is_well_and_stays_as_it_is(tmp_path):
    DataFolder(tmp_path).claim()

    assert checks.data_folder(DataFolder(tmp_path)).state is State.OK
    assert [path.name for path in tmp_path.iterdir()] == ["penchant.json"]


def test_a_database_that_is_not_made_yet_is_not_made_by_the_doctor(tmp_path):
    found = checks.database(Settings(data_dir=tmp_path / "none"))

    assert found.state is State.WARN
    assert not (tmp_path / "none").exists()


def test_an_unreachable_database_fails(tmp_path):
    found = checks.database(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}"))

    assert found.state is State.FAIL
    assert "Is a directory" in found.detail


def test_a_database_that_answers_is_well(tmp_path):
    app.open_house(Settings(data_dir=tmp_path)).close()

    assert "SQLite" in checks.database(Settings(data_dir=tmp_path)).detail


def test_torch_and_onnxruntime_are_found():
    assert checks.trainer().detail.startswith("torch ")
    assert checks.answerer().detail.startswith("onnxruntime ")


def test_a_server_that_has_not_run_is_a_warning_with_the_command(tmp_path):
    found, skew_s = checks.server(DataFolder(tmp_path))

    assert (found.state, skew_s) == (State.WARN, None)
    assert found.next_step.startswith("start one with: penchant up --data")


def test_a_server_that_is_gone_is_a_warning(tmp_path):
    folder = DataFolder(tmp_path)
    folder.write_key(KeyPair("AKIAEXAMPLE", "secret"))
    folder.write_endpoint("http://127.0.0.1:9", "us-east-1")

    found, _ = checks.server(folder)

    assert found.state is State.WARN
    assert "http://127.0.0.1:9 does not answer" in found.detail


@pytest.mark.parametrize(
    ("skew_s", "state"), [(None, State.OK), (-299.0, State.OK), (301.0, State.FAIL)]
)
def test_a_clock_may_be_as_far_off_as_signatures_may(skew_s, state):
    assert checks.clock(Settings(), skew_s).state is state


def test_a_clock_of_the_past_fails():
    found = checks.clock(Settings(), None, now=0.0)

    assert (found.state, found.detail) == (State.FAIL, "it says 1970")
    assert checks.clock(Settings(), None, now=time.time()).state is State.OK


def test_the_doctor_fails_when_a_check_does(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_text("")

    assert run(["doctor", "--data", str(tmp_path)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("fail  data folder: ")
    assert lines[2].endswith("-> name another with --data")


def test_a_terminal_sees_a_table():
    console = Console(file=io.StringIO(), force_terminal=True, width=120)

    doctor.report(console, [Finding("sandbox", State.WARN, "none", "pip install 'x[sandbox]'")])

    assert "x[sandbox]" in console.file.getvalue()
    assert "next step" in console.file.getvalue()
