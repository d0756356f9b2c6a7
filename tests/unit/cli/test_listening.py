"""Asking for an address before anything is started."""

import socket

import pytest

from penchant.cli.listening import for_clients, require_free
from penchant.cli.refusal import Refusal


def test_a_free_port_is_free_and_stays_so():
    require_free("127.0.0.1", 0)


def test_a_port_in_use_is_named_with_the_next_step():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(Refusal, match=rf"port {port} of 127.0.0.1 is in use; .*--port 0"):
            require_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_foreign_address_is_refused(host):
    with pytest.raises(Refusal, match=r"is no address of this machine; try --host 127\.0\.0\.1"):
        require_free(host, 0)


@pytest.mark.parametrize(
    ("listening", "reachable"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://[::]:8080", "http://[::1]:8080"),
    ],
)
def test_clients_of_a_server_that_listens_everywhere_use_loopback(listening, reachable):
    assert for_clients(listening) == reachable
