from pathlib import Path

from penchant.data.datasets import Dataset
from penchant.data.engine import open_engine
from penchant.data.impressions import count_imported, count_shown
from penchant.data.vocabulary import Vocabulary

from .support import MEMORY_BYTES, import_text, interactions

ITEMS = Vocabulary(["a", "b", "c"])
IMPRESSION = {"name": "IMPRESSION", "type": ["null", "string"]}


def test_a_list_counts_each_of_its_items_once_but_the_one_taken():
    shown = [(["a", "b", "a"], "b"), (["c", "a", "unknown"], "")]
    assert count_shown(shown, ITEMS).tolist() == [2, 0, 1]


def test_no_lists_are_no_impressions():
    assert count_shown([], ITEMS).tolist() == [0, 0, 0]


def imported(tmp_path: Path, schema, text: str) -> list[int]:
    import_text(tmp_path, schema, text)
    dataset = Dataset(schema, [tmp_path / "out.parquet"])
    with open_engine(MEMORY_BYTES, 1, tmp_path) as engine:
        return count_imported(engine, dataset, ITEMS).tolist()


def test_imported_lists_count(tmp_path):
    rows = ["u,a,1,a|b|c", "u,a,2,b|b|d", "v,b,3,", "v,c,4,c"]
    text = "USER_ID,ITEM_ID,TIMESTAMP,IMPRESSION\n" + "".join(f"{row}\n" for row in rows)
    assert imported(tmp_path, interactions(IMPRESSION), text) == [0, 2, 1]


def test_interactions_without_the_column_count_nothing(tmp_path):
    assert imported(tmp_path, interactions(), "USER_ID,ITEM_ID,TIMESTAMP\nu,a,1\n") == [0, 0, 0]
