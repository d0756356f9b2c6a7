"""What a peer is given, and what it gives back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

LIST_LENGTH = 25


class Rows(NamedTuple):
    """Training rows sorted by user, then time; indices are contiguous from 0."""

    users: np.ndarray
    items: np.ndarray
    timestamps: np.ndarray
    n_users: int
    n_items: int
    test_users: np.ndarray

    def histories(self) -> list[np.ndarray]:
        """Items of every test user, oldest first."""
        counts = np.bincount(self.users, minlength=self.n_users)
        ends = np.cumsum(counts)
        return [self.items[ends[u] - counts[u] : ends[u]] for u in self.test_users]


@dataclass(frozen=True)
class Options:
    """How a peer learns; one with epochs ends after that in which `seconds` of CPU are over."""

    epochs: int
    seconds: float
    threads: int
    seed: int


class Spent(NamedTuple):
    """Seconds of learning: by the clock, and of the CPU."""

    wall_s: float
    cpu_s: float

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)


def now() -> Spent:
    return Spent(time.perf_counter(), time.process_time())


class Fitted(NamedTuple):
    """One state of a model: what it took so far, and how it ranks.

    `rank(remove_seen)` gives item indices, best first, shape (n_test_users, 25), -1 for none.
    """

    spent: Spent
    epoch: int
    rank: Callable[[bool], np.ndarray]


Peer = Callable[[Rows, Options], Iterator[Fitted]]


def read_rows(path: Path) -> Rows:
    with np.load(path) as kept:
        return Rows(**{name: kept[name] for name in Rows._fields})


def lists_of(scores: np.ndarray, seen: list[np.ndarray] | None) -> np.ndarray:
    """The best 25 items of scores (n, n_items), items in `seen` left out."""
    scores = np.array(scores, np.float32)
    for row, items in zip(scores, seen or [], strict=False):
        row[items] = -np.inf
    best = np.argsort(-scores, axis=1, kind="stable")[:, :LIST_LENGTH]
    return np.where(np.isfinite(np.take_along_axis(scores, best, axis=1)), best, -1)
