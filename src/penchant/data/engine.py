"""DuckDB under a memory cap, spilling to a folder, stoppable in mid-query."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

Share = Callable[[float], None]
"""Told now and then which share of a statement is done, 0 to 1; raising stops the statement."""

_TICK_S: Final = 0.1
_SETTINGS: Final = (
    "SET force_compression = 'uncompressed'",  # a table read twice: compressing costs more
    "SET enable_progress_bar = true",  # without the next three `query_progress` knows nothing
    "SET enable_progress_bar_print = false",
    "SET progress_bar_time = 1",
)


class Engine:
    """One database in a folder of its own; not safe for several threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder

    def rows(
        self, sql: str, parameters: Sequence[Any] = (), tick: Share | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        found: list[tuple[Any, ...]] = self._watched(
            lambda: self._connection.execute(sql, list(parameters)).fetchall(), tick
        )
        return found

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, up to `size` at a time; they are not kept until the last is found.

        Nothing else may be asked before that.
        """
        found = self._connection.execute(sql)
        while batch := found.fetchmany(size):
            yield batch

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row."""
        return self.rows(sql, parameters)[0][0]

    def arrays(self, sql: str, tick: Share | None = None) -> dict[str, npt.NDArray[Any]]:
        """The columns of a query without missing values."""
        columns = self._watched(lambda: self._connection.execute(sql).fetchnumpy(), tick)
        return {name: np.asarray(column) for name, column in columns.items()}

    def keep(self, table: str, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Make a table of arrays of equal length; None in an object array is a missing value."""
        self._connection.register("_arrays", dict(columns))
        self.rows(f"CREATE TABLE {table} AS SELECT * FROM _arrays")
        self._connection.unregister("_arrays")

    def _watched(self, act: Callable[[], Any], tick: Share | None) -> Any:
        if tick is None:
            return act()
        outcome: dict[str, Any] = {}
        thread = threading.Thread(target=_run, args=(act, outcome), daemon=True)
        thread.start()
        share = 0.0
        try:
            while thread.is_alive():
                thread.join(_TICK_S)
                share = max(share, self._connection.query_progress() / 100)
                tick(share)
        except BaseException:
            while thread.is_alive():
                self._connection.interrupt()
                thread.join(_TICK_S)
            raise
        if "error" in outcome:
            raise outcome["error"]
        return outcome["result"]


def _run(act: Callable[[], Any], outcome: dict[str, Any]) -> None:
    try:
        outcome["result"] = act()
    except duckdb.Error as error:
        outcome["error"] = error


@contextmanager
def open_engine(memory_bytes: int, threads: int, spill: Path | None = None) -> Iterator[Engine]:
    """An empty database that lives and spills in a new folder below `spill`, removed at the end.

    Args:
        memory_bytes: DuckDB's memory limit.
        threads: DuckDB's threads.
        spill: Where to spill; None takes the system's folder for temporary files.
    """
    if spill is not None:
        spill.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="penchant-", dir=spill) as name:
        folder = Path(name)
        connection = duckdb.connect(
            folder / "data.duckdb",
            config={
                "memory_limit": f"{memory_bytes}B",
                "threads": threads,
                "temp_directory": str(folder / "spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        for setting in _SETTINGS:
            connection.execute(setting).fetchall()
        try:
            yield Engine(connection, folder)
        finally:
            connection.close()


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
