import json

import pytest

from penchant.data.domain_rules import domain_rules
from penchant.data.schemas import parse_schema

STRING, FLOAT, LONG = ({"type": kind} for kind in ("string", "float", "long"))
CATEGORY = {"type": ["null", "string"], "categorical": True}
TEXT = {"type": ["null", "string"], "textual": True}
EVENTS = {"USER_ID": STRING, "ITEM_ID": STRING, "TIMESTAMP": LONG, "EVENT_TYPE": STRING}
PRODUCTS = {"ITEM_ID": STRING, "PRICE": FLOAT, "CATEGORY_L1": CATEGORY}
VIDEOS = {"ITEM_ID": STRING, "GENRES": CATEGORY, "CREATION_TIMESTAMP": LONG}
USERS = {"USER_ID": STRING, "AGE": {"type": "int"}}
SHOP, VIDEO = "ECOMMERCE", "VIDEO_ON_DEMAND"


def schema(record, fields):
    listed = [{"name": name, **field} for name, field in fields.items()]
    return json.dumps({"type": "record", "name": record, "namespace": "n", "fields": listed})


GOOD = [
    (SHOP, "Interactions", EVENTS),
    (VIDEO, "Interactions", {**EVENTS, "EVENT_VALUE": FLOAT, "DEVICE": CATEGORY}),
    (SHOP, "Users", USERS),
    (VIDEO, "Users", {"USER_ID": STRING, "SUBSCRIPTION_MODEL": CATEGORY}),
    (SHOP, "Items", PRODUCTS),
    (SHOP, "Items", {**PRODUCTS, "GENDER": CATEGORY, "PRODUCT_DESCRIPTION": TEXT, "SIZE": FLOAT}),
    (VIDEO, "Items", VIDEOS),
    (VIDEO, "Items", {**VIDEOS, "DURATION": FLOAT, "CONTENT_OWNER": CATEGORY}),
]


@pytest.mark.parametrize(("domain", "record", "fields"), GOOD)
def test_a_schema_with_the_domain_s_fields_is_one_of_the_dataset_type_too(domain, record, fields):
    found = parse_schema(schema(record, fields), domain)
    assert found == parse_schema(schema(record, fields))
    assert [field.name for field in found.fields] == list(fields)


@pytest.mark.parametrize(
    ("domain", "record", "fields", "missing"),
    [
        (domain, record, fields, name)
        for domain, record, fields in GOOD
        for name in domain_rules(domain, record).required
    ],
)
def test_every_required_field_has_to_be_there(domain, record, fields, missing):
    left = {name: field for name, field in fields.items() if name != missing}
    left = left or {"ELSE": STRING}
    with pytest.raises(ValueError, match=f"schema of {record} lacks the required field {missing}"):
        parse_schema(schema(record, left), domain)


@pytest.mark.parametrize(
    ("domain", "record", "fields", "message"),
    [
        (SHOP, "Items", {**PRODUCTS, "PRICE": {"type": "int"}}, "PRICE.*must be float"),
        (SHOP, "Items", {**PRODUCTS, "CATEGORY_L1": STRING}, 'L1.*give it "categorical": true'),
        (SHOP, "Items", {**PRODUCTS, "AGE_GROUP": TEXT}, 'AGE_GROUP.*"categorical": true'),
        (SHOP, "Items", {**PRODUCTS, "PRODUCT_DESCRIPTION": CATEGORY}, '"textual": true'),
        (VIDEO, "Items", {**VIDEOS, "GENRE_L2": STRING}, 'GENRE_L2.*"categorical": true'),
        (VIDEO, "Items", {**VIDEOS, "CREATION_TIMESTAMP": FLOAT}, "CREATION.*must be long"),
        (VIDEO, "Users", {"USER_ID": STRING, "SUBSCRIPTION_MODEL": STRING}, "categorical"),
        (SHOP, "Interactions", {**EVENTS, "EVENT_TYPE": CATEGORY}, "EVENT_TYPE.*must be string"),
        (SHOP, "Interactions", {**EVENTS, "EVENT_TYPE": FLOAT}, "EVENT_TYPE.*must be string"),
        (SHOP, "Users", {"USER_ID": STRING}, "at least one metadata field"),
        (SHOP, "Actions", {"ACTION_ID": STRING}, "ECOMMERCE has no dataset type 'Actions'; use"),
    ],
)
def test_a_field_of_another_kind_is_refused_by_name(domain, record, fields, message):
    with pytest.raises(ValueError, match=message):
        parse_schema(schema(record, fields), domain)


def test_without_a_domain_nothing_of_it_is_asked_for():
    assert parse_schema(schema("Items", {"ITEM_ID": STRING, "CATEGORY_L1": CATEGORY}))
