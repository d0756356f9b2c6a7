import os
import time

from penchant.worker.scratch import scratch_of, sweep


def test_what_a_killed_worker_left_is_swept_a_day_later(tmp_path):
    fresh, stale = scratch_of(tmp_path) / "fresh", scratch_of(tmp_path) / "stale"
    for folder in (fresh, stale):
        folder.mkdir()
        (folder / "staging.duckdb").write_text("")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(stale, (two_days_ago, two_days_ago))
    sweep(tmp_path)
    assert fresh.exists()
    assert not stale.exists()
