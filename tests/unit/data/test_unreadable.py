from pathlib import Path

import duckdb
import pytest

from penchant.data.imports import ImportFailure
from penchant.data.sources import SourceFile
from penchant.data.unreadable import reading

from .support import interactions, run_import


@pytest.mark.parametrize("damage", [b"\x0e" * 40, b"\xff" * 40])
def test_damage_inside_of_parquet_is_told_as_the_files(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "in.parquet"
    duckdb.sql(
        "SELECT 'u' || range AS USER_ID, 'i' AS ITEM_ID, range AS TIMESTAMP FROM range(5000)"
    ).write_parquet(str(path))
    content = bytearray(path.read_bytes())
    content[4 : 4 + len(damage)] = damage
    path.write_bytes(content)
    with pytest.raises(ImportFailure, match=r"^in\.parquet cannot be read: .+; write it again$"):
        run_import(tmp_path, interactions(), path)


def test_errors_name_the_file_and_keep_no_control_characters(tmp_path: Path) -> None:
    file = SourceFile(tmp_path / "source-0", "plays.parquet")
    with (
        pytest.raises(ImportFailure, match=r'^plays\.parquet .*: bad "plays\.parquet" \?; write'),
        reading(file, file.path),
    ):
        raise duckdb.Error(f'bad "{file.path}" \x0e\nmore')


@pytest.mark.parametrize(
    "error", [duckdb.OutOfMemoryException, duckdb.IOException, duckdb.BinderException]
)
def test_memory_discs_and_wrong_queries_are_not_the_files_fault(
    tmp_path: Path, error: type[duckdb.Error]
) -> None:
    with pytest.raises(error), reading(SourceFile(tmp_path, "plays.csv"), tmp_path):
        raise error("full")
