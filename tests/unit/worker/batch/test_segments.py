"""What the lines of batch segment jobs look like, and who stands in a segment."""

import numpy as np
import pytest

from penchant.data.top_k import top_k
from penchant.domain.arns import Kind
from penchant.models.popularity import PopularityModel
from penchant.recipes.contract import silent
from penchant.recipes.item_affinity import ItemAffinity, ItemAttributeAffinity
from penchant.worker.batch.segments import segments_of

from .shelf import Shelf, interactions

SEGMENT = Kind.BATCH_SEGMENT_JOB
MISSING = "User error: Required fields for the provided recipe are "


@pytest.fixture
def shelf(yard):
    return Shelf.of(yard)


def affinity(shelf, recipe, learner):
    data = interactions()
    model = learner(8).fit(data, seed=0, progress=silent)
    return model, shelf.version(recipe, model, recipe.removeprefix("aws-"), data)


def names(scores, n):
    return [f"u{place}" for place in top_k(scores, n).tolist()]


def test_an_item_gets_the_users_of_the_highest_affinity(shelf):
    model, version = affinity(shelf, "aws-item-affinity", ItemAffinity)
    lines = [{"itemId": "i3"}, {"itemId": "i7"}]
    found = shelf.answers(version, lines, kind=SEGMENT, numResults=6)
    scores = model.score_users(np.array([3, 7], np.int32))
    assert found == [
        {"input": line, "output": {"usersList": names(row, 6)}, "error": None}
        for line, row in zip(lines, scores, strict=True)
    ]


def test_more_users_than_there_are_are_all_users(shelf):
    _, version = affinity(shelf, "aws-item-affinity", ItemAffinity)
    (found,) = shelf.answers(version, [{"itemId": "i3"}], kind=SEGMENT, numResults=5_000_000)
    assert sorted(found["output"]["usersList"]) == sorted(f"u{n}" for n in range(30))


def test_lines_without_a_known_item_are_refused_at_their_place(shelf):
    _, version = affinity(shelf, "aws-item-affinity", ItemAffinity)
    lines = [{"itemId": "new"}, {"itemAttributes": 'ITEMS.colour = "red"'}, {"itemId": "i1"}]
    found = shelf.answers(version, lines, kind=SEGMENT, numResults=1)
    assert [len(one["output"]["usersList"]) for one in found] == [0, 0, 1]
    assert found[0]["error"] == "User error: the item 'new' was not there at the training"
    assert found[1]["error"] == MISSING + "itemId"


def test_attributes_get_the_users_of_the_highest_affinity_to_items_that_have_them(shelf):
    model, version = affinity(shelf, "aws-item-attribute-affinity", ItemAttributeAffinity)
    lines = [{"itemAttributes": 'ITEMS.colour = "red"'}, {"itemId": "i1"}]
    found = shelf.answers(version, lines, kind=SEGMENT, numResults=4)
    scores = model.score_users_for_group(model.attributes.items_with([("COLOUR", "red")]))
    assert found[0]["output"] == {"usersList": names(scores, 4)}
    assert found[1]["error"] == MISSING + "itemAttributes"


def test_attributes_that_no_item_has_are_told(shelf):
    _, version = affinity(shelf, "aws-item-attribute-affinity", ItemAttributeAffinity)
    texts = ['ITEMS.colour = "red" AND ITEMS.colour = "blue"', 'ITEMS.size = "XL"', "anything"]
    lines = [{"itemAttributes": text} for text in texts]
    found = shelf.answers(version, lines, kind=SEGMENT)
    assert "ask for fewer at once" in found[0]["error"]
    assert "no column 'size'" in found[1]["error"]
    assert "cannot be read from 'anything' on" in found[2]["error"]
    assert all(one["output"] == {"usersList": []} for one in found)


def test_lines_are_scored_in_blocks_that_fit_and_keep_their_order(shelf, monkeypatch):
    monkeypatch.setattr("penchant.worker.batch.segments.BLOCK_BYTES", 2 * 4 * 30)
    model, version = affinity(shelf, "aws-item-affinity", ItemAffinity)
    asked = ["i3", "new", "i7", "i1", "i3", "i9"]
    found = shelf.answers(version, [{"itemId": one} for one in asked], kind=SEGMENT, numResults=6)
    for one, line in zip(asked, found, strict=True):
        item = model.items.index(one)
        best = [] if item < 0 else names(model.score_users(np.array([item], np.int32))[0], 6)
        assert line["output"] == {"usersList": best}


def test_a_model_that_finds_no_users_is_refused(shelf):
    data = interactions()

    class Shown:
        model = PopularityModel(data.items, (), np.ones(12, np.float32))
        folder = "artifacts/1"

    with pytest.raises(ValueError, match="artifacts/1 holds a model that finds no users"):
        segments_of(Shown, lambda _: None, 1)
