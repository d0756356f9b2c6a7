"""Where promoted items go."""

import pytest

from penchant.serving.promotions import mix, n_promoted


@pytest.mark.parametrize(
    ("n", "percent", "expected"),
    [(10, 40, 4), (10, 1, 0), (10, 5, 1), (25, 20, 5), (25, 100, 25), (3, 50, 2), (0, 50, 0)],
)
def test_a_share_is_rounded_to_the_nearest(n, percent, expected):
    assert n_promoted(n, percent) == expected


def items(names):
    return [{"itemId": name} for name in names]


def mixed(others, promoted, n, seed=0, **told):
    return mix(items(others), items(promoted), n, "sale", seed, **{"reasons": False} | told)


def ids(found):
    return "".join(one["itemId"] for one in found)


def test_each_kind_keeps_its_own_order():
    for seed in range(30):
        found = mixed("abcdef", "xy", 6, seed)
        assert len(found) == 6
        assert ids(one for one in found if "promotionName" in one) == "xy"
        assert ids(one for one in found if "promotionName" not in one) == "abcd"


def test_places_are_by_chance_and_the_same_for_the_same_seed():
    found = {ids(mixed("abcdef", "xy", 6, seed)) for seed in range(100)}
    assert len(found) > 10
    assert {name[0] for name in found} == {"a", "x"}
    assert mixed("abcdef", "xy", 6, 3) == mixed("abcdef", "xy", 6, 3)


def test_what_is_promoted_stands_once():
    found = mixed("abc", "b", 3)
    assert sorted(ids(found)) == ["a", "b", "c"]


def test_too_few_others_are_as_many_as_there_are():
    assert sorted(ids(mixed("a", "xy", 6))) == ["a", "x", "y"]
    assert mixed("", "", 6) == []


def test_reasons_are_told_where_the_recipe_tells_them():
    found = mix([], [{"itemId": "x", "reason": ["Exploration"]}], 1, "sale", 0, reasons=True)
    assert found == [{"itemId": "x", "reason": ["Promoted item"], "promotionName": "sale"}]
    assert "reason" not in mixed("", "x", 1)[0]
