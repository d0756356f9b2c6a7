"""Items as texts, for metadata."""

import pytest

from penchant.data.details import printed, read_details
from penchant.data.fields import Field

from .support import MEMORY_BYTES, import_text, items

COLUMNS = (
    {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "YEAR", "type": ["null", "int"]},
    {"name": "NEW", "type": ["null", "boolean"]},
    {"name": "STORY_LINE", "type": ["null", "string"], "textual": True},
)
HEADER = "ITEM_ID,GENRES,PRICE,YEAR,NEW,STORY_LINE\n"


def details(folder, text, **limits):
    import_text(folder, items(*COLUMNS), HEADER + text)
    read = read_details(folder / "out.parquet", "ITEM_ID", memory_bytes=MEMORY_BYTES, **limits)
    return list(read)


def test_values_are_texts_under_lower_case_names_and_missing_ones_are_left_out(tmp_path):
    ((whole, empty),) = details(tmp_path, 'a,x|y,130,1999,true,"Once, upon"\nb,,,,,\n')
    assert whole == (
        "a",
        {
            "genres": "x|y",
            "price": "130.0",
            "year": "1999",
            "new": "true",
            "story_line": "Once, upon",
        },
    )
    assert empty == ("b", {})


def test_of_two_records_on_an_item_the_later_counts(tmp_path):
    assert details(tmp_path, "a,x,,,,\nb,y,,,,\na,z,,,,\n") == [
        [("b", {"genres": "y"}), ("a", {"genres": "z"})]
    ]


def test_they_come_in_batches(tmp_path):
    found = details(tmp_path, "".join(f"{n},g,,,,\n" for n in range(5)), batch=2)
    assert [[name for name, _ in batch] for batch in found] == [["0", "1"], ["2", "3"], ["4"]]


def test_a_file_without_items_has_no_batch(tmp_path):
    assert details(tmp_path, "") == []


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("float", "130", "130.0"),
        ("float", "0.1", "0.1"),
        ("float", "1e20", "100000000000000000000.0"),
        ("float", "1.2345678e+07", "12345678.0"),
        ("float", "1e-05", "0.00001"),
        ("float", "1e39", None),
        ("double", "0.123456789012", "0.123456789012"),
        ("double", "1e+16", "10000000000000000.0"),
        ("double", "1_0", None),
        ("double", "nan", None),
        ("double", "cheap", None),
        ("long", "12345678901234567", "12345678901234567"),
        ("int", "5.0", "5"),
        ("int", "5.5", None),
        ("boolean", "true", "true"),
        ("boolean", "yes", None),
        ("string", "1|2", "1|2"),
    ],
)
def test_a_value_is_printed_as_its_column_has_it(kind, text, value):
    assert printed(Field("X", (kind,)), text) == value
