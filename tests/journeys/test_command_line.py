"""`penchant up` as a real process: what it starts, keeps and leaves behind."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import psutil
import pytest

from penchant.domain.recipes import BUILT_IN, RECIPES

from ..waiting import until

PATIENCE_S = 60


@pytest.fixture
def house(fresh):
    installation = fresh()
    installation.up()
    yield installation
    installation.kill()


def worker_of(house):
    """The worker that `up` started; None while there is none."""
    for child in psutil.Process(house.processes[0].pid).children():
        with suppress(psutil.NoSuchProcess):  # a zombie, or gone between the two calls
            if "work" in child.cmdline():
                return child
    return None


def test_a_shell_is_pointed_at_it_by_env(house):
    lines = subprocess.run(
        [sys.executable, "-m", "penchant", "env", "--data", house.folder],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    script = f'{lines}\n{sys.executable} -c "{CALL}"'
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=bare)

    assert answer.stdout.strip() == next(iter(RECIPES.values())).name, answer.stderr


CALL = "import boto3; print(boto3.client('personalize').list_recipes()['recipes'][0]['name'])"


def test_a_killed_worker_is_replaced(house):
    first = until(lambda: worker_of(house))
    first.kill()

    until(lambda: (second := worker_of(house)) and second.pid != first.pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_takes_its_worker_with_it(house, number):
    worker = until(lambda: worker_of(house))
    process = house.processes[0]

    process.send_signal(number)

    assert process.wait(PATIENCE_S) == 0
    assert not worker.is_running()


def test_ctrl_c_of_a_terminal_reaches_the_server_alone_and_nothing_is_restarted(fresh):
    installation = fresh()
    installation.up()
    process = installation.processes[0]
    worker = until(lambda: worker_of(installation))

    assert os.getpgid(worker.pid) != os.getpgid(process.pid)  # whom a terminal's Ctrl-C reaches
    process.send_signal(signal.SIGINT)

    assert process.wait(PATIENCE_S) == 0
    assert not worker.is_running()
    assert "starting it again" not in (installation.folder.parent / "server.log").read_text()


def test_ctrl_c_before_it_answers_ends_it_at_once_and_without_a_traceback(tmp_path):
    words = (sys.executable, "-m", "penchant", "up", "--port", "0", "--data", tmp_path / "data")
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        until((tmp_path / "data").exists)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) in {-signal.SIGINT, 0}
        assert "Traceback" not in process.stderr.read()


def test_a_second_ctrl_c_does_not_wait_for_requests(house):
    address = urlsplit(house.address)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(2**16)  # the connection is accepted, and read before the signal is seen
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
        process, log = house.processes[0], house.folder.parent / "server.log"
        process.send_signal(signal.SIGINT)
        until(lambda: "Ctrl-C again" in log.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) in {0, -signal.SIGINT}
        assert line.recv(2**16).startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in log.read_text()


def test_the_log_tells_of_every_request_where_that_is_asked_for(fresh):
    installation = fresh()
    installation.address = installation.start("serve", "--access-log")
    installation.client("personalize").list_schemas()
    log = installation.folder.parent / "server.log"
    until(lambda: '"operation":"ListSchemas","status":200' in log.read_text())
    installation.kill()


def test_a_worker_does_not_outlive_a_killed_server(house):
    worker = until(lambda: worker_of(house))

    house.processes[0].kill()

    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


def test_the_same_port_is_not_taken_twice(house):
    port = house.address.rpartition(":")[2]

    second = subprocess.run(
        [sys.executable, "-m", "penchant", "up", "--data", house.folder, "--port", port],
        capture_output=True,
        text=True,
    )

    assert second.returncode == 2
    assert second.stderr.startswith(f"penchant: port {port} of 127.0.0.1 is in use")


def test_the_doctor_finds_nothing_to_mend(house):
    answer = subprocess.run(
        [sys.executable, "-m", "penchant", "doctor", "--data", house.folder],
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0
    assert f"server: {house.address} answers with {len(BUILT_IN.entries)} recipes" in answer.stdout
