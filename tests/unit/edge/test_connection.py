import asyncio
import socket

import pytest

from penchant.edge.connection import JoiningTransport
from penchant.edge.server import Server

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Recording(asyncio.Transport):
    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 7)})
        self.calls = []

    def write(self, data):
        self.calls.append(bytes(data))

    def close(self):
        self.calls.append("close")

    def abort(self):
        self.calls.append("abort")

    def pause_reading(self):
        self.calls.append("pause")

    def resume_reading(self):
        self.calls.append("resume")

    def is_closing(self):
        return "close" in self.calls


@pytest.fixture
def below():
    return Recording()


@pytest.fixture
def turns():
    """What waits for the next turn of the event loop."""
    return []


@pytest.fixture
def transport(below, turns):
    return JoiningTransport(below, turns.append)


def test_a_head_leaves_together_with_its_body(transport, below):
    transport.write(HEAD)
    transport.write(b"body")
    transport.write(b"more")
    assert below.calls == [HEAD + b"body", b"more"]


def test_a_head_without_a_body_leaves_when_the_turn_of_the_loop_ends(transport, below, turns):
    transport.write(HEAD)
    assert below.calls == []
    turns.pop()()
    assert below.calls == [HEAD]


def test_nothing_leaves_twice(transport, below, turns):
    transport.write(HEAD)
    transport.write(b"body")
    turns.pop()()
    assert below.calls == [HEAD + b"body"]


def test_a_head_leaves_before_the_connection_closes(transport, below):
    transport.write(HEAD)
    transport.close()
    assert below.calls == [HEAD, "close"]
    assert transport.is_closing()


def test_an_abort_writes_nothing_more(transport, below):
    transport.write(HEAD)
    transport.abort()
    assert below.calls == ["abort"]


def test_all_else_goes_through(transport, below):
    transport.pause_reading()
    transport.resume_reading()
    assert below.calls == ["pause", "resume"]
    assert transport.get_extra_info("peername") == ("127.0.0.1", 7)
    assert transport.get_extra_info("cipher", "none") == "none"


def test_a_server_sends_a_short_answer_at_once():
    async def app(scope, receive, send):
        await receive()
        if scope["type"] == "lifespan":
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"body"})

    async def ask(port):
        loop = asyncio.get_running_loop()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setblocking(False)
            await loop.sock_sendall(client, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            return await loop.sock_recv(client, 65_536)

    async def serve_one():
        ready = asyncio.Event()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server = Server(app, ready.set)
            served = asyncio.create_task(server.serve([listening]))
            await ready.wait()
            answer = await ask(listening.getsockname()[1])
            server.should_exit = True
            await served
        return answer

    assert asyncio.run(serve_one()).endswith(b"\r\n\r\nbody")
