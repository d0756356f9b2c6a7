import numpy as np
import pytest

from penchant.data.training_set import Categories
from penchant.data.vocabulary import Vocabulary
from penchant.worker.batch.words import ItemTerms, phrase


def column(*rows):
    """The values of each row."""
    values = Vocabulary(dict.fromkeys(value for row in rows for value in row))
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    codes = np.array([values.index(value) for row in rows for value in row], np.int32)
    return Categories(values, offsets, codes)


def shelf():
    """Items 0-2: lanterns of glass; 3-5: cups; 6-9: plates; 10-29: books; all are `nice`."""
    things = ["glass lantern"] * 3 + ["tea cup"] * 3 + ["flat plate"] * 4 + ["big book"] * 20
    names = column(*[[f"a nice {thing}"] for thing in things])
    kinds = column(*([["Garden", "Light"]] * 3 + [["Kitchen"]] * 7 + [["Paper"]] * 20))
    return ItemTerms.of({"KIND": kinds}, {"NAME": names}, 30)


def test_a_group_is_named_by_what_tells_it_from_the_catalogue():
    terms, relevance = shelf().theme([0, 1, 2])
    assert set(terms) <= {"Garden", "Light", "glass", "lantern"}
    assert len(terms) == 3
    assert relevance == pytest.approx([1.0] * 3)


def test_what_a_few_share_names_the_group_and_the_others_are_less_relevant():
    terms, relevance = shelf().theme([3, 4, 5, 0])
    assert terms[0] in {"tea", "cup"}
    assert set(terms) == {"tea", "cup", "Kitchen"}
    assert relevance[0] == relevance[1] == relevance[2] > 0.8 > relevance[3]


def test_the_whole_catalogue_and_a_single_item_have_no_theme():
    assert shelf().theme(range(30))[0] == ()
    assert shelf().theme([0])[0] == ()
    assert shelf().theme([]) == ((), [])


def test_shuffled_items_share_less_than_a_group():
    terms = shelf()
    planted = np.mean(terms.theme([6, 7, 8, 9])[1])
    mixed = np.mean(terms.theme([0, 3, 6, 9])[1])
    assert planted > mixed


def test_items_without_words_are_not_relevant():
    terms = ItemTerms.of({}, {"NAME": column(["red sofa"], [], ["red chair"], *[["lamp"]] * 9)}, 12)
    names, relevance = terms.theme([0, 1, 2])
    assert names == ("red",)
    assert relevance[1] == 0
    assert all(np.isfinite(relevance))


def test_numbers_and_short_words_name_nothing():
    terms = ItemTerms.of({}, {"N": column(["a 1995 of"], ["a 1995 of"], *[["x"]] * 9)}, 11)
    assert terms.theme([0, 1])[0] == ()


def test_words_that_are_everywhere_name_nothing_however_the_dice_fall():
    the = [[f"the thing {n}" if n % 3 else f"thing {n}"] for n in range(12)]
    assert ItemTerms.of({}, {"N": column(*the)}, 12).theme([1, 2, 4, 5])[0] == ()


def test_a_word_and_a_value_that_read_alike_are_one_term():
    kinds = column(["Comedy"], ["Comedy"], ["Drama"], ["Drama"])
    names = column(["a comedy"], ["a COMEDY"], ["sad"], ["sad"])
    assert ItemTerms.of({"KIND": kinds}, {"NAME": names}, 4).theme([0, 1])[0] == ("Comedy",)


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        (("comedy",), "Comedy"),
        (("Comedy", "romance"), "Comedy and romance"),
        (("glass", "lantern", "heart"), "Glass, lantern and heart"),
    ],
)
def test_terms_make_a_phrase(terms, text):
    assert phrase(terms) == text
