import pytest

from penchant.data.datasets import Dataset
from penchant.data.quality import Counts, quality_of

from .support import MEMORY_BYTES, import_text, interactions, items, schema

LOG = interactions({"name": "EVENT_TYPE", "type": ["null", "string"]})
FILMS = items(
    {"name": "GENRES", "type": ["null", "string"], "categorical": True},
    {"name": "STORY", "type": ["null", "string"], "textual": True},
    {"name": "PRICE", "type": ["null", "float"]},
)


def healthy(n=1000, n_types=1):
    return [(f"u{i % 50}", f"i{i % 20}", i, f"t{i % n_types}") for i in range(n)]


@pytest.fixture
def look(tmp_path):
    def look(rows, **more):
        lines = [",".join(map(str, row)) for row in rows]
        import_text(tmp_path, LOG, "\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *lines, ""]))
        log = Dataset(LOG, [tmp_path / "out.parquet"])
        return quality_of(log, memory_bytes=MEMORY_BYTES, threads=1, **more)

    return look


def texts(quality):
    return [one.text for one in quality.findings]


def test_healthy_data_has_no_findings(look):
    assert look(healthy()).findings == ()


def test_counts_are_told(look):
    quality = look([("a", "x", 7, "V"), ("a", "y", 9, ""), ("b", "x", 8, "")])

    assert quality.counts == Counts(3, 2, 2, 1, n_returning=1, first=7, last=9)


def test_too_little_data_is_found_before_a_training_fails(look):
    quality = look([("a", "x", 7, ""), ("b", "x", 7, "")])

    assert texts(quality) == [
        "There are 2 interactions; a training needs 1,000.",
        "0 of 2 users have at least 2 interactions; a training needs 25 of them.",
    ]
    assert all(one.forbids for one in quality.findings)


def test_the_fewest_interactions_are_those_of_the_setting(look):
    assert look(healthy(200), minimum_interactions=200).findings == ()


def test_users_who_hardly_ever_come_back_are_found(look):
    passing = [(f"once{n}", "i1", n, "") for n in range(6000)]

    (found,) = look([*healthy(), *passing]).findings

    assert found.text == (
        "50 of 6,050 users have at least 2 interactions; a training needs 1% of them."
    )
    assert found.forbids


def test_many_event_types_are_found(look):
    (found,) = look(healthy(n_types=11)).findings

    assert found.text.startswith("There are 11 event types; a training takes at most 10. Leave")
    assert found.forbids


def test_what_trains_badly_in_metadata_is_found(look):
    put = {f"i{n}": {"genres": f"g{n}|h{n}", "price": n % 9, "story": "once"} for n in range(600)}
    put["i0"]["price"] = 10_000
    put |= {f"gap{n}": {"genres": "g", "price": 5} for n in range(150)}

    quality = look(healthy(), items=Dataset(FILMS, put=put))

    assert texts(quality) == [
        "730 of 750 items (97%) have no interactions.",
        "Column GENRES has 1,201 categories; more than 1,000 seldom help.",
        "Text STORY is filled in 80% of the records; it trains well from 85%.",
        "Column PRICE has 1 value far from the others: beyond -10 to 18.",
    ]
    assert {one.record for one in quality.findings} == {"Items"}
    assert not any(one.forbids for one in quality.findings)


def test_ids_without_a_record_are_found(look):
    known = Dataset(FILMS, put={f"i{n}": {"price": n} for n in range(15)})
    assert texts(look(healthy(), items=known)) == [
        "5 of 20 items (25%) of the interactions have no record."
    ]
    other = Dataset(FILMS, put={f"I-{n}": {"price": n} for n in range(20)})
    assert texts(look(healthy(), items=other)) == [
        "None of the 20 items of the interactions has a record: are ids alike?"
    ]


def test_a_few_of_many_are_not_told_as_none(look):
    known = Dataset(FILMS, put={f"i{n}": {"price": 1} for n in range(999)})
    rows = [(f"u{n % 50}", f"i{n}", n, "") for n in range(1000)]

    assert texts(look(rows, items=known)) == [
        "1 of 1,000 items (under 1%) of the interactions have no record."
    ]


def test_an_empty_dataset_has_no_findings_of_its_own(look):
    people = schema("Users", {"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"})

    assert look(healthy(), users=Dataset(people), items=Dataset(FILMS)).findings == ()
