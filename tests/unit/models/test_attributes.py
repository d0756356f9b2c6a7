"""What was learned of metadata reads later metadata alike, from its folder too."""

from dataclasses import replace

import numpy as np
import torch

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.models.attributes import AttributeCoding
from penchant.recipes.attributes import TEXT_DIM, learn_coding
from penchant.recipes.blocks import AttributeVectors

TEXTS = ("red shoe", "red hat", "blue shoe", "blue hat", "")
FEATURES = Features(
    categories={
        "KIND": Categories(
            Vocabulary(["hat", "shoe"]),
            np.array([0, 1, 2, 3, 4, 4]),
            np.array([1, 0, 1, 0], np.int32),
        )
    },
    numbers={"PRICE": np.array([1, 2, 1, 2, np.nan], np.float32)},
    texts={"A": TEXTS, "B": ("", "big", "", "big", "")},
)


def learned():
    return learn_coding(FEATURES, 5, np.random.default_rng(0))


def test_all_texts_of_a_row_make_one_vector():
    attributes = learned().attributes(FEATURES, 5)
    assert attributes.texts.shape == (5, TEXT_DIM)
    assert not attributes.texts[4].any()
    alone = learned().attributes(replace(FEATURES, texts={"A": TEXTS}), 5)
    assert np.array_equal(alone.texts[0], attributes.texts[0])
    assert not np.array_equal(alone.texts[1], attributes.texts[1])


def test_columns_without_texts_have_no_vectors_of_texts():
    coding = learn_coding(replace(FEATURES, texts={}), 5, np.random.default_rng(0))
    attributes = coding.attributes(FEATURES, 5)
    assert attributes.texts.shape == (5, 0)
    assert AttributeVectors(attributes, 4).text_map is None


def test_a_saved_coding_reads_as_before(tmp_path):
    learned().save(tmp_path)
    loaded = AttributeCoding.load(tmp_path)
    before, after = (coding.attributes(FEATURES, 5) for coding in (learned(), loaded))
    assert np.array_equal(before.codes, after.codes)
    assert np.array_equal(before.texts, after.texts)
    assert before.n_codes == after.n_codes


def test_vectors_without_a_trainer_are_those_of_the_trainer():
    attributes = learned().attributes(FEATURES, 5)
    torch.manual_seed(0)
    trained = AttributeVectors(attributes, 8)
    with torch.no_grad():
        expected = trained(torch.arange(5)).numpy()
    weights = {f"title.{key}": array.numpy() for key, array in trained.state_dict().items()}
    without = {"title.table.weight": weights["title.table.weight"]}
    np.testing.assert_allclose(attributes.vectors(weights, "title"), expected, atol=1e-6)
    assert not np.allclose(attributes.vectors(without, "title"), expected)


def test_rows_without_any_metadata_are_zero():
    attributes = learned().attributes(Features(), 3)
    assert not attributes.codes.any()
    assert not attributes.texts.any()


def test_a_row_that_there_is_not_is_zero():
    attributes = learned().attributes(FEATURES, 5)
    trained = AttributeVectors(attributes, 8)
    weights = {f"user.{key}": array.numpy() for key, array in trained.state_dict().items()}
    found = attributes.vectors_at(np.array([3, -1, 5]), weights, "user")
    assert np.array_equal(found[0], attributes.vectors(weights, "user")[3])
    assert not found[1:].any()
