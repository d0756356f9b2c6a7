import numpy as np
import pytest

from penchant.data.vocabulary import UNKNOWN, Vocabulary


def test_an_id_has_the_index_of_its_place():
    vocabulary = Vocabulary(["b", "a"])
    assert (len(vocabulary), vocabulary.index("a"), vocabulary.index("c")) == (2, 1, UNKNOWN)
    assert "a" in vocabulary
    assert "c" not in vocabulary


def test_several_ids_are_looked_up_at_once():
    indices = Vocabulary(["b", "a"]).indices(["a", "c", "b", "a"])
    assert indices.dtype == np.int32
    assert indices.tolist() == [1, UNKNOWN, 0, 1]


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="id 'a' stands twice in the vocabulary"):
        Vocabulary(["b", "a", "c", "a"])


def test_the_digest_tells_ids_and_their_order_apart():
    digest = Vocabulary(["a", "b"]).digest
    assert digest == Vocabulary(iter(["a", "b"])).digest
    assert digest not in {Vocabulary(["b", "a"]).digest, Vocabulary(["a"]).digest}
