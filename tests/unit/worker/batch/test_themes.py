"""Themes of batch inference jobs, in the items' own words or a language model's."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from penchant.settings import Settings
from penchant.worker.batch.lines import LineRefused
from penchant.worker.batch.theme_endpoint import ThemeEndpoint
from penchant.worker.endpoint import Endpoint
from penchant.worker.tasks import TaskFailure

from .shelf import Shelf

MODE = {
    "batchInferenceJobMode": "THEME_GENERATION",
    "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "name"}},
    "numResults": 4,
}
COLUMNS = ("ITEM_ID string", "NAME string", "KIND categorical", "STORY textual")


def record(number):
    light = number < 6
    return {
        "NAME": f"{'lantern' if light else 'plate'} no {number}",
        "KIND": "Garden|Light" if light else "Kitchen",
        "STORY": "made of glass by hand" if number < 2 else "made by hand",
    }


@pytest.fixture
def shelf(yard):
    made = Shelf.of(yard)
    made.dataset("Items", COLUMNS, {f"i{n}": record(n) for n in range(12)})
    return made


def test_similar_items_get_a_theme_and_a_relevance_each(shelf):
    version = shelf.version("aws-similar-items")
    line, unknown, bad = shelf.answers(version, [{"itemId": "i0"}, {"itemId": "?"}, {}], **MODE)
    assert line["output"]["recommendedItems"] == ["i1", "i2", "i3", "i4"]
    assert line["output"]["theme"] == "Garden and Light"
    relevance = line["output"]["itemsThemeRelevanceScores"]
    assert len(relevance) == 4
    assert all(0 < one <= 1 for one in relevance)
    assert unknown["output"]["recommendedItems"] == ["i0", "i1", "i2", "i3"]
    assert sorted(bad) == ["error", "input"]
    assert bad["error"].endswith("are itemId")


def test_items_with_nothing_in_common_are_named_after_the_one_asked_for(shelf):
    version = shelf.version("aws-similar-items")
    (line,) = shelf.answers(version, [{"itemId": "i3"}], **MODE | {"numResults": 12})
    assert line["output"]["theme"] == "Items like lantern no 3"


def test_a_column_that_is_gone_fails_the_job(shelf):
    config = {"themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}}}
    with pytest.raises(TaskFailure, match="have no column 'TITLE' any more"):
        shelf.answers(shelf.version("aws-similar-items"), [{"itemId": "i0"}], **MODE | config)


class Handler(BaseHTTPRequestHandler):
    """Answers every request alike, and keeps what was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers.get("Authorization"), json.loads(body)))
        status, content = self.server.reply
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words):
        pass


@contextmanager
def answering(content, status=200):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.reply, server.seen = (status, content), []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def choice(text):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def named(address, **given):
    return ThemeEndpoint(Endpoint(address, "secret", 5.0, 1), "small").name(
        ["lantern", "lamp"], ["glass"]
    )


def test_a_language_model_names_the_theme_where_one_is_set():
    with answering(choice(' "Light for\n the garden." ')) as (server, address):
        assert named(address) == "Light for the garden"
    ((path, key, body),) = server.seen
    assert (path, key) == ("/v1/chat/completions", "Bearer secret")
    assert (body["model"], body["temperature"]) == ("small", 0)
    asked = body["messages"][-1]["content"]
    assert "- lantern\n- lamp" in asked
    assert "glass" in asked


@pytest.mark.parametrize(
    ("status", "content", "text"),
    [
        (401, b"bad key", r"'small' failed after 1 try: HTTP Error 401.*bad key. Check theme_end"),
        (200, b"{}", r"answered no choice: \{\}"),
        (200, b"[", r"answered no choice: \["),
        (200, choice(" . "), "answered an empty text"),
    ],
)
def test_a_language_model_that_does_not_answer_fails_the_line_alone(status, content, text):
    with (
        answering(content, status) as (_, address),
        pytest.raises(LineRefused, match=f"^No theme: .*{text}"),
    ):
        named(address)


def test_the_settings_name_the_language_model(shelf):
    with answering(choice("Bright nights")) as (_, address):
        shop = shelf.yard.shop
        given = {"data_dir": shop.settings.data_dir, "theme_endpoint_url": address}
        shelf.settings = Settings(**given, theme_model="small")
        version = shelf.version("aws-similar-items")
        (line,) = shelf.answers(version, [{"itemId": "i0"}], **MODE)
    assert line["output"]["theme"] == "Bright nights"
    with pytest.raises(ValueError, match="theme_model is not; name the model"):
        ThemeEndpoint.of(Settings(**given))
