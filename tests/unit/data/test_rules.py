import pytest

from penchant.data.rules import CUSTOM, INTERACTIONS, USERS, excluded_columns, rules_of


@pytest.mark.parametrize("spelling", ["Interactions", "INTERACTIONS", "interactions"])
def test_a_type_is_known_in_any_case(spelling):
    assert rules_of(spelling) is INTERACTIONS


def test_an_unknown_type_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="'Cars' is not a dataset type; use one of Interactions"):
        rules_of("Cars")


def test_events_are_kept_apart_from_records_that_replace_each_other():
    assert INTERACTIONS.is_log
    assert not USERS.is_log


@pytest.mark.parametrize("rules", CUSTOM, ids=lambda rules: rules.record)
def test_ids_are_required(rules):
    assert rules.ids
    assert rules.ids <= set(rules.required)


def test_excluded_columns_are_told_by_record_in_upper_case():
    assert excluded_columns({"ITEMS": ["genres"], "Users": []}) == {
        "Items": frozenset({"GENRES"}),
        "Users": frozenset(),
    }


@pytest.mark.parametrize("column", ["ITEM_ID", "item_id"])
def test_a_column_that_training_needs_cannot_be_excluded(column):
    with pytest.raises(ValueError, match="column ITEM_ID of Items cannot be excluded; take it out"):
        excluded_columns({"Items": [column]})
