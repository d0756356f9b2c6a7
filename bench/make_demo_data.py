"""Makes the demo's data file from the UCI Online Retail data set.

    python bench/make_demo_data.py FOLDER

FOLDER holds `interactions.csv.gz` (user_id, item_id, timestamp, event_type, ...) and
`items.csv.gz` (item_id, title, ...). Rows are ordered by customer and time, so that the columns
other than the item compress to almost nothing; a title is repeated in every row because the
dictionary encoding makes that cheaper than a second file. Lines of one moment stay in the order of
the invoice: sorted by item they would teach that what comes next has the next number. Lines that
are no products (postage, bank charges, manual corrections) have no five-digit stock code and are
left out.
"""

import argparse
from pathlib import Path

import duckdb

TARGET = Path(__file__).parent.parent / "src/penchant/cli/demo_data/online_retail.parquet"

QUERY = """
copy (
    select
        lines.user_id, lines.item_id, lines.timestamp::bigint as timestamp, lines.event_type,
        any_value(regexp_replace(trim(items.title), ' +', ' ', 'g')) as title
    from (
        select *, row_number() over () as line from read_csv($interactions, all_varchar = true)
    ) lines
    join read_csv($items, all_varchar = true) items using (item_id)
    where regexp_matches(lines.item_id, '^[0-9]{{5}}')
    group by all
    order by lines.user_id, lines.timestamp::bigint, min(lines.line)
) to '{target}' (
    format parquet, compression zstd, compression_level 19, parquet_version v2,
    row_group_size 1000000
)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    TARGET.parent.mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            QUERY.format(target=TARGET),
            {
                "interactions": str(folder / "interactions.csv.gz"),
                "items": str(folder / "items.csv.gz"),
            },
        )
        n_rows = connection.execute(f"select count(*) from '{TARGET}'").fetchone()
    print(f"{TARGET}: {n_rows[0] if n_rows else 0} rows, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
