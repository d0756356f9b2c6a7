"""Embedding by an endpoint, against a server that speaks the protocol."""

import base64
import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from penchant.worker.training.text_endpoint import EndpointEmbedder


class Handler(BaseHTTPRequestHandler):
    """Answers each text with its length and its number of blanks, in reverse order."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, self.headers.get("Authorization"), body))
        status, headers, content = self.server.plan.pop(0) if self.server.plan else (200, {}, None)
        if content is None:
            content = json.dumps(self.server.answer(body)).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words):
        pass


def usual(body):
    data = [
        {"object": "embedding", "index": place, "embedding": [len(text), text.count(" ")]}
        for place, text in enumerate(body["input"])
    ]
    return {"object": "list", "model": body["model"], "data": data[::-1]}


@contextmanager
def serving(*plan, answer=usual, handler=Handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.plan, server.seen, server.answer = list(plan), [], answer
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def embedder(server, **given):
    url = f"http://127.0.0.1:{server.server_port}/v1"
    given = {"sleep": lambda seconds: None} | given
    return EndpointEmbedder(url, "small", **given)


def silent(share):
    pass


def test_texts_are_sent_in_batches_and_come_back_in_order():
    shares = []
    with serving() as server:
        found = embedder(server, key="secret", batch=2).vectors(
            ["a b", "c", "d e f"], shares.append
        )
    assert found.tolist() == [[3, 1], [1, 0], [5, 2]]
    assert found.dtype == np.float32
    assert [body["input"] for _, _, body in server.seen] == [["a b", "c"], ["d e f"]]
    assert {(path, key) for path, key, _ in server.seen} == {("/v1/embeddings", "Bearer secret")}
    assert server.seen[0][2]["model"] == "small"
    assert shares == [2 / 3, 1.0]


def test_without_a_key_none_is_sent():
    with serving() as server:
        embedder(server).vectors(["a"], silent)
    assert server.seen[0][1] is None


def test_the_key_is_not_shown():
    assert "secret" not in repr(EndpointEmbedder("http://x", "m", "secret"))


def test_base64_is_read_too():
    def answer(body):
        told = base64.b64encode(np.array([1.5, -2], "<f4").tobytes()).decode()
        return {"data": [{"index": 0, "embedding": told}]}

    with serving(answer=answer) as server:
        assert embedder(server).vectors(["a"], silent).tolist() == [[1.5, -2.0]]


def test_what_may_pass_is_tried_again_after_growing_pauses():
    pauses = []
    plan = [(503, {}, b"busy"), (429, {"Retry-After": "7"}, b"slowly"), (500, {}, b"oh")]
    with serving(*plan) as server:
        embedder(server, sleep=pauses.append).vectors(["a"], silent)
    assert pauses == [0.5, 7.0, 2.0]
    assert len(server.seen) == 4


def test_an_unreadable_wish_to_wait_is_no_wish():
    pauses = []
    with serving((503, {"Retry-After": "tomorrow"}, b"")) as server:
        embedder(server, sleep=pauses.append).vectors(["a"], silent)
    assert pauses == [0.5]


def test_a_refusal_is_told_at_once_with_the_servers_words():
    with (
        serving((401, {}, b'{"error": "bad key"}')) as server,
        pytest.raises(ValueError, match=r"'small' failed after 1 try: HTTP Error 401.*bad key"),
    ):
        embedder(server).vectors(["a"], silent)
    assert len(server.seen) == 1


def test_patience_ends():
    with (
        serving(*[(502, {}, b"")] * 3) as server,
        pytest.raises(ValueError, match=r"failed after 3 tries: HTTP Error 502.*Check text_emb"),
    ):
        embedder(server, tries=3).vectors(["a"], silent)


def test_nobody_there_is_tried_again_and_then_told():
    with serving() as server:
        asked = embedder(server, tries=2)
    with pytest.raises(ValueError, match=r"failed after 2 tries: .*refused"):
        asked.vectors(["a"], silent)


def test_too_slow_an_answer_is_given_up():
    def slow(body):
        threading.Event().wait(0.5)
        return usual(body)

    with (
        serving(answer=slow) as server,
        pytest.raises(ValueError, match="failed after 1 try: timed out"),
    ):
        embedder(server, timeout_s=0.05, tries=1).vectors(["a"], silent)


@pytest.mark.parametrize(
    "content",
    [
        b"<html>no</html>",
        b'{"data": []}',
        b'{"error": "x"}',
        b'{"data": [{"index": 0, "embedding": "?"}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 2, "embedding": [1]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": 1}]}',
        b'{"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [0]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [3e38]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [null]}]}',
    ],
)
def test_an_answer_that_is_none_is_quoted(content):
    with (
        serving((200, {}, content)) as server,
        pytest.raises(ValueError, match="did not answer 2 embeddings of small") as told,
    ):
        embedder(server).vectors(["a", "b"], silent)
    assert content.decode() in str(told.value)


def test_vectors_of_two_lengths_are_refused():
    def growing(body):
        return {"data": [{"index": 0, "embedding": [1.0] * len(body["input"][0])}]}

    with (
        serving(answer=growing) as server,
        pytest.raises(ValueError, match="answered vectors of 1 and of 2 numbers"),
    ):
        embedder(server, batch=1).vectors(["a", "bb"], silent)


def test_no_texts_are_no_request():
    with serving() as server:
        assert embedder(server).vectors([], silent).shape == (0, 1)
    assert server.seen == []


def test_an_answer_that_breaks_off_is_tried_again():
    class Short(Handler):
        def do_POST(self):
            self.server.seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"data": [')

    with serving(handler=Short) as server:
        with pytest.raises(
            ValueError, match=r"failed after 2 tries: IncompleteRead.*Check text_emb"
        ):
            embedder(server, tries=2).vectors(["a"], silent)
        assert len(server.seen) == 2


def test_an_answer_that_comes_in_drops_is_given_up():
    class Drops(Handler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b" ")
                    threading.Event().wait(0.02)

    with (
        serving(handler=Drops) as server,
        pytest.raises(ValueError, match=r"failed after 1 try: no whole answer within 0\.1 s"),
    ):
        embedder(server, timeout_s=0.1, tries=1).vectors(["a"], silent)


def test_nobody_is_followed_elsewhere_with_the_key():
    with (
        serving() as other,
        serving((302, {"Location": f"http://127.0.0.1:{other.server_port}/"}, b"")) as server,
        pytest.raises(ValueError, match="failed after 1 try: HTTP Error 302"),
    ):
        embedder(server, key="secret").vectors(["a"], silent)
    assert other.seen == []
