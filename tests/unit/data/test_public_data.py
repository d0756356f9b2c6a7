"""Imports of public data that is not shipped; skipped where the files are not there."""

import gzip
import os
from pathlib import Path
from subprocess import run
from sys import executable
from textwrap import dedent

import duckdb
import pytest

from penchant.data.assembly import EventRule, assemble
from penchant.data.datasets import Dataset
from penchant.data.minimums import check_minimums

from .support import MEMORY_BYTES, interactions, items, run_import

DATA = Path(os.environ.get("PUBLIC_DATA", Path(__file__).parents[3] / "public-data"))
TYPE = {"name": "EVENT_TYPE", "type": "string"}
GENRES = {"name": "GENRES", "type": ["null", "string"], "categorical": True}
SHOP = {"name": "PRICE", "type": "float"}

pytestmark = pytest.mark.slow


def unpacked(tmp_path: Path, name: str) -> Path:
    """A file of the public data, named as lower case headers allow."""
    packed = DATA / f"{name}.csv.gz"
    if not packed.exists():
        pytest.skip(f"{packed} is not there")
    path = tmp_path / (packed.parent.name + "-" + packed.name.removesuffix(".gz"))
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def test_movielens_100k_is_imported_whole(tmp_path: Path) -> None:
    report = run_import(tmp_path, interactions(), unpacked(tmp_path, "ml-100k/interactions"))
    assert (report.n_read, report.n_rows, report.warnings) == (100_000, 100_000, ())
    log = (tmp_path / "out.parquet").rename(tmp_path / "log.parquet")
    films = items(GENRES)
    run_import(tmp_path, films, unpacked(tmp_path, "ml-100k/items"))
    built = assemble(
        Dataset(interactions(), [log]),
        items=Dataset(films, [tmp_path / "out.parquet"]),
        memory_bytes=MEMORY_BYTES,
        threads=2,
    )
    check_minimums(built)
    assert (built.n_rows, built.n_users, built.n_items) == (100_000, 943, 1682)
    assert "Film-Noir" in built.item_features.categories["GENRES"].values


def test_online_retail_is_imported_with_its_duplicates_counted(tmp_path: Path) -> None:
    source = unpacked(tmp_path, "online-retail/interactions")
    of = interactions(TYPE, SHOP, {"name": "QUANTITY", "type": "int"})
    report = run_import(tmp_path, of, source)
    assert report.n_read == 397_924
    assert report.n_rows + report.n_duplicates == 397_924
    built = assemble(
        Dataset(of, [tmp_path / "out.parquet"]),
        memory_bytes=MEMORY_BYTES,
        threads=2,
        event_rules=[EventRule("purchase")],
    )
    check_minimums(built, filtered_by="event type: purchase")
    assert (built.n_users, built.n_items) == (4339, 3665)


def test_a_file_larger_than_the_cap_is_imported_within_it(tmp_path: Path) -> None:
    """5 million rows, 250 MB of text, under a cap of 200 MB; the interpreter itself takes 70."""
    source = tmp_path / "many.csv"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'user-number-' || hash(range) % 40000 AS USER_ID, 'item-number-' || "
            "hash(range * 7) % 9000 AS ITEM_ID, 1000000000 + range AS TIMESTAMP FROM "
            f"range(5000000)) TO '{source}' (HEADER)"
        )
    program = dedent(f"""
        from pathlib import Path
        from penchant.data.assembly import EventRule, assemble
        from penchant.data.datasets import Dataset
        from penchant.data.imports import SourceFile, import_files
        from penchant.data.schemas import parse_schema

        schema = parse_schema('''{{"type": "record", "name": "Interactions", "namespace": "n",
            "fields": [{{"name": "USER_ID", "type": "string"}},
                       {{"name": "ITEM_ID", "type": "string"}},
                       {{"name": "TIMESTAMP", "type": "long"}}]}}''')
        target = Path({str(tmp_path / "out.parquet")!r})
        report = import_files(
            [SourceFile(Path({str(source)!r}), "many.csv")], schema, "Interactions", target,
            memory_bytes=200 << 20, threads=2, spill=Path({str(tmp_path / "spill")!r}),
            progress=lambda done, total: None,
        )
        status = Path("/proc/self/status").read_text()  # ru_maxrss would include the parent's
        peak = int(status.split("VmHWM:")[1].split()[0]) // 1024
        built = assemble(Dataset(schema, [target]), memory_bytes=200 << 20, threads=2)
        print(report.n_rows, peak, built.n_rows)
    """)
    done = run([executable, "-c", program], capture_output=True, text=True, check=True)
    n_rows, peak_mb, assembled = map(int, done.stdout.split())
    assert n_rows == assembled == 5_000_000
    assert peak_mb < 200 + 70 + 80
