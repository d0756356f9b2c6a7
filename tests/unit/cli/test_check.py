"""`penchant check` in-process: what it says of files, and the schemas it writes."""

import json
from pathlib import Path

import pytest

from penchant.cli.program import run
from penchant.data.schemas import parse_schema


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def plays(tmp_path):
    rows = [f"u{n % 40},i{n % 30},{1_700_000_000 + n}" for n in range(1200)]
    (tmp_path / "plays.csv").write_text("\n".join(["user_id,item_id,timestamp", *rows, rows[0]]))


@pytest.fixture
def films(tmp_path):
    rows = [f"i{n},{'drama' if n % 2 else 'crime'},{n}.5" for n in range(10, 40)]
    (tmp_path / "films.csv").write_text("\n".join(["item_id,genre,price", *rows]))


def test_good_files_are_described_and_pass(plays, films, capsys):
    assert run(["check", "plays.csv", "--items", "films.csv"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "  plays.csv: 1,200 rows (1 repeated left out), USER_ID, ITEM_ID, TIMESTAMP",
        "  films.csv: 30 rows, ITEM_ID, GENRE (categories), PRICE",
        "  40 users, 40 of them with 2 interactions or more; 30 items; 2023-11-14 to 2023-11-14",
        "  warn  Items: 10 of 30 items (33%) of the interactions have no record.",
        "  warn  Items: 10 of 30 items (33%) have no interactions.",
        "",
        "The files can be imported and trained on.",
    ]


def test_what_no_training_takes_ends_with_status_1_and_stands_first(capsys):
    Path("few.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\na,x,1\na,y,1\n")

    assert run(["check", "few.csv"]) == 1

    told = capsys.readouterr().out.splitlines()
    assert told[2] == "  fail  Interactions: There are 2 interactions; a training needs 1,000."
    assert told[3].startswith("  fail  Interactions: 1 of 1 users have at least 2 interactions; a")
    assert told[4].startswith("  warn  few.csv: User 'a' has 2 of 2 interactions (100%); a guest")
    assert told[-1] == "The files can be read, but a training would fail."


def test_the_fewest_interactions_are_those_of_the_setting(plays, monkeypatch, capsys):
    monkeypatch.setenv("PENCHANT_MINIMUM_INTERACTIONS", "5000")

    assert run(["check", "plays.csv"]) == 1

    assert "There are 1,200 interactions; a training needs 5,000." in capsys.readouterr().out


def test_a_file_that_cannot_be_imported_ends_with_status_2(capsys):
    Path("late.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\na,x,yesterday\n")
    Path("none.csv").write_text("USER_ID,ITEM_ID,TIMESTAMP\n")

    assert run(["check", "late.csv"]) == 2
    assert "late.csv, line 2: column TIMESTAMP" in capsys.readouterr().err
    assert run(["check", "none.csv"]) == 2
    assert "none.csv holds no rows; give a file that does" in capsys.readouterr().err


def test_schemas_are_written_as_create_schema_takes_them(plays, films, capsys):
    line = ["check", "plays.csv", "--items", "films.csv", "--schemas-to", "schemas"]

    assert run(line) == 0

    assert "  written: schemas/items.json\n" in capsys.readouterr().out
    written = json.loads(Path("schemas/items.json").read_text())
    assert written["fields"] == [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRE", "type": ["null", "string"], "categorical": True},
        {"name": "PRICE", "type": ["null", "double"]},
    ]
    assert parse_schema(Path("schemas/interactions.json").read_text()).record == "Interactions"
    given = ["--schema", "schemas/items.json", "--schema", "schemas/interactions.json"]
    assert run(["check", "plays.csv", "--items", "films.csv", *given]) == 0


def test_a_schema_that_is_there_is_not_overwritten(plays, capsys):
    Path("mine").mkdir()
    Path("mine/interactions.json").write_text("mine")

    assert run(["check", "plays.csv", "--schemas-to", "mine"]) == 2

    assert "mine/interactions.json is there already" in capsys.readouterr().err
    assert Path("mine/interactions.json").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_refused(plays, capsys):
    assert run(["check", "plays.csv", "--schemas-to", "plays.csv/schemas"]) == 2

    assert "--schemas-to plays.csv/schemas can't be used: Not a dir" in capsys.readouterr().err
