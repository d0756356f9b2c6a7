from pathlib import Path
from typing import Any

import numpy as np
import pytest

from penchant.data.assembly import EventColumns, EventRule, assemble
from penchant.data.datasets import Dataset
from penchant.data.fields import Schema
from penchant.data.minimums import TooLittleData
from penchant.data.training_set import NO_TIME, TrainingSet

from .support import MEMORY_BYTES, import_text, interactions, items, schema

TYPE = {"name": "EVENT_TYPE", "type": ["null", "string"]}
VALUE = {"name": "EVENT_VALUE", "type": ["null", "float"]}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
STORY = {"name": "STORY", "type": ["null", "string"], "textual": True}
PRICE = {"name": "PRICE", "type": "float"}
CREATED = {"name": "CREATION_TIMESTAMP", "type": ["null", "long"]}
FILMS = items(GENRES, STORY, PRICE, CREATED)
PEOPLE = schema(
    "Users",
    {"name": "USER_ID", "type": "string"},
    {"name": "AGE", "type": ["null", "int"]},
    {"name": "CITY", "type": ["null", "string"]},
    {"name": "MEMBER", "type": ["null", "boolean"]},
)
LOG = interactions(TYPE, VALUE)


def part(tmp_path: Path, name: str, of: Schema, text: str) -> Path:
    """Import a text and keep the result as a part."""
    import_text(tmp_path, of, text)
    return (tmp_path / "out.parquet").rename(tmp_path / f"{name}.parquet")


def log(tmp_path: Path, *lines: str, name: str = "log") -> Path:
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n"
    return part(tmp_path, name, LOG, header + "".join(line + "\n" for line in lines))


def build(interactions: list[Path], **more: Any) -> TrainingSet:
    return assemble(Dataset(LOG, interactions), memory_bytes=MEMORY_BYTES, threads=2, **more)


def events(training_set: TrainingSet) -> list[tuple[str, str, int]]:
    """(user, item, time) of every row in order."""
    return [
        (training_set.users.ids[user], training_set.items.ids[item], int(when))
        for user, item, when in zip(
            training_set.user_indices,
            training_set.item_indices,
            training_set.timestamps,
            strict=True,
        )
    ]


def test_rows_are_sorted_by_user_time_and_arrival_and_ids_by_name(tmp_path: Path) -> None:
    built = build([log(tmp_path, "b,z,5,,", "a,y,9,,", "b,x,5,,", "a,z,1,,", "b,a,5,,")])
    assert events(built) == [
        ("a", "z", 1),
        ("a", "y", 9),
        ("b", "z", 5),
        ("b", "x", 5),
        ("b", "a", 5),
    ]
    assert built.users.ids == ("a", "b")
    assert built.items.ids == ("a", "x", "y", "z")


def test_arrays_have_the_types_of_a_training_set(tmp_path: Path) -> None:
    built = build([log(tmp_path, "a,x,1,View,2.5", "a,y,2,,", "a,z,3,Buy,")])
    assert built.user_indices.dtype == np.int32
    assert built.item_indices.dtype == np.int32
    assert built.timestamps.dtype == np.int64
    assert built.event_types.dtype == np.int16
    assert built.event_values.dtype == np.float32
    assert built.event_type_names == ("Buy", "View")
    assert built.event_types.tolist() == [1, -1, 0]
    np.testing.assert_array_equal(built.event_values, [2.5, np.nan, np.nan])


def test_later_parts_follow_and_equal_interactions_are_kept_once(tmp_path: Path) -> None:
    parts = [
        log(tmp_path, "a,x,1,View,", "a,y,1,View,", name="1"),
        log(tmp_path, "a,y,1,View,", "a,x,1,Buy,", "a,z,1,,", name="2"),
    ]
    built = build(parts)
    assert [item for _, item, _ in events(built)] == ["x", "y", "x", "z"]


def test_streamed_events_come_last_and_equal_ones_are_kept_once(tmp_path: Path) -> None:
    streamed = EventColumns(
        ["a", "a", "b", "b"],
        ["x", "new", "x", "x"],
        [1, 1, 3, 3],
        ["View", None, "Like", "Like"],
        [None, 2.0, None, float("nan")],
    )
    built = build([log(tmp_path, "a,x,1,View,")], streamed=streamed)
    assert events(built) == [("a", "x", 1), ("a", "new", 1), ("b", "x", 3)]
    assert built.event_type_names == ("Like", "View")
    np.testing.assert_array_equal(built.event_values, [np.nan, 2.0, np.nan])


def test_events_alone_are_enough_and_so_is_nothing_at_all() -> None:
    streamed = EventColumns(["a"], ["x"], np.array([5]), [None], np.array([1.5], np.float32))
    assert events(build([], streamed=streamed)) == [("a", "x", 5)]
    assert build([]).n_rows == 0
    assert build([], streamed=EventColumns([], [], [], [], [])).n_rows == 0


def test_interactions_that_differ_only_in_other_columns_are_two(tmp_path: Path) -> None:
    of = interactions({"name": "DEVICE", "type": "string"})
    text = "USER_ID,ITEM_ID,TIMESTAMP,DEVICE\na,x,1,phone\n"
    parts = [
        part(tmp_path, "1", of, text),
        part(tmp_path, "2", of, text + "a,x,1,desk\n"),
    ]
    assert assemble(Dataset(of, parts), memory_bytes=MEMORY_BYTES, threads=1).n_rows == 2


def test_an_event_type_and_a_threshold_choose_interactions(tmp_path: Path) -> None:
    parts = [log(tmp_path, "a,x,1,Rate,4", "b,y,2,Rate,3.5", "c,z,3,View,5", "d,z,4,Rate,")]
    built = build(parts, event_rules=[EventRule("Rate", 3.5)])
    assert events(built) == [("a", "x", 1), ("b", "y", 2)]
    assert built.event_type_names == ("Rate",)
    assert built.users.ids == ("a", "b")
    assert build(parts, event_rules=[EventRule("It's")]).n_rows == 0


def test_an_event_type_without_any_types_in_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(TooLittleData, match=r"^All values in the event_type column are either"):
        build([log(tmp_path, "a,x,1,,")], event_rules=[EventRule("View")])


def test_more_event_types_than_can_be_numbered_are_refused() -> None:
    n = 2**15 + 1
    streamed = EventColumns(["u"] * n, ["i"] * n, range(n), [f"t{i}" for i in range(n)], [1.0] * n)
    with pytest.raises(TooLittleData, match="Dataset has 32769 event types; at most 10"):
        build([], streamed=streamed)


def test_items_carry_categories_numbers_texts_and_creation_times(tmp_path: Path) -> None:
    text = (
        "ITEM_ID,GENRES,STORY,PRICE,CREATION_TIMESTAMP\n"
        "x,Drama|Crime | Drama,A tale,2.5,100\ny,,,,\nw,Crime||,,1,\n"
    )
    built = build(
        [log(tmp_path, "a,z,1,,")], items=Dataset(FILMS, [part(tmp_path, "i", FILMS, text)])
    )
    assert built.items.ids == ("w", "x", "y", "z")
    features = built.item_features
    genres = features.categories["GENRES"]
    assert genres.values.ids == ("Crime", "Drama")
    assert genres.offsets.tolist() == [0, 1, 3, 3, 3]
    assert genres.codes.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(features.numbers["PRICE"], [1, 2.5, np.nan, np.nan])
    assert features.texts["STORY"] == ("", "A tale", "", "")
    assert "CREATION_TIMESTAMP" not in features.numbers
    assert built.item_created_at is not None
    assert built.item_created_at.tolist() == [NO_TIME, 100, NO_TIME, NO_TIME]


def test_plain_strings_and_booleans_are_no_features(tmp_path: Path) -> None:
    users = part(tmp_path, "u", PEOPLE, "USER_ID,AGE,CITY,MEMBER\na,30,Bonn,true\nq,,,\n")
    built = build([log(tmp_path, "b,x,1,,")], users=Dataset(PEOPLE, [users]))
    assert built.users.ids == ("a", "b", "q")
    assert list(built.user_features.numbers) == ["AGE"]
    assert not built.user_features.categories
    assert not built.user_features.texts
    assert built.item_created_at is None


def test_a_later_part_and_then_a_put_record_replace_an_item(tmp_path: Path) -> None:
    narrow = items(PRICE)
    parts = [
        part(tmp_path, "1", narrow, "ITEM_ID,PRICE\na,1\nb,1\nc,1\n"),
        part(tmp_path, "2", FILMS, "ITEM_ID,GENRES,STORY,PRICE,CREATION_TIMESTAMP\nb,Noir,,2,\n"),
    ]
    put = {"c": {"genres": ["Noir", "Art"], "creationTimestamp": 7}, "d": {"price": 4, "no": 1}}
    built = build([], items=Dataset(FILMS, parts, put))
    assert built.items.ids == ("a", "b", "c", "d")
    np.testing.assert_array_equal(built.item_features.numbers["PRICE"], [1, 2, np.nan, 4])
    genres = built.item_features.categories["GENRES"]
    assert genres.values.ids == ("Art", "Noir")
    assert genres.offsets.tolist() == [0, 0, 1, 3, 3]
    assert genres.codes.tolist() == [1, 1, 0]
    assert built.item_created_at is not None
    assert built.item_created_at[2] == 7


def test_put_users_alone_are_known(tmp_path: Path) -> None:
    built = build([], users=Dataset(PEOPLE, put={"u": {"AGE": "41", "member": True}}))
    assert built.users.ids == ("u",)
    assert built.user_features.numbers["AGE"].tolist() == [41]


def test_columns_that_no_put_record_fills_are_missing() -> None:
    built = build([], items=Dataset(FILMS, put={"x": {"price": None}, "y": {}}))
    assert np.isnan(built.item_features.numbers["PRICE"]).all()
    assert built.item_features.categories["GENRES"].offsets.tolist() == [0, 0, 0]
    assert built.item_features.texts["STORY"] == ("", "")


def test_excluded_columns_are_not_learned_from(tmp_path: Path) -> None:
    put = {"x": {"genres": "Noir", "price": 1, "creationTimestamp": 7}}
    built = build(
        [log(tmp_path, "a,x,1,View,3")],
        items=Dataset(FILMS, put=put),
        excluded_columns={
            "ITEMS": ["genres", "CREATION_TIMESTAMP"],
            "Interactions": ["EVENT_VALUE"],
        },
    )
    assert list(built.item_features.categories) == []
    assert list(built.item_features.numbers) == ["PRICE"]
    assert built.item_created_at is None
    assert np.isnan(built.event_values).all()


@pytest.mark.parametrize("column", ["EVENT_TYPE", "USER_ID"])
def test_columns_that_are_needed_cannot_be_excluded(column: str) -> None:
    with pytest.raises(ValueError, match=f"column {column} of Interactions cannot be excluded"):
        build([], excluded_columns={"interactions": [column]})


def test_the_same_data_in_another_order_gives_the_same_vocabulary(tmp_path: Path) -> None:
    lines = [f"u{n % 7},i{n % 11},{n},," for n in range(100)]
    one = build([log(tmp_path, *lines, name="1")])
    other = build([log(tmp_path, *reversed(lines), name="2")])
    assert one.items.digest == other.items.digest
    np.testing.assert_array_equal(one.item_indices, other.item_indices)


def test_the_tick_may_stop_the_assembly(tmp_path: Path) -> None:
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        build([log(tmp_path, "a,x,1,,")], tick=stop)
