"""Who did what, as an imported file tells it."""

from penchant.data.imported_events import read_imported_events

from .support import MEMORY_BYTES, import_text, interactions

TYPE = {"name": "EVENT_TYPE", "type": ["null", "string"]}


def past(folder, text, *fields):
    import_text(folder, interactions(*fields), text)
    return read_imported_events(folder / "out.parquet", "ITEM_ID", memory_bytes=MEMORY_BYTES)


def pairs(found):
    """(user, item, type) of every row, in order."""
    bounds = found.offsets.tolist()
    return [
        (user, found.item_ids[item], found.type_names[kind])
        for n, user in enumerate(found.user_ids)
        for item, kind in zip(
            found.items[bounds[n] : bounds[n + 1]].tolist(),
            found.types[bounds[n] : bounds[n + 1]].tolist(),
            strict=True,
        )
    ]


def test_each_pair_of_item_and_type_stands_once_a_user(tmp_path):
    rows = ["v,b,3,buy", "u,a,1,click", "u,a,2,click", "u,a,3,buy", "u,b,4,"]
    text = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" + "\n".join(rows) + "\n"
    found = past(tmp_path, text, TYPE)
    assert set(pairs(found)) == {
        ("u", "a", "buy"),
        ("u", "a", "click"),
        ("u", "b", ""),
        ("v", "b", "buy"),
    }
    assert found.offsets.tolist() == [0, 3, 4]


def test_a_file_without_event_types_has_one_of_no_name(tmp_path):
    found = past(tmp_path, "USER_ID,ITEM_ID,TIMESTAMP\nu,a,1\n")
    assert pairs(found) == [("u", "a", "")]


def test_an_empty_file_has_nobody(tmp_path):
    found = past(tmp_path, "USER_ID,ITEM_ID,TIMESTAMP\n")
    assert (found.user_ids, pairs(found), found.offsets.tolist()) == ([], [], [0])
