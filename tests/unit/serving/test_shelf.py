"""A stock that has the columns that were asked for."""

from concurrent.futures import Future

import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.serving.shelf import Shelf
from penchant.serving.stock import Rows, Stock

IDS = Vocabulary(["a"])


def names(text):
    return frozenset(text.split())


class Later:
    """Runs what it is given when told to."""

    def __init__(self):
        self.waiting = []

    def submit(self, act):
        future = Future()
        self.waiting.append((act, future))
        return future

    def run(self):
        waiting, self.waiting = self.waiting, []
        for act, future in waiting:
            try:
                future.set_result(act())
            except OSError as error:
                future.set_exception(error)


class Reader:
    """Tells the columns that it reads, in order."""

    def __init__(self):
        self.held, self.reads, self.broken = 1, [], names("")

    def version(self, arn):
        assert arn == "items"
        return self.held

    def stock(self, arn, ids, wanted, former):
        assert (arn, ids) == ("items", IDS)
        if self.broken & wanted:
            raise OSError("it cannot be read")
        kept = former.names if former is not None and former.version == self.held else names("")
        self.reads.append(" ".join(sorted(wanted - kept)))
        return Stock(Rows(ids, Vocabulary(())), None, wanted, self.held)


class World:
    def __init__(self):
        self.reader, self.threads, self.now_s = Reader(), Later(), 0.0
        self.shelf = Shelf(self.reader, "items", IDS, self.threads, lambda: self.now_s)

    def asked(self, text):
        """The stock, and how many looks were waited for."""
        waits = 0
        while isinstance(found := self.shelf.ask(names(text)), Future):
            waits += 1
            self.threads.run()
            found.result(0)
        return found, waits


@pytest.fixture
def world():
    return World()


def test_a_column_is_read_when_it_is_first_asked_for(world):
    assert world.asked("PRICE")[1] == 1
    assert world.asked("GENRES PRICE")[1] == 1
    assert world.asked("GENRES")[1] == 0
    assert world.reader.reads == ["PRICE", "GENRES"]


def test_who_asks_for_what_is_there_does_not_wait_for_another_s_column(world):
    before, _ = world.asked("PRICE")
    reading = world.shelf.ask(names("GENRES"))
    assert isinstance(reading, Future)
    assert world.shelf.ask(names("PRICE")) is before
    assert world.shelf.ask(names("GENRES")) is reading


def test_a_column_named_during_a_look_is_read_by_the_next(world):
    world.shelf.ask(names("PRICE"))
    (act, first), world.threads.waiting = world.threads.waiting[0], []
    first.set_result(act())
    world.now_s += 0.6
    world.shelf.ask(names("PRICE"))
    (act, second), world.threads.waiting = world.threads.waiting[0], []
    found = act()
    assert world.shelf.ask(names("GENRES")) is second
    second.set_result(found)
    assert world.asked("GENRES")[1] == 1
    assert world.reader.reads == ["PRICE", "GENRES"]


def test_after_a_change_every_column_so_far_is_read_anew(world):
    world.asked("PRICE")
    world.asked("GENRES")
    world.reader.held, world.now_s = 2, world.now_s + 5
    assert world.asked("PRICE")[0].version == 2
    assert world.reader.reads == ["PRICE", "GENRES", "GENRES PRICE"]
    assert world.shelf.names == names("GENRES PRICE")


def test_a_column_that_cannot_be_read_leaves_the_others_fresh(world):
    world.asked("PRICE")
    world.reader.broken = names("GENRES")
    with pytest.raises(OSError, match="it cannot be read"):
        world.asked("GENRES")
    world.reader.held, world.now_s = 2, world.now_s + 5
    assert world.asked("PRICE")[0].version == 2


def test_it_is_tried_again_for_who_asks_again(world):
    world.asked("PRICE")
    world.reader.broken = names("GENRES")
    with pytest.raises(OSError, match="it cannot be read"):
        world.asked("GENRES")
    world.reader.broken = names("")
    assert world.asked("GENRES")[0].names == names("GENRES PRICE")
