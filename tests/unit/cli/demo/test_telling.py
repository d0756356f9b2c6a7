"""What the demo prints."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from penchant.cli.demo import telling
from penchant.cli.demo.goods import Goods, Story
from penchant.cli.demo.journey import two_more, unexpected

GOODS = Goods(
    story=Story("shop", "customer", "bought", "purchase", "made up"),
    csv=Path("shop.csv"),
    n_rows=3,
    n_users=2,
    titles={"a": "Apple [red]", "b": "Bread", "c": "Cheese", "d": "", "e": "Egg"},
    user_id="1",
    history=("a",),
    popular=("a", "b", "c", "d", "e"),
)


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=120)


@pytest.mark.parametrize(
    ("item_id", "rank", "text"), [("c", 1, "▲ 2"), ("a", 2, "▼ 1"), ("b", 2, "="), ("x", 3, "new")]
)
def test_a_move_is_told_by_direction_and_distance(item_id, rank, text):
    assert telling.move(["a", "b", "c"], item_id, rank).plain == text


def test_a_comparison_shows_both_lists_and_counts_the_new(console):
    telling.comparison(console, GOODS, ["a", "b"], ["b", "c"])

    text = console.file.getvalue()
    assert "Apple [red]" in text
    assert "1 of 2 are new." in text


def test_an_item_without_a_title_is_told_by_its_id():
    assert telling.title(GOODS, "d") == "d"
    assert telling.title(GOODS, "unknown") == "unknown"


def test_titles_are_printed_as_they_are(console):
    telling.ranked(console, GOODS, ["a", "b"])

    assert console.file.getvalue() == "   1  Apple [red]\n   2  Bread\n"


def test_a_leaderboard_shows_the_rows_in_which_own_items_may_return(console):
    service = {"mean_reciprocal_rank_at_25": 0.25, "coverage": 0.5}
    rows = [
        {"name": "popularity", "seen": "kept", "service": service},
        {"name": "popularity", "seen": "removed", "service": {}},
    ]

    telling.leaderboard(console, rows)

    text = console.file.getvalue()
    assert text.count("popularity") == 1
    assert "0.250" in text
    assert "0.500" in text


def test_the_first_click_is_popular_but_neither_bought_nor_recommended():
    assert unexpected(GOODS, listed=["b"], n_best_sellers=0) == "c"


def test_the_second_click_is_related_to_the_first_and_new():
    assert two_more(GOODS, ["b"], related=["a", "c", "b", "e"], first="c") == ("c", "e")


def test_without_a_new_related_item_the_second_click_is_popular():
    assert two_more(GOODS, ["b"], related=["a"], first="c") == ("c", "d")


def test_in_a_catalogue_that_is_all_known_the_least_popular_item_is_clicked():
    assert unexpected(GOODS, ["a", "b", "c", "d", "e"], n_best_sellers=0) == "e"


def test_best_sellers_are_passed_over_for_the_first_click():
    assert unexpected(GOODS, listed=[], n_best_sellers=3) == "d"
