import pytest

from penchant.data.fields import Field, Schema
from penchant.domain.errors import InvalidInputException
from penchant.service.record_reading import read_record

SCHEMA = Schema(
    "Items",
    (
        Field("ITEM_ID", ("string",)),
        Field("GENRES", ("string",), nullable=True, categorical=True),
        Field("NUMBER_OF_RATINGS", ("int",), nullable=True),
        Field("CREATION_TIMESTAMP", ("long",), nullable=True),
        Field("PRICE", ("float",), nullable=True),
        Field("ADULT", ("boolean",), nullable=True),
        Field("SIZE", ("int", "string"), nullable=True),
    ),
)


def read(properties, schema=SCHEMA):
    return read_record({"itemId": "7", "properties": properties}, schema, "itemId")[1]


@pytest.mark.parametrize("key", ["numberOfRatings", "NUMBER_OF_RATINGS", "number_of_ratings"])
def test_a_property_finds_its_column_in_every_spelling(key):
    assert read({key: 3}) == {"NUMBER_OF_RATINGS": 3}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("genres", "Drama|War"),
        ("numberOfRatings", -(2**31)),
        ("creationTimestamp", 2**40),
        ("price", 9),
        ("price", 9.5),
        ("adult", False),
        ("size", 40),
        ("size", "XL"),
        ("price", None),
    ],
)
def test_values_of_the_column_s_types_are_taken_unchanged(key, value):
    (found,) = read({key: value}).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("genres", ["Drama"], "GENRES takes string or null"),
        ("genres", float("nan"), "GENRES takes string or null"),
        ("numberOfRatings", "many", "NUMBER_OF_RATINGS takes int or null"),
        ("numberOfRatings", "2.5", "NUMBER_OF_RATINGS takes int or null"),
        ("numberOfRatings", "1_000", "NUMBER_OF_RATINGS takes int or null"),
        ("numberOfRatings", "9" * 5000, "NUMBER_OF_RATINGS takes int or null"),
        ("numberOfRatings", 2**31, "NUMBER_OF_RATINGS takes int or null"),
        ("numberOfRatings", 2.5, "NUMBER_OF_RATINGS takes int or null"),
        ("creationTimestamp", True, "CREATION_TIMESTAMP takes long or null"),
        ("price", True, "PRICE takes float or null"),
        ("price", float("nan"), "PRICE takes float or null"),
        ("price", 10**400, "PRICE takes float or null"),
        ("price", 1e39, "PRICE takes float or null"),
        ("price", "nan", "PRICE takes float or null"),
        ("genres", "a\0", "GENRES takes string or null"),
        ("genres", "\ud800", "GENRES takes string or null"),
        ("adult", 1, "ADULT takes boolean or null"),
        ("adult", "yes", "ADULT takes boolean or null"),
        ("size", {}, "SIZE takes int or string or null"),
    ],
)
def test_values_of_other_types_are_refused_by_name(key, value, wanted):
    with pytest.raises(
        InvalidInputException, match=f"itemId '7': the property '{key}' is .*{wanted}"
    ):
        read({key: value})


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("numberOfRatings", "12", 12),
        ("numberOfRatings", "12.0", 12),
        ("creationTimestamp", "1577836800", 1577836800),
        ("price", "3.5", 3.5),
        ("price", " 1e2", 100),
        ("price", "", None),
        ("adult", "true", True),
        ("adult", "false", False),
        ("genres", 5, "5"),
        ("genres", 5.5, "5.5"),
        ("genres", True, "true"),
        ("genres", "5", "5"),
        ("size", "40", "40"),
        ("size", 4.5, "4.5"),
    ],
)
def test_values_may_be_written_in_another_type_as_in_an_import(key, value, kept):
    (found,) = read({key: value}).values()
    assert found == kept
    assert type(found) is type(kept)


def test_the_model_s_own_example_of_an_item_is_taken():
    assert read('{"numberOfRatings": "12"}') == {"NUMBER_OF_RATINGS": 12}


def test_a_blank_text_does_not_fill_a_column_that_allows_no_null():
    schema = Schema("Items", (Field("ITEM_ID", ("string",)), Field("PRICE", ("float",))))
    with pytest.raises(InvalidInputException, match="'price' is ''; the column PRICE takes float"):
        read({"price": ""}, schema)


def test_an_unknown_property_is_refused_with_the_columns_there_are():
    with pytest.raises(
        InvalidInputException, match="no column for the property 'colour'; it has IT"
    ):
        read({"colour": "red"})


def test_a_property_in_two_spellings_is_refused():
    with pytest.raises(InvalidInputException, match="the property 'PRICE' stands twice"):
        read({"price": 1, "PRICE": 2})


def test_a_column_that_allows_no_null_must_have_a_value():
    schema = Schema("Items", (Field("ITEM_ID", ("string",)), Field("PRICE", ("float",))))
    with pytest.raises(
        InvalidInputException, match="the column PRICE allows no null and has no va"
    ):
        read({}, schema)
    with pytest.raises(
        InvalidInputException, match="'price' is None; the column PRICE takes float"
    ):
        read({"price": None}, schema)


def test_the_id_may_stand_in_the_properties_if_it_is_the_same():
    assert read({"itemId": "7"}) == {}
    with pytest.raises(
        InvalidInputException, match="itemId '7': its properties name another itemId"
    ):
        read({"itemId": "8"})


def test_properties_that_cannot_be_read_name_their_record():
    with pytest.raises(InvalidInputException, match="properties of itemId '7' is not JSON"):
        read("{")


def test_an_id_that_cannot_be_kept_is_refused():
    with pytest.raises(
        InvalidInputException, match="holds characters that cannot be kept; leave t"
    ):
        read_record({"itemId": "7\0"}, SCHEMA, "itemId")


def test_properties_nested_without_end_are_refused():
    with pytest.raises(InvalidInputException, match="properties of itemId '7' is not JSON"):
        read("[" * 32_000)
