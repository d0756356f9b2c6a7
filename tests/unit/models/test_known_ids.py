import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.models import known_ids
from penchant.models.known_ids import KnownIds

NAMES = ["u1", "u10", "", "line\nbreak", "\u00e9\u4e2d\U0001f600", "u1 "]


@pytest.fixture(params=["made", "loaded"])
def ids(request, tmp_path):
    made = KnownIds.of(Vocabulary(NAMES))
    if request.param == "made":
        return made
    made.save(tmp_path)
    return KnownIds.load(tmp_path)


def test_every_id_has_its_index_and_every_index_its_id(ids):
    assert [ids.index(name) for name in NAMES] == list(range(len(NAMES)))
    assert list(ids) == NAMES
    assert len(ids) == len(NAMES)


def test_other_ids_are_unknown(ids):
    assert [ids.index(name) for name in ("u", "u100", "U1", "\udc80")] == [-1] * 4
    assert "u1" in ids
    assert "u2" not in ids
    assert 1 not in ids


def test_ids_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(known_ids, "_hash", len)
    ids = KnownIds.of(Vocabulary(["ab", "cd", "e", "fg"]))
    assert [ids.index(name) for name in ("ab", "cd", "e", "fg", "xy")] == [0, 1, 2, 3, -1]


def test_a_vocabulary_of_nobody_knows_nobody(tmp_path):
    KnownIds.of(Vocabulary([])).save(tmp_path)
    ids = KnownIds.load(tmp_path)
    assert len(ids) == 0
    assert ids.index("u1") == -1


def test_many_ids_are_found():
    names = [f"user-{i}" for i in range(5000)]
    ids = KnownIds.of(Vocabulary(names))
    assert [ids.index(name) for name in names] == list(range(5000))
    assert (np.diff(ids.hashes.astype(object)) > 0).all()


@pytest.mark.parametrize("dropped", [[], [0], [2, 3, 5], list(range(len(NAMES)))])
def test_some_ids_can_be_left_out(ids, dropped):
    kept = np.array([place not in dropped for place in range(len(NAMES))])
    names = [name for place, name in enumerate(NAMES) if place not in dropped]
    left = ids.subset(kept)
    assert list(left) == names
    assert [left.index(name) for name in names] == list(range(len(names)))
    assert all(NAMES[place] not in left for place in dropped)
