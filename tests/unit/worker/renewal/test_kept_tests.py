"""Rows of a test name the same users and items after a renewal as before."""

from types import SimpleNamespace

import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.models.known_ids import KnownIds
from penchant.worker.renewal.kept_tests import moved_test_rows


def artifact(rows):
    """What is looked at of an artifact of the users ann, eve and the items x, z."""
    users = KnownIds.of(Vocabulary(["ann", "eve"]))
    items = Vocabulary(["x", "z"])
    return SimpleNamespace(users=users, items=items, test_rows=lambda: rows)


def now(*, users=("ann", "bob", "eve"), items=("x", "y", "z")):
    return SimpleNamespace(users=Vocabulary(users), items=Vocabulary(items))


@pytest.fixture
def rows():
    return {
        "users": np.array([0, 1, 1, -1], np.int32),
        "items": np.array([1, 0, 1, 1], np.int32),
        "timestamps": np.array([5, 6, 7, 8]),
    }


def test_rows_name_whom_they_named(rows):
    moved = moved_test_rows(artifact(rows), now())
    assert moved["users"].tolist() == [0, 2, 2, -1]
    assert moved["items"].tolist() == [2, 0, 2, 2]
    assert moved["timestamps"].tolist() == [5, 6, 7, 8]


def test_rows_of_who_is_gone_are_left_out(rows):
    moved = moved_test_rows(artifact(rows), now(users=("bob", "eve"), items=("z",)))
    assert moved["users"].tolist() == [1, -1]
    assert moved["timestamps"].tolist() == [7, 8]


def test_rows_without_items_move_too(rows):
    del rows["items"]
    assert moved_test_rows(artifact(rows), now())["users"].tolist() == [0, 2, 2, -1]


def test_rows_without_users_move_too(rows):
    del rows["users"]
    assert moved_test_rows(artifact(rows), now())["items"].tolist() == [2, 0, 2, 2]


@pytest.mark.parametrize("none", [None, {}])
def test_no_rows_stay_none(none):
    assert moved_test_rows(artifact(none), now()) == none
