from pathlib import Path
from typing import Any

from penchant.data.datasets import Dataset
from penchant.data.events import EventColumns
from penchant.data.quality import quality_report

from .support import MEMORY_BYTES, interactions, items, schema

TYPE = {"name": "EVENT_TYPE", "type": ["null", "string"]}
LOG = interactions(TYPE)
FILMS = items(
    {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    {"name": "STORY", "type": ["null", "string"], "textual": True},
    {"name": "PRICE", "type": ["null", "float"]},
)


def findings(
    user_ids: list[str], item_ids: list[str], times: list[int], types: list[str | None], **more: Any
) -> dict[tuple[str, str | None], dict[str, Any]]:
    streamed = EventColumns(user_ids, item_ids, times, types, [None] * len(user_ids))
    report = quality_report(
        Dataset(LOG), streamed=streamed, memory_bytes=MEMORY_BYTES, threads=1, **more
    )
    return {(one["name"], one["column"]): one for one in report["findings"]}


def healthy(n: int = 1000) -> tuple[list[str], list[str], list[int], list[str | None]]:
    numbers = range(n)
    return (
        [f"u{i % 50}" for i in numbers],
        [f"i{i % 20}" for i in numbers],
        list(numbers),
        ["V"] * n,
    )


def test_healthy_data_has_no_findings() -> None:
    assert findings(*healthy()) == {}


def test_counts_are_told() -> None:
    streamed = EventColumns(
        ["a", "a", "b"], ["x", "y", "x"], [1, 2, 3], ["V", None, None], [None] * 3
    )
    report = quality_report(Dataset(LOG), streamed=streamed, memory_bytes=MEMORY_BYTES, threads=1)
    assert report["counts"] == {
        "interactions": 3,
        "users": 2,
        "items": 2,
        "event_types": 1,
        "returning_users": 1,
    }


def test_too_little_data_is_found_before_training_fails() -> None:
    found = findings(["a", "b"], ["x", "x"], [7, 7], [None, None])
    assert found["few-interactions", None]["value"] == 2
    assert found["few-returning-users", None]["value"] == 0
    assert found["equal-times", "TIMESTAMP"]["text"].startswith("All interactions have the time 7")
    assert found["sparse-column", "EVENT_TYPE"]["value"] == 0


def test_many_event_types_are_found() -> None:
    users, item_ids, times, _ = healthy()
    found = findings(users, item_ids, times, [f"t{i % 11}" for i in times])
    assert found["many-event-types", None]["value"] == 11


def test_gaps_idle_items_outliers_and_many_categories_are_found() -> None:
    put = {f"i{n}": {"genres": f"g{n}|h{n}", "price": n % 9} for n in range(600)}
    put["i0"]["price"] = 10_000
    put |= {f"gap{n}": {"price": 5} for n in range(300)}
    found = findings(*healthy(), items=Dataset(FILMS, put=put))
    assert found["without-interactions", None]["text"].startswith("880 of 900 items (98%)")
    assert found["incomplete-records", None]["value"] == 1
    assert found["sparse-column", "GENRES"]["value"] == 600 / 900
    assert found["sparse-column", "STORY"]["text"].endswith("it trains well from 85%.")
    assert found["many-categories", "GENRES"]["value"] == 1200
    assert found["outliers", "PRICE"]["value"] == 1
    assert ("sparse-column", "PRICE") not in found


def test_an_empty_dataset_has_no_findings_of_its_own(tmp_path: Path) -> None:
    people = schema("Users", {"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"})
    assert findings(*healthy(), users=Dataset(people), items=Dataset(FILMS)) == {}
