"""What is kept of datasets for who asks again."""

from concurrent.futures import Future

import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.domain.datasets import INTERACTIONS, ITEMS, dataset_arn
from penchant.serving.knowledge import Knowledge
from penchant.serving.metadata import Metadata
from penchant.serving.stock import Rows, Stock

IDS = Vocabulary(["a"])


class Reader:
    """Tells what was read, in order."""

    def __init__(self):
        self.reads, self.versions = [], {}

    def version(self, arn):
        return self.versions.get(arn, 0)

    def stock(self, arn, ids, names, former=None):
        self.reads.append(("stock", arn, *sorted(names)))
        return Stock(Rows(ids, Vocabulary(())), None, names)

    def imported_events(self, arn):
        self.reads.append(("events", arn))
        return ()

    def metadata(self, arn):
        self.reads.append(("metadata", arn))
        return Metadata()


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def capacity():
    return 4


@pytest.fixture
def knowledge(reader, capacity):
    clock = [0.0]
    made = Knowledge(reader, capacity=capacity, monotonic=lambda: clock[0])
    made.turn = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    yield made
    made.close()


def waited(found):
    return found.result(10) if isinstance(found, Future) else found


def test_each_dataset_is_read_once_for_each_catalogue(knowledge, reader):
    first = waited(knowledge.stock("items", "artifact 1", IDS))
    assert knowledge.stock("items", "artifact 1", IDS) is first
    waited(knowledge.stock("items", "artifact 2", IDS))
    assert reader.reads == [("stock", "items")] * 2


def test_a_change_is_read_a_moment_later(knowledge, reader):
    first = waited(knowledge.metadata("items"))
    reader.versions["items"] = 1
    assert knowledge.metadata("items") is first
    knowledge.turn(2)
    assert waited(knowledge.metadata("items")) is not first


@pytest.mark.parametrize("capacity", [2])
def test_what_was_asked_for_longest_ago_is_forgotten(knowledge, reader):
    for ask in (
        lambda: knowledge.people("users", frozenset()),
        lambda: knowledge.imported_events("events", "artifact", IDS),
        lambda: knowledge.people("users", frozenset()),
        lambda: knowledge.metadata("items"),
        lambda: knowledge.people("users", frozenset()),
        lambda: knowledge.imported_events("events", "artifact", IDS),
    ):
        waited(ask())
    kinds = [kind for kind, *_ in reader.reads]
    assert kinds == ["stock", "events", "metadata", "events"]


def test_what_is_kept_for_one_artifact_is_read_for_the_next(knowledge, reader, small_artifact):
    group = "arn:aws:personalize:us-east-1:000000000000:dataset-group/shop"
    items, events = (dataset_arn(group, kind) for kind in (ITEMS, INTERACTIONS))
    assert knowledge.prepare(group, small_artifact) == []
    waited(knowledge.stock(items, "former", IDS, frozenset({"PRICE"})))
    waited(knowledge.stock(items, "another", IDS, frozenset({"GENRES"})))
    waited(knowledge.imported_events(events, "former", IDS))
    reader.reads.clear()
    for reading in knowledge.prepare(group, small_artifact):
        reading.result(10)
    assert sorted(reader.reads) == [("events", events), ("stock", items, "GENRES", "PRICE")]
    stock = knowledge.stock(items, str(small_artifact.folder), small_artifact.items)
    assert stock.rows.catalogue is small_artifact.items
    assert knowledge.prepare(group, small_artifact) == []
    assert knowledge.prepare(f"{group}2", small_artifact) == []
