from pathlib import Path

import duckdb
import numpy as np
import pytest

from penchant.data.engine import open_engine, quoted

MANY = "SELECT count(*) FROM range(3000000) a, range(1000) b WHERE hash(a.range, b.range) = 1"


def test_arrays_become_tables_with_missing_values_where_none_stands(tmp_path: Path) -> None:
    with open_engine(1 << 27, 1, tmp_path) as engine:
        names = np.array(["a", None, "ü"], dtype=object)
        engine.keep("kept", {"name": names, "n": np.arange(3)})
        assert engine.rows("SELECT * FROM kept ORDER BY n") == [("a", 0), (None, 1), ("ü", 2)]
        assert engine.arrays("SELECT n FROM kept")["n"].tolist() == [0, 1, 2]


def test_a_query_is_read_in_batches_without_being_kept_whole() -> None:
    with open_engine(1 << 27, 1) as engine:
        assert list(engine.batches("SELECT range FROM range(5)", 2)) == [
            [(0,), (1,)],
            [(2,), (3,)],
            [(4,)],
        ]
        assert list(engine.batches("SELECT 1 WHERE false", 2)) == []
        endless = engine.batches("SELECT range FROM range(1000000000000)", 2)
        assert next(endless) == [(0,), (1,)]


def test_the_folder_is_gone_at_the_end_even_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error), open_engine(1 << 27, 1, tmp_path / "spill") as engine:
        engine.rows(f"SELECT * FROM read_parquet({quoted(str(engine.folder / 'none'))})")
    assert not list((tmp_path / "spill").iterdir())


def test_a_tick_that_raises_interrupts_a_long_query_and_the_engine_lives_on() -> None:
    def stop(share: float) -> None:
        raise InterruptedError

    with open_engine(1 << 27, 1) as engine:
        with pytest.raises(InterruptedError):
            engine.rows(MANY, tick=stop)
        assert engine.value("SELECT 1") == 1


def test_ticks_tell_a_share_that_only_grows() -> None:
    shares: list[float] = []
    with open_engine(1 << 27, 1) as engine:
        engine.rows("SELECT count(DISTINCT hash(range)) FROM range(3000000)", tick=shares.append)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def test_errors_of_a_watched_statement_reach_the_caller() -> None:
    with open_engine(1 << 27, 1) as engine, pytest.raises(Exception, match="nowhere"):
        engine.rows("SELECT * FROM nowhere", tick=lambda share: None)


def test_quotes_in_a_literal_are_doubled() -> None:
    with open_engine(1 << 27, 1) as engine:
        assert engine.value(f"SELECT {quoted(chr(39) + 'x')}") == "'x"
