"""How a command names itself to be pasted."""

import pytest

from penchant.cli.called import called


@pytest.fixture
def program(tmp_path):
    """An installed command in a folder with a blank in its name."""
    path = tmp_path / "my venv" / "penchant"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_command_that_the_shell_finds_is_called_by_its_name(program):
    path = f"/nowhere:{program.parent}"

    assert called({"PATH": path}, str(program.parent / "python")) == "penchant"


def test_a_command_outside_of_the_path_is_called_by_its_own_path(program):
    assert called({"PATH": "/nowhere"}, str(program.parent / "python")) == f"'{program}'"


def test_another_installation_on_the_path_is_not_the_one_that_is_called(program, tmp_path):
    other = tmp_path / "other" / "penchant"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)

    assert called({"PATH": str(other.parent)}, str(program.parent / "python")) == f"'{program}'"


def test_without_an_installed_command_the_module_is_run(tmp_path):
    assert called({"PATH": ""}, str(tmp_path / "python")) == f"{tmp_path}/python -m penchant"
