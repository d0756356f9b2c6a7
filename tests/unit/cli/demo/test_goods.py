"""The shipped data, and what the story picks from them."""

import csv
from itertools import pairwise

import pytest

from penchant.cli.demo.goods import online_retail

NOW = 1_800_000_000
WEEK_S = 7 * 24 * 3600


@pytest.fixture(scope="module")
def goods(tmp_path_factory):
    return online_retail(tmp_path_factory.mktemp("goods"), now=NOW)


@pytest.fixture(scope="module")
def rows(goods):
    with goods.csv.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_has_the_columns_of_the_schema_in_its_order(goods, rows):
    assert list(rows[0]) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert len(rows) == goods.n_rows == 386_278
    assert {row["EVENT_TYPE"] for row in rows} == {"purchase"}


def test_all_times_are_moved_by_whole_weeks_to_end_this_week(rows):
    newest = max(int(row["TIMESTAMP"]) for row in rows)

    assert NOW - WEEK_S < newest <= NOW
    assert (newest - 1323435000) % WEEK_S == 0


def test_a_basket_is_in_the_order_of_its_invoice_not_of_its_item_numbers(rows):
    pairs = [
        (before["ITEM_ID"], after["ITEM_ID"])
        for before, after in pairwise(rows)
        if (before["USER_ID"], before["TIMESTAMP"]) == (after["USER_ID"], after["TIMESTAMP"])
    ]

    assert len(pairs) > 360_000
    assert 0.4 < sum(before < after for before, after in pairs) / len(pairs) < 0.6


def test_every_item_has_a_title(goods, rows):
    assert all(goods.titles[item_id] for item_id in {row["ITEM_ID"] for row in rows})


def test_the_user_has_a_history_that_fits_a_screen(goods, rows):
    items = {row["ITEM_ID"] for row in rows if row["USER_ID"] == goods.user_id}

    assert set(goods.history) == items
    assert 12 <= len(goods.history) <= 40


def test_the_history_is_oldest_first(goods, rows):
    newest = {
        row["ITEM_ID"]: int(row["TIMESTAMP"]) for row in rows if row["USER_ID"] == goods.user_id
    }

    times = [newest[item_id] for item_id in goods.history]
    assert times == sorted(times)


def test_the_popular_items_are_distinct_and_the_best_known_first(goods):
    assert len(set(goods.popular)) == 200
    assert goods.titles[goods.popular[0]] == "REGENCY CAKESTAND 3 TIER"
