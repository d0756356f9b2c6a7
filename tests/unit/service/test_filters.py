"""Filters: made once, checked against the group's schemas, never changed."""

import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)

BOUGHT = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")'
ODD = 'INCLUDE ItemID WHERE Items.GENRES IN ("odd")'


def describe(market, arn, caller=None):
    return market.desk.filters.describe_filter(caller or market.desk.caller, filter_arn=arn)[
        "filter"
    ]


def test_a_filter_is_active_at_once_and_shows_what_it_was_made_of(market):
    found = describe(market, market.filter(ODD))
    assert (found["name"], found["status"]) == ("only", "ACTIVE")
    assert found["filterExpression"] == ODD
    assert found["datasetGroupArn"] == market.group
    assert found["filterArn"].endswith(":filter/only")


def test_filters_of_a_group_are_listed_under_a_capital_key(market, desk):
    arn = market.filter(ODD)
    other = desk.group("other")
    for group, expected in ((market.group, [arn]), (other, []), (None, [arn])):
        found = desk.filters.list_filters(desk.caller, dataset_group_arn=group)
        assert [one["filterArn"] for one in found["Filters"]] == expected


def test_a_filter_that_was_deleted_is_gone(market, desk):
    arn = market.filter(ODD)
    desk.filters.delete_filter(desk.caller, filter_arn=arn)
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {arn} does not exist"):
        describe(market, arn)


def test_a_name_is_taken_once(market):
    market.filter(ODD)
    with pytest.raises(ResourceAlreadyExistsException):
        market.filter(BOUGHT.replace("Interactions.EVENT_TYPE", "Items.GENRES"))


def test_strangers_see_no_filters_and_make_none_in_the_group(market, desk):
    arn = market.filter(ODD)
    with pytest.raises(ResourceNotFoundException):
        describe(market, arn, desk.stranger)
    with pytest.raises(ResourceNotFoundException):
        desk.filters.create_filter(
            desk.stranger, name="x", dataset_group_arn=market.group, filter_expression=ODD
        )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("INCLUDE ItemID", "Could not create filter. Invalid Expression: it ends at column 15"),
        ('INCLUDE ItemID WHERE Items.HUE IN ("a")', "the schema of Items has no HUE; it has IT"),
        ("INCLUDE ItemID WHERE Items.YEAR < $Y IF CurrentUser.AGE > 3", "needs a dataset Users"),
        (BOUGHT, "Interactions.EVENT_TYPE needs a dataset Interactions"),
    ],
)
def test_an_expression_that_does_not_fit_is_refused(market, expression, text):
    with pytest.raises(InvalidInputException, match=text):
        market.filter(expression)


def test_interactions_without_event_types_cannot_be_filtered_by_them(market):
    fields = [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ]
    market.dataset("Interactions", fields)
    with pytest.raises(InvalidInputException, match="the schema of Interactions has no EVENT_TYPE"):
        market.filter(BOUGHT)


def test_a_filter_needs_an_active_group(desk):
    missing = "arn:aws:personalize:eu-central-1:111111111111:dataset-group/none"
    with pytest.raises(ResourceNotFoundException, match=missing):
        desk.filters.create_filter(
            desk.caller, name="x", dataset_group_arn=missing, filter_expression=ODD
        )
