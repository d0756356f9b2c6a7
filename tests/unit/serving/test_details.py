"""The index of an imported file: what it tells of items."""

import duckdb
import pytest

from penchant.serving.details import Details, beside, write_details

MEMORY_BYTES = 100_000_000


def part(folder, rows):
    path = folder / "part.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (ITEM_ID TEXT, TITLE TEXT, PRICE FLOAT, _row BIGINT)")
        for n, row in enumerate(rows):
            connection.execute("INSERT INTO t VALUES (?, ?, ?, ?)", [*row, n])
        connection.execute(f"COPY t TO '{path}'")
    return path


def details(folder, rows, **limits):
    path = part(folder, rows)
    return Details.load(write_details(path, "ITEM_ID", memory_bytes=MEMORY_BYTES, **limits))


def test_items_are_looked_up_across_batches(tmp_path):
    found = details(tmp_path, [(f"i{n}", f"Tïtle {n} 購入", n) for n in range(7)], batch=3)
    assert [found.of(f"i{n}") for n in (0, 3, 6)] == [
        {"title": f"Tïtle {n} 購入", "price": f"{n}.0"} for n in (0, 3, 6)
    ]


def test_an_item_without_values_is_known_and_one_that_is_not_there_is_not(tmp_path):
    found = details(tmp_path, [("a", None, None)])
    assert (found.of("a"), found.of("b")) == ({}, None)


def test_an_empty_file_knows_nothing(tmp_path):
    assert details(tmp_path, []).of("a") is None


def test_nothing_else_is_left(tmp_path):
    path = part(tmp_path, [("a", "x", 1)])
    for _ in range(2):
        write_details(path, "ITEM_ID", memory_bytes=MEMORY_BYTES)
    assert {one.name for one in tmp_path.iterdir()} == {path.name, beside(path).name}


def test_a_file_that_cannot_be_read_leaves_no_index(tmp_path):
    path = tmp_path / "part.parquet"
    path.write_bytes(b"nothing")
    with pytest.raises(duckdb.Error):
        write_details(path, "ITEM_ID", memory_bytes=MEMORY_BYTES)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
