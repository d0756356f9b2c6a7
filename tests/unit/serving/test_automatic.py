"""What a use case leaves out by itself, and how it goes together with a request's filter."""

import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes import DOMAIN_RECIPES, RECIPES
from penchant.filters.parsing import parse
from penchant.serving.automatic import automatic, both
from penchant.serving.sight import Passing
from penchant.serving.stock import Rows


def passing(rows, *names, strangers=()):
    """A filter that lets some names through."""
    every = [*rows.catalogue.ids, *rows.others.ids]
    mask = np.array([name in names for name in every], np.bool_)
    return Passing(rows, mask, lambda asked: np.array([one in strangers for one in asked]))


@pytest.fixture
def rows():
    return Rows(Vocabulary(["a", "b", "c"]), Vocabulary(["d"]))


def test_only_use_cases_that_leave_something_out_have_one():
    assert automatic(RECIPES["arn:aws:personalize:::recipe/aws-user-personalization"]) is None
    found = {
        entry.name.removeprefix("aws-"): automatic(entry)
        for entry in DOMAIN_RECIPES.values()
        if automatic(entry)
    }
    bought, watched = (
        parse(f'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("{kind}")')
        for kind in ("Purchase", "Watch")
    )
    assert found == {
        "ecomm-customers-who-viewed-x-also-viewed": bought,
        "ecomm-recommended-for-you": bought,
        "vod-because-you-watched-x": watched,
        "vod-more-like-x": watched,
        "vod-top-picks": watched,
    }


def test_nothing_and_something_is_something(rows):
    one = passing(rows, "a")
    assert both(None, None) is None
    assert both(one, None) is one
    assert both(None, one) is one


def test_what_both_let_through_passes(rows):
    one = passing(rows, "a", "b", "d", strangers=["x", "y"])
    other = passing(rows, "b", "c", "d", strangers=["y", "z"])
    found = both(one, other)
    assert found.lets(["a", "b", "c", "d", "x", "y", "z"]) == [
        *(False, True, False, True),
        *(False, True, False),
    ]
    assert found.others == ["d"]


def test_filters_that_were_read_at_different_times_go_together_by_name(rows):
    later = Rows(rows.catalogue, Vocabulary(["e", "d"]))
    one = passing(rows, "a", "d", strangers=["e"])
    found = both(one, passing(later, "a", "d", "e"))
    assert found.rows is later
    assert found.lets(["a", "b", "d", "e"]) == [True, False, True, True]
