"""Texts of like words get vectors near each other, by a map that reads new texts too."""

import numpy as np
import pytest

from penchant.models.texts import TextMap
from penchant.recipes import texts as recipe
from penchant.recipes.texts import learn_text_map, text_vectors

SEA = ("sail boat wave", "boat wave fish", "fish sail sea", "sea wave sail", "boat sea fish")
CITY = ("tram street shop", "shop cafe tram", "street cafe house", "house tram shop", "cafe house")


def table_of(text_map, texts):
    rows, words, weights = text_map.weights(texts)
    table = np.zeros((len(texts), len(text_map.terms)), np.float32)
    table[rows, words] = weights
    return table


def cosines(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-9)
    return unit @ unit.T


def test_texts_of_one_subject_are_nearer_than_texts_of_two():
    near = cosines(text_vectors(SEA + CITY, 4, np.random.default_rng(0)))
    within = np.concatenate([near[:5, :5].ravel(), near[5:, 5:].ravel()])
    assert within.mean() > near[:5, 5:].mean() + 0.5


def test_vectors_have_length_one_on_average_and_texts_without_a_known_word_are_zero():
    texts = ("", *SEA, *CITY, "hapax")
    vectors = text_vectors(texts, 4, np.random.default_rng(0))
    assert vectors.shape == (12, 4)
    assert vectors.dtype == np.float32
    assert not vectors[[0, 11]].any()
    assert np.sqrt((vectors[1:11] ** 2).sum(axis=1).mean()) == pytest.approx(1, abs=1e-5)


def test_more_numbers_than_the_texts_have_directions_stay_zero():
    vectors = text_vectors(SEA, 16, np.random.default_rng(0))
    assert vectors.shape == (5, 16)
    assert not vectors[:, 5:].any()


@pytest.mark.parametrize("texts", [(), ("",), ("", ""), ("alone",), ("one", "two")])
def test_texts_without_common_words_have_no_direction(texts):
    assert not text_vectors(texts, 3, np.random.default_rng(0)).any()


def test_weights_are_those_of_the_formula():
    learned = learn_text_map(("a a b", "b c c", "c a"), 2, np.random.default_rng(0))
    assert learned.terms == ("a", "b", "c")
    assert learned.rarities == pytest.approx(np.log(4 / 2) * np.ones(3))
    row = np.array([(1 + np.log(2)) * np.log(2), np.log(2), 0])
    assert table_of(learned, ["a b a"])[0] == pytest.approx(row / np.linalg.norm(row))


def test_vectors_are_the_decomposition_of_the_weights_with_the_root_of_its_values():
    learned = learn_text_map(SEA + CITY, 3, np.random.default_rng(0))
    left, values, _ = np.linalg.svd(table_of(learned, SEA + CITY), full_matrices=False)
    expected = left[:, :3] * np.sqrt(values[:3])
    expected /= np.sqrt((expected**2).sum(axis=1).mean())
    found = learned.vectors(SEA + CITY)
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)


def test_a_saved_map_reads_new_texts_as_before(tmp_path):
    learned = learn_text_map(SEA + CITY, 4, np.random.default_rng(0))
    learned.save(tmp_path)
    loaded = TextMap.load(tmp_path)
    texts = ["wave and street", "", "unknown words"]
    assert np.array_equal(loaded.vectors(texts), learned.vectors(texts))
    assert not loaded.vectors(texts)[1:].any()


def test_the_same_seed_gives_the_same_vectors():
    one, two = (text_vectors(SEA, 3, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one, two)


def test_very_many_texts_are_learned_from_by_part(monkeypatch):
    monkeypatch.setattr(recipe, "MOST_TEXTS", 6)
    vectors = text_vectors((SEA + CITY) * 3, 4, np.random.default_rng(0))
    assert vectors.any(axis=1).mean() > 0.8


def test_very_many_words_are_counted_in_bounded_memory(monkeypatch):
    monkeypatch.setattr(recipe, "_MOST_COUNTED", 5)
    monkeypatch.setattr(recipe, "MOST_TERMS", 2)
    often = tuple(f"often twice w{i}" for i in range(10))
    assert set(learn_text_map(often, 2, np.random.default_rng(0)).terms) <= {"often", "twice"}


def test_an_empty_map_has_vectors_without_numbers():
    assert TextMap.empty().vectors(["a", "b"]).shape == (2, 0)
