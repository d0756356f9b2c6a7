"""MovieLens as GroupLens packs it; the packing is told by the names of the files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from penchant.cli.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Packing:
    """Names of the two files, and a query over both for user_id, item_id, timestamp and title."""

    ratings: str
    movies: str
    query: str


_U_DATA = """
select user_id, item_id, timestamp, title
from read_csv($ratings, delim = '\t', header = false, all_varchar = true,
    names = ['user_id', 'item_id', 'rating', 'timestamp']) r
join read_csv($movies, delim = '|', header = false, all_varchar = true, quote = '',
    encoding = 'latin-1', names = ['item_id', 'title']) m using (item_id)
"""

_RATINGS_DAT = """
select user_id, item_id, timestamp, title
from read_csv($ratings, delim = '::', header = false, all_varchar = true,
    names = ['user_id', 'item_id', 'rating', 'timestamp']) r
join read_csv($movies, delim = '::', header = false, all_varchar = true, quote = '',
    encoding = 'latin-1', names = ['item_id', 'title']) m using (item_id)
"""

_RATINGS_CSV = """
select userId as user_id, movieId as item_id, timestamp, title
from read_csv($ratings, all_varchar = true) r
join read_csv($movies, all_varchar = true) m using (movieId)
"""

_NAMED_COLUMNS = """
select user_id, item_id, timestamp, title
from read_csv($ratings, all_varchar = true) r
join read_csv($movies, all_varchar = true) m using (item_id)
"""

_COLUMNS: Final = "user_id, item_id, timestamp::double::bigint as timestamp, title"

PACKINGS: Final = (
    Packing("u.data", "u.item", _U_DATA),
    Packing("ratings.dat", "movies.dat", _RATINGS_DAT),
    Packing("ratings.csv", "movies.csv", _RATINGS_CSV),
    Packing("interactions.csv.gz", "items.csv.gz", _NAMED_COLUMNS),
)


def read_movielens(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make the table `rows` (user_id, item_id, timestamp, title) from a folder's files.

    Raises:
        Refusal: None of the known pairs of files is there, or they can't be read.
    """
    packing = _packing(folder)
    files = {"ratings": str(folder / packing.ratings), "movies": str(folder / packing.movies)}
    try:
        packed = connection.sql(packing.query, params=files)
        packed.project(_COLUMNS).distinct().create("rows")
    except duckdb.Error as error:
        raise Refusal(f"{folder} can't be read: {str(error).splitlines()[0]}") from None


def _packing(folder: Path) -> Packing:
    for packing in PACKINGS:
        if (folder / packing.ratings).is_file() and (folder / packing.movies).is_file():
            return packing
    known = ", ".join(f"{packing.ratings} and {packing.movies}" for packing in PACKINGS[:3])
    raise Refusal(
        f"{folder} holds no MovieLens data: looked for {known}; unpack GroupLens' archive first"
    )
