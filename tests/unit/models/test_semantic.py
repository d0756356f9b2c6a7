"""The model that compares vectors of texts, and items that join it."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.data.training_set import NO_TIME, Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.semantic import SemanticModel
from penchant.models.semantic_texts import (
    embedded,
    freshness_of,
    item_texts,
    kept,
    prints_of,
    with_items_of,
)
from penchant.recipes.contract import silent
from penchant.recipes.semantic import SemanticSimilarity

NAMES = ("red apple", "green apple", "iron nail", "")


@dataclass
class Letters:
    """Counts letters: a real embedding, if a poor one."""

    name: str = "letters"
    asked: list = field(default_factory=list)

    def vectors(self, texts, tick):
        self.asked += texts
        tick(1.0)
        return np.array([[text.count(chr(97 + i)) for i in range(26)] for text in texts], float)


def catalogue(names=NAMES, ids=None, created=(100, 200, 300, NO_TIME), embedder=None):
    n = len(names)
    return TrainingSet(
        users=Vocabulary(["u0", "u1"]),
        items=Vocabulary(ids or (f"i{place}" for place in range(n))),
        user_indices=np.array([0, 0, 1], np.int32),
        item_indices=np.array([0, 1, 1], np.int32),
        timestamps=np.arange(3, dtype=np.int64),
        event_types=np.full(3, -1, np.int16),
        event_values=np.full(3, np.nan, np.float32),
        item_features=Features(names={"TITLE": tuple(names)}),
        item_created_at=np.array(created, np.int64)[:n],
        embedder=embedder,
    )


def fitted(**given):
    given = {"embedder": Letters()} | given
    return SemanticSimilarity().fit(catalogue(**given), seed=0, progress=silent)


def test_scores_are_cosines_and_the_item_itself_is_last():
    scores = fitted().score([Query(item_index=0)])[0]
    counts = Letters().vectors(NAMES, lambda share: None)
    expected = counts[0] @ counts[1] / np.linalg.norm(counts[0]) / np.linalg.norm(counts[1])
    assert scores[1] == pytest.approx(expected, abs=1e-6)
    assert scores[1] > scores[2] > scores[3] == 0
    assert scores[0] == -2


def test_an_item_without_text_has_popular_neighbours():
    scores = fitted().score([Query(item_index=3)])[0]
    assert np.argsort(-scores).tolist() == [1, 0, 2, 3]


def test_without_item_and_history_popular_then_new_items_answer():
    assert np.argsort(-fitted().score([Query()])[0]).tolist() == [1, 0, 2, 3]


def test_a_history_asks_with_its_newest_items():
    items = np.array([2, 0], np.int32)
    history = History(items, *(np.zeros(2, kind) for kind in (np.int64, np.int16, np.float32)))
    model = fitted()
    total = 0.5**0.5 * model.vectors[2] + model.vectors[0]
    expected = model.vectors @ total / np.linalg.norm(total)
    assert model.score([Query(history)])[0] == pytest.approx(expected, abs=1e-6)


def test_half_precision_answers_like_full_precision(monkeypatch):
    model = fitted()
    half = replace(model, vectors=model.vectors.astype(np.float16))
    query = [Query(item_index=0)]
    assert half.score(query) == pytest.approx(model.score(query), abs=2e-3)
    monkeypatch.setattr("penchant.models.semantic_texts.MOST_FLOAT32", 10)
    assert kept(model.vectors).dtype == np.float16


def test_many_items_are_compared_part_by_part(monkeypatch):
    model = fitted()
    whole = model.score([Query(item_index=0), Query(item_index=1)])
    monkeypatch.setattr("penchant.models.semantic._CHUNK", 3)
    assert model.score([Query(item_index=0), Query(item_index=1)]) == pytest.approx(whole)


def test_name_comes_first_then_texts_and_blanks_do_not_count():
    features = Features(names={"T": ("a ", "")}, texts={"D": (" b", " "), "C": ("c", "")})
    assert item_texts(features, 2) == ("a\nc\nb", "")
    assert item_texts(Features(), 2) == ("", "")


def test_freshness_goes_from_the_oldest_to_the_newest():
    found = freshness_of(np.array([100, 150, 200, 900, NO_TIME]), 5, (100, 200))
    assert found.tolist() == [0, 0.5, 1, 1, 0]
    assert freshness_of(None, 2, (0, 0)).tolist() == [0, 0]


def test_new_and_changed_items_are_embedded_and_no_others():
    model, embedder = fitted(), Letters()
    names = ("red apple", "iron hammer", "iron nail", "green pear", "")
    now = catalogue(names, ("i0", "i1", "i2", "i9", "i3"), (100, 200, 300, 250, NO_TIME), embedder)
    joined = with_items_of(model, now)
    assert embedder.asked == ["iron hammer", "green pear"]
    assert joined.items.ids == ("i0", "i1", "i2", "i9", "i3")
    scratch = embedded(embedder, names, lambda share: None)
    assert joined.vectors == pytest.approx(scratch)
    assert joined.popularity.tolist() == [0.5, 1, 0, 0, 0]
    assert joined.freshness.tolist() == [0, 0.5, 1, 0.75, 0]
    assert len(model.items) == 4


def test_items_that_are_gone_leave():
    joined = with_items_of(fitted(), catalogue(NAMES[:2], embedder=Letters()))
    assert joined.score([Query(item_index=0)]).shape == (1, 2)


def test_a_model_of_its_own_words_takes_new_items_by_them():
    names = ("red apple tree", "green apple tree", "red apple", "green tree") * 5
    model = fitted(names=names, created=(1,) * 20, embedder=None)
    now = catalogue((*names, "red apple tree", "zzz"), created=(1,) * 22)
    joined = with_items_of(model, now)
    assert joined.vectors[20] == pytest.approx(joined.vectors[0], abs=1e-6)
    assert not joined.vectors[21].any()


def test_another_embedder_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match="vectors of letters, but the settings name other: train"):
        with_items_of(fitted(), catalogue(embedder=Letters("other")))
    with pytest.raises(ValueError, match="of letters, but the settings name no embedding model"):
        with_items_of(fitted(), catalogue())


def test_what_is_no_vector_per_text_is_refused():
    class Odd(Letters):
        def vectors(self, texts, tick):
            return np.full((len(texts), 2), np.nan)

    with pytest.raises(ValueError, match=r"letters answered \(3, 2\) numbers for 3 texts, or some"):
        embedded(Odd(), NAMES, lambda share: None)


def test_a_catalogue_without_texts_is_refused():
    with pytest.raises(ValueError, match="no item has a text to compare"):
        fitted(names=("", ""))
    with pytest.raises(ValueError, match="no item has a text to compare"):
        embedded(Letters(), ("", ""), lambda share: None)


def test_what_started_with_the_same_texts_is_not_embedded_again():
    first = fitted()
    embedder = Letters()
    again = SemanticSimilarity().fit(
        catalogue(embedder=embedder), seed=0, progress=silent, start=first
    )
    assert embedder.asked == []
    assert (again.vectors == first.vectors).all()


def test_prints_tell_texts_apart():
    assert len(set(prints_of(("a", "b", "a", "")).tolist())) == 3


def test_a_saved_model_keeps_its_span_and_its_embedder(tmp_path):
    model = fitted()
    model.save(tmp_path)
    told = json.loads(json.dumps(model.description))
    loaded = SemanticModel.load(tmp_path, told, model.items, ())
    assert (loaded.created, loaded.embedder) == ((100, 300), "letters")
    joined = with_items_of(loaded, catalogue(embedder=Letters()))
    assert (joined.vectors == model.vectors).all()
