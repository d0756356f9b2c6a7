"""Processes of a worker's own: what they say, how they die, whom they do not outlive."""

import os
import queue
import subprocess
import sys

import pytest

from penchant.settings import Settings
from penchant.worker.child import heard, started

ECHO = """
import json, os, sys
for line in sys.stdin:
    told = json.loads(line)
    print(json.dumps({"told": told, "threads": os.environ["OMP_NUM_THREADS"]}), flush=True)
"""
BROKEN = """
import sys
sys.stdin.readline()
sys.stdout.write('{"half": ')
sys.exit(3)
"""
ORDERLY = """
import os, sys
from penchant.worker.child_main import carry_out

def orders(stores, settings, hear, tell):
    print("a library greets")
    os.write(1, b"so does another\\n")
    tell({"folder": str(settings.data_dir), "first": hear(), "second": hear()})
    message = hear()
    if "wrong" in message:
        raise ValueError(message["wrong"])
    raise RuntimeError(message["unforeseen"])

carry_out(orders)
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Starts a process that runs a program."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def start(program, threads=1):
        (tmp_path / "program.py").write_text(program)
        return started("program", "The process", Settings(data_dir=tmp_path / "data"), threads)

    return start


def test_it_is_told_and_heard(child):
    with child(ECHO, threads=3) as process:
        for word in ("one", "two"):
            process.tell({"word": word})
            assert process.hear() == {"told": {"word": word}, "threads": "3"}


def test_its_death_is_heard_as_a_failure_even_within_a_line(child):
    with child(BROKEN) as process:
        process.tell({})
        told = "The process ended with status 3 (-9: killed, as when the machine has no memory left"
        assert process.hear()["failure"].startswith(told)
        process.tell({"anybody": "there"})
        assert process.hear()["failure"].startswith(told)


def test_it_is_not_there_any_more_when_the_block_ends(child):
    with child(ECHO) as process:
        assert process.process.poll() is None
    assert process.process.poll() == -9
    assert "ended with status -9" in process.hear()["failure"]


def test_nothing_said_for_a_while_is_an_empty_message():
    said = queue.Queue()
    assert heard(said) == {}
    said.put({"step": {}})
    assert heard(said) == {"step": {}}


def test_inside_it_has_the_settings_and_its_own_standard_output(child, tmp_path, capfd):
    with child(ORDERLY) as process:
        process.tell({"n": 1})
        process.tell({"n": 2})
        answer = {"folder": str(tmp_path / "data"), "first": {"n": 1}, "second": {"n": 2}}
        assert process.hear() == answer
        process.tell({"wrong": "too little data"})
        assert process.hear() == {"failure": "too little data"}
    assert "a library greets" in capfd.readouterr().err


def test_what_nobody_foresaw_stands_in_the_log(child, capfd):
    with child(ORDERLY) as process:
        for message in ({}, {}, {"unforeseen": "a bug"}):
            process.tell(message)
        process.hear()
        assert "ended with status 1" in process.hear()["failure"]
    assert "RuntimeError: a bug" in capfd.readouterr().err


def test_it_does_not_outlive_its_worker(tmp_path):
    (tmp_path / "program.py").write_text(ORDERLY)
    process = subprocess.Popen(
        [sys.executable, "-m", "program"],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PENCHANT_DATA_DIR": str(tmp_path)},
    )
    process.stdin.close()
    assert process.wait(60) == 0
