from datetime import UTC, datetime

import pytest

from penchant.data.attribution import Cell
from penchant.edge.attributed import AttributedGauges
from penchant.settings import Settings
from penchant.store.attributed import AttributedMetrics
from penchant.store.stores import open_stores

NOW = 1_700_000_100 // 900 * 900 + 10


@pytest.fixture
def sums(tmp_path):
    stores = open_stores(Settings(data_dir=tmp_path))
    yield AttributedMetrics(stores.engine), stores
    stores.close()


def test_sums_are_told_whole_and_by_the_quarter_of_an_hour(sums):
    metrics, stores = sums
    newest = Cell(NOW - 10, "plays", "watch", "samplecount", 'a "b"', 2.0)
    oldest = Cell(NOW - 10 - 4 * 900, "plays", "watch", "samplecount", 'a "b"', 5.0)
    with stores.resources.transaction() as tx:
        metrics.add(tx, "arn:1", [newest, oldest])
    text = AttributedGauges(metrics, lambda: datetime.fromtimestamp(NOW, UTC)).render()
    labels = (
        'metric_attribution="arn:1",metric="plays",event_type="watch",function="samplecount",'
        'source="a \\"b\\""'
    )
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        f"penchant_attributed{{{labels}}} 7.0",
        f'penchant_attributed_by_quarter_hour{{{labels},bucket="{NOW - 10}"}} 2.0',
    ]
