"""Every packing of MovieLens gives the same rows."""

import gzip

import duckdb
import pytest

from penchant.cli.demo.goods import movielens
from penchant.cli.demo.movielens import read_movielens
from penchant.cli.refusal import Refusal

ROWS = [("1", "10", 100, "Amélie (2001)"), ("2", "20", 200, 'Say "when", Sam (1999)')]


def pack_100k(folder):
    (folder / "u.data").write_text("1\t10\t5\t100\n2\t20\t3\t200\n")
    (folder / "u.item").write_text(
        "".join(f"{row[1]}|{row[3]}|01-Jan-1995||http://x|0|1\n" for row in ROWS), "latin-1"
    )


def pack_1m(folder):
    (folder / "ratings.dat").write_text("1::10::5::100\n2::20::3::200\n")
    (folder / "movies.dat").write_text(
        "".join(f"{row[1]}::{row[3]}::Comedy|Drama\n" for row in ROWS), "latin-1"
    )


def pack_latest(folder):
    (folder / "ratings.csv").write_text(
        "userId,movieId,rating,timestamp\n1,10,5.0,100\n2,20,3.5,200\n"
    )
    (folder / "movies.csv").write_text(
        'movieId,title,genres\n10,Amélie (2001),Comedy\n20,"Say ""when"", Sam (1999)",Drama\n'
    )


def pack_named(folder):
    with gzip.open(folder / "interactions.csv.gz", "wt") as file:
        file.write("user_id,item_id,rating,timestamp\n1,10,5,100.0\n2,20,3,200.0\n")
    with gzip.open(folder / "items.csv.gz", "wt") as file:
        file.write('item_id,title\n10,Amélie (2001)\n20,"Say ""when"", Sam (1999)"\n')


@pytest.mark.parametrize("pack", [pack_100k, pack_1m, pack_latest, pack_named])
def test_every_packing_is_read(tmp_path, pack):
    pack(tmp_path)

    with duckdb.connect() as connection:
        read_movielens(connection, tmp_path)
        rows = connection.execute("select * from rows order by user_id").fetchall()

    assert rows == ROWS


def test_a_folder_without_movielens_says_what_was_looked_for(tmp_path):
    with pytest.raises(Refusal, match=r"holds no MovieLens data: looked for u\.data and u\.item, "):
        movielens(tmp_path, tmp_path)


def test_a_damaged_file_is_refused_without_a_traceback(tmp_path):
    pack_100k(tmp_path)
    (tmp_path / "u.data").write_text("1\t10\t5\tyesterday\n")

    with pytest.raises(Refusal, match="can't be read: Conversion Error"):
        movielens(tmp_path, tmp_path)
