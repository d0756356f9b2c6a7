"""A value made anew after what it is made from has changed."""

import logging
from concurrent.futures import Future

import pytest

from penchant.serving.fresh import Fresh


class AtOnce:
    """Runs what it is given when told to."""

    def __init__(self):
        self.waiting = []

    def submit(self, act):
        future = Future()
        self.waiting.append((act, future))
        return future

    def run(self):
        for act, future in self.waiting:
            try:
                future.set_result(act())
            except ValueError as error:
                future.set_exception(error)
        self.waiting = []


class World:
    def __init__(self):
        self.version, self.made, self.now_s, self.takes_s = 1, 0, 0.0, 0.0
        self.threads = AtOnce()
        self.fresh = Fresh(lambda: self.version, self.make, self.threads, lambda: self.now_s)

    def make(self):
        self.made += 1
        self.now_s += self.takes_s
        if self.version == "bad":
            raise ValueError("it cannot be read")
        return f"value {self.version}"

    def asked(self):
        """The value, after a wait where there is one to wait for."""
        found = self.fresh.ask()
        if isinstance(found, Future):
            self.threads.run()
            return found.result()
        return found


@pytest.fixture
def world():
    return World()


def test_who_asks_first_waits_and_all_wait_for_the_same_look(world):
    first, second = world.fresh.ask(), world.fresh.ask()
    assert first is second
    world.threads.run()
    assert (first.result(), world.fresh.ask(), world.made) == ("value 1", "value 1", 1)


def test_for_half_a_second_nobody_looks(world):
    world.asked()
    world.version, world.now_s = 2, world.now_s + 0.4
    assert world.fresh.ask() == "value 1"
    assert not world.threads.waiting


def test_then_the_value_is_answered_as_it_is_while_a_thread_looks(world):
    world.asked()
    world.version, world.now_s = 2, world.now_s + 0.6
    assert world.fresh.ask() == "value 1"
    world.threads.run()
    assert world.fresh.ask() == "value 2"


def test_after_a_second_that_nobody_looked_who_asks_waits(world):
    world.asked()
    world.version, world.now_s = 2, world.now_s + 1.1
    assert world.asked() == "value 2"


def test_a_look_may_be_had_at_once(world):
    world.asked()
    world.version = 2
    look = world.fresh.look()
    assert world.fresh.look() is look
    world.threads.run()
    assert (look.result(), world.fresh.ask()) == ("value 2", "value 2")


def test_what_did_not_change_is_not_made_again(world):
    world.asked()
    world.now_s += 5
    world.asked()
    assert world.made == 1


def test_dear_values_are_looked_after_more_rarely(world):
    world.takes_s = 3.0
    world.asked()
    world.version, world.now_s = 2, world.now_s + 59
    assert world.fresh.ask() == "value 1"
    assert not world.threads.waiting
    world.now_s += 2
    assert world.asked() == "value 2"


def test_a_failure_is_told_to_who_waits_and_logged_and_tried_again(world, caplog):
    world.version = "bad"
    with caplog.at_level(logging.ERROR), pytest.raises(ValueError, match="it cannot be read"):
        world.asked()
    assert "what answers look at cannot be read" in caplog.text
    world.version = 3
    assert world.asked() == "value 3"
