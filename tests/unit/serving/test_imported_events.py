"""The index of an imported file: who did what."""

import duckdb
import pytest

from penchant.serving.imported_events import ImportedEvents, beside, write_imported_events

ROWS = [("u", "a", "Click"), ("u", "a", "buy"), ("u", "b", "CLICK"), ("v", "c", None)]


def written(path):
    folder = write_imported_events(path, "ITEM_ID", memory_bytes=100_000_000)
    return ImportedEvents.load(folder)


@pytest.fixture
def past(tmp_path):
    return written(part(tmp_path, ROWS))


def part(folder, rows):
    """An imported file, as far as the index looks at it."""
    path = folder / "part.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (USER_ID TEXT, ITEM_ID TEXT, EVENT_TYPE TEXT)")
        for row in rows:
            connection.execute("INSERT INTO t VALUES (?, ?, ?)", row)
        connection.execute(f"COPY t TO '{path}'")
    return path


def names(past, user, types=None):
    items = past.of(user, None if types is None else frozenset(types)).tolist()
    return sorted(past.item_ids[item] for item in items)


def test_types_are_compared_in_lower_case(past):
    assert names(past, "u", {"click"}) == ["a", "b"]
    assert names(past, "u", {"buy"}) == ["a"]
    assert names(past, "u", {"Click"}) == []


def test_any_type_is_every_type_and_no_type_too(past):
    assert names(past, "u") == ["a", "a", "b"]
    assert names(past, "v") == ["c"]
    assert names(past, "v", {"click"}) == []


def test_types_of_actions_are_compared_in_the_data_s_form(tmp_path):
    rows = [("u", "a", "Not Taken"), ("u", "b", "NOT_TAKEN"), ("u", "c", "Taken")]
    file = part(tmp_path, rows)
    past = written(file).on_actions()
    assert names(past, "u", {"not_taken"}) == ["a", "b"]
    assert names(past, "u", {"taken"}) == ["c"]


def test_an_unknown_user_did_nothing(past):
    assert names(past, "zz") == []


def test_users_are_found_by_what_they_did(past):
    assert [past.users.name(user) for user in past.users_with(frozenset({"click"})).tolist()] == [
        "u"
    ]
    assert len(past.users_with(None)) == 2
    assert len(past.users_with(frozenset({"share"}))) == 0


def test_an_index_that_somebody_else_has_written_stays_and_nothing_else_is_left(past, tmp_path):
    path = tmp_path / "part.parquet"
    before = (beside(path) / "items.npy").stat().st_ino
    again = ImportedEvents.load(write_imported_events(path, "ITEM_ID", memory_bytes=100_000_000))
    assert names(again, "u") == names(past, "u")
    assert (beside(path) / "items.npy").stat().st_ino == before
    assert {one.name for one in tmp_path.iterdir()} == {path.name, beside(path).name}


def test_a_file_that_cannot_be_read_leaves_no_index(tmp_path):
    path = tmp_path / "part.parquet"
    path.write_bytes(b"nothing")
    with pytest.raises(duckdb.Error):
        write_imported_events(path, "ITEM_ID", memory_bytes=100_000_000)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
