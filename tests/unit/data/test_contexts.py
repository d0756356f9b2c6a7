"""What interactions tell of their moment."""

from pathlib import Path
from typing import Any

import numpy as np

from penchant.data.assembly import EventColumns, EventRule, assemble
from penchant.data.contexts import context_fields
from penchant.data.datasets import Dataset
from penchant.data.fields import Schema
from penchant.data.training_set import TrainingSet

from .support import MEMORY_BYTES, import_text, interactions

LOG = interactions(
    {"name": "EVENT_TYPE", "type": ["null", "string"]},
    {"name": "DEVICE_TYPE", "type": ["null", "string"], "categorical": True},
    {"name": "T", "type": ["null", "float"]},
    {"name": "NOTE", "type": ["null", "string"]},
    {"name": "IMPRESSION", "type": ["null", "string"]},
)
HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE_TYPE,T,NOTE,IMPRESSION\n"


def part(tmp_path: Path, *lines: str, name: str = "log") -> Path:
    import_text(tmp_path, LOG, HEADER + "".join(line + "\n" for line in lines))
    return (tmp_path / "out.parquet").rename(tmp_path / f"{name}.parquet")


def build(parts: list[Path], schema: Schema = LOG, **more: Any) -> TrainingSet:
    return assemble(Dataset(schema, parts), memory_bytes=MEMORY_BYTES, threads=2, **more)


def told(built: TrainingSet) -> list[dict[str, str]]:
    return [built.contexts.row(place) for place in range(built.n_rows)]


def test_contexts_are_the_categorical_and_numeric_columns_that_are_not_reserved() -> None:
    assert [one.name for one in context_fields(LOG)] == ["DEVICE_TYPE", "T"]
    assert [one.name for one in context_fields(LOG, {"T"})] == ["DEVICE_TYPE"]


def test_contexts_stand_in_the_order_of_the_rows(tmp_path: Path) -> None:
    built = build([part(tmp_path, "b,x,2,,tv,1,,", "a,y,9,,phone|desk,,,", "a,z,1,,,2.5,,")])
    assert told(built) == [
        {"T": "2.5"},
        {"DEVICE_TYPE": "phone|desk"},
        {"DEVICE_TYPE": "tv", "T": "1.0"},
    ]
    np.testing.assert_array_equal(built.contexts.numbers["T"], [2.5, np.nan, 1.0])


def test_a_streamed_event_tells_its_context_in_its_properties(tmp_path: Path) -> None:
    streamed = EventColumns(
        ["a", "a", "a"],
        ["x", "y", "z"],
        [1, 2, 3],
        [None, None, None],
        [None, None, None],
        [{"deviceType": "phone", "t": 2}, {"DEVICE_TYPE": "tv", "volume": "high", "T": "odd"}, {}],
    )
    built = build([part(tmp_path, "a,w,0,,desk,,,")], streamed=streamed)
    assert told(built) == [
        {"DEVICE_TYPE": "desk"},
        {"DEVICE_TYPE": "phone", "T": "2.0"},
        {"DEVICE_TYPE": "tv"},
        {},
    ]


def test_an_event_that_is_imported_later_is_still_one(tmp_path: Path) -> None:
    streamed = EventColumns(["a"], ["x"], [1], ["view"], [None], [{"deviceType": "tv", "note": 1}])
    assert build([part(tmp_path, "a,x,1,view,tv,,1,")], streamed=streamed).n_rows == 1
    other = EventColumns(["a"], ["x"], [1], ["view"], [None], [{"deviceType": "desk"}])
    assert build([tmp_path / "log.parquet"], streamed=other).n_rows == 2


def test_excluded_columns_tell_nothing(tmp_path: Path) -> None:
    lines = part(tmp_path, "a,x,1,,tv,1,,")
    built = build([lines], excluded_columns={"Interactions": ["device_type"]})
    assert told(built) == [{"T": "1.0"}]


def test_rows_that_are_left_out_take_their_context_along(tmp_path: Path) -> None:
    lines = part(tmp_path, "a,x,1,view,tv,,,", "a,y,2,buy,desk,,,", "b,x,1,buy,phone,,,")
    built = build([lines], event_rules=[EventRule("buy")])
    assert told(built) == [{"DEVICE_TYPE": "desk"}, {"DEVICE_TYPE": "phone"}]
    assert built.subset(built.user_indices == 1).contexts.row(0) == {"DEVICE_TYPE": "phone"}


def test_a_part_from_before_a_column_was_there_tells_nothing_of_it(tmp_path: Path) -> None:
    old = interactions()
    import_text(tmp_path, old, "USER_ID,ITEM_ID,TIMESTAMP\na,x,1\n")
    assert told(build([tmp_path / "out.parquet"])) == [{}]


def test_columns_called_like_ours_do_no_harm(tmp_path: Path) -> None:
    names = ("INDEX", "U", "W", "REST", "VALUE")
    log = interactions(*({"name": name, "type": "int"} for name in names))
    import_text(tmp_path, log, f"USER_ID,ITEM_ID,TIMESTAMP,{','.join(names)}\na,x,1,1,2,3,4,5\n")
    built = build([tmp_path / "out.parquet"], log)
    assert told(built) == [dict(zip(names, ("1.0", "2.0", "3.0", "4.0", "5.0"), strict=True))]
