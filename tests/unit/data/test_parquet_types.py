from pathlib import Path

import duckdb
import pytest

from penchant.data.imports import ImportFailure

from .support import interactions, items, rows_of, run_import

KEYS = {"USER_ID": "'u'", "ITEM_ID": "'i'", "TIMESTAMP": "7"}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
RELEASED = {"name": "RELEASED", "type": ["null", "long"]}
TYPE = {"name": "EVENT_TYPE", "type": ["null", "string"]}
VALUE = {"name": "EVENT_VALUE", "type": ["null", "float"]}


def write(folder: Path, columns: dict[str, str]) -> Path:
    path = folder / "in.parquet"
    values = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    duckdb.sql(f"SELECT {values}").write_parquet(str(path))
    return path


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("user_id", "['u', 'v']", "VARCHAR[], but the schema wants string; write it as one plain"),
        ("USER_ID", "DATE '2020-01-02'", "DATE, but the schema wants string; write it as text"),
        ("ITEM_ID", "{'a': 1}", "STRUCT, but the schema wants string; write it as one plain value"),
        ("ITEM_ID", "MAP {'a': 1}", "MAP, but the schema wants string; write it as one plain"),
        ("TIMESTAMP", "[7]", "INTEGER[], but the schema wants long; write it as epoch seconds"),
        ("TIMESTAMP", "{'s': 7}", "STRUCT, but the schema wants long; write it as epoch seconds"),
        ("EVENT_TYPE", "['click']", "VARCHAR[], but the schema wants string; write it as one"),
        ("EVENT_VALUE", "now()", "TIMESTAMP WITH TIME ZONE, but the schema wants float; write it"),
    ],
)
def test_columns_of_unfit_types_are_refused_by_name(
    tmp_path: Path, column: str, value: str, told: str
) -> None:
    others = {"EVENT_TYPE": "'click'", "EVENT_VALUE": "2.5", **KEYS}
    kept = {name: one for name, one in others.items() if name != column.upper()}
    path = write(tmp_path, {**kept, column: value})
    with pytest.raises(ImportFailure) as caught:
        run_import(tmp_path, interactions(TYPE, VALUE), path)
    assert f"in.parquet: column {column} is of type {told}" in str(caught.value)


def test_lists_of_categories_and_times_for_whole_numbers_are_taken(tmp_path: Path) -> None:
    columns = {"ITEM_ID": "'i'", "GENRES": "['a', 'b']", "RELEASED": "DATE '1970-01-02'"}
    run_import(tmp_path, items(GENRES, RELEASED), write(tmp_path, columns))
    assert rows_of(tmp_path / "out.parquet") == [("i", "a|b", 86400)]


def test_lists_of_lists_are_refused_even_as_categories(tmp_path: Path) -> None:
    path = write(tmp_path, {"ITEM_ID": "'i'", "GENRES": "[['a']]"})
    with pytest.raises(ImportFailure, match="column GENRES is of type VARCHAR"):
        run_import(tmp_path, items(GENRES), path)


def test_columns_that_the_schema_does_not_name_may_be_of_any_type(tmp_path: Path) -> None:
    run_import(tmp_path, interactions(), write(tmp_path, {**KEYS, "EXTRA": "{'a': [1]}"}))
    assert rows_of(tmp_path / "out.parquet") == [("u", "i", 7)]
