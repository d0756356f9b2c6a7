"""The server as a process: ports, signals, waiting for what is under way."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress

import pytest

from penchant.edge.asgi import Answer
from penchant.edge.server import Server, address_of, bind

PROGRAM = """
import time
from penchant.domain.resources import utc_now
from penchant.edge.application import application
from penchant.edge.server import serve
from penchant.settings import Settings
from starlette.responses import PlainTextResponse
from starlette.routing import Route

def slow(request):
    print("begun", flush=True)
    time.sleep(1)
    return PlainTextResponse("done")

class Keys:
    def find(self, access_key_id):
        return None

app = application({}, Keys(), None, Settings(), utc_now, routes=[Route("/slow", slow)])
serve(app, "127.0.0.1", 0, lambda address: print(address, flush=True))
print("returned", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_requests_end_and_then_returns_to_the_caller(number):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().strip()
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(urllib.request.urlopen(f"{address}/slow").read())
        )
        thread.start()
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        assert process.stdout.readline() == "returned\n"
        assert process.wait(20) == 0
        thread.join(20)
        assert answers == [b"done"]


def test_port_zero_takes_a_free_one():
    with bind("127.0.0.1", 0) as bound:
        assert address_of(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_several_servers_can_share_a_port():
    answered = []

    def named(name):
        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await send({"type": "lifespan.shutdown.complete"})
                return
            answered.append(name)
            await Answer(200, [], name.encode()).write(scope, send)

        return app

    first = bind("127.0.0.1", 0, share=True)
    second = bind("127.0.0.1", first.getsockname()[1], share=True)
    address = address_of(first)
    assert address_of(second) == address
    servers = [(Server(named("a")), first), (Server(named("b")), second)]
    threads = [
        threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        for server, bound in servers
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    while set(answered) != {"a", "b"} and time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address) as answer:
            answer.read()
    for server, _ in servers:
        server.should_exit = True
    for thread in threads:
        thread.join(20)
    assert set(answered) == {"a", "b"}


def test_a_taken_port_is_an_error():
    with bind("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(OSError, match="in use"):
            bind("127.0.0.1", first.getsockname()[1])


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_address_of_version_6_is_bracketed():
    try:
        bound = bind("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with bound:
        assert address_of(bound).startswith("http://[::1]:")
