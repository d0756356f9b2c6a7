"""`penchant evaluate` in-process: what it leaves behind and how it says no."""

import csv
import gzip
import json

import numpy as np
import pytest

from penchant.cli.program import run

from ....schemas import avro

SCHEMA = avro(
    "Interactions",
    [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
)
FEW = "Only 3 users tested: intervals and tests mean little"
SIMS = ["--recipe", "aws-sims", "--hyper-parameter", "min_cointeraction_count=1"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def log(tmp_path):
    """Users go round a circle of 12 items, so neighbours tell what comes next."""
    numbers = np.random.default_rng(0)
    lines = ["user_id,item_id,timestamp,rating"]
    for user in range(30):
        start = int(numbers.integers(12))
        lines += [f"u{user},i{(start + n) % 12},{1000 * n + user},5" for n in range(6)]
    path = tmp_path / "plays.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def rows_of(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", newline="") as stream:
        return list(csv.DictReader(stream))


def refusal(capsys):
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    return captured.err


def test_the_folder_holds_page_plots_tables_lists_and_test_rows(log, tmp_path, capsys):
    line = ["evaluate", "plays.csv", *SIMS, "--protocol", "leave-one-out", "--out", "out"]

    assert run(line) == 0

    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "report.json",
        "metrics.csv",
        "lists.csv.gz",
        "test_rows.csv.gz",
        *(
            f"{plot}-{seen}.svg"
            for plot in ("metrics", "curves", "buckets", "reach")
            for seen in ("kept", "removed")
        ),
    }
    tested = [row for row in rows_of(out / "test_rows.csv.gz") if row["compared"] == "1"]
    assert len(tested) == 30
    assert {row["USER_ID"] for row in tested} == {f"u{n}" for n in range(30)}
    first = rows_of(out / "lists.csv.gz")[0]
    assert first["recipe"] == "aws-sims"
    assert first["rank"] == "1"
    assert first["ITEM_ID"].startswith("i")
    report = json.loads((out / "report.json").read_text())
    assert report["parameters"]["aws-sims"] == {"min_cointeraction_count": "1"}
    printed = capsys.readouterr().out
    assert "plays.csv: not used: rating" in printed
    assert "aws-sims is better than popularity by ." in printed
    assert "The report: out/report.html" in printed


def test_metrics_are_those_of_the_lists_that_are_written(log, tmp_path):
    run(["evaluate", "plays.csv", *SIMS, "--protocol", "leave-one-out", "--seen", "removed"])

    out = tmp_path / "penchant-evaluation"
    wanted = {
        row["USER_ID"]: row["ITEM_ID"]
        for row in rows_of(out / "test_rows.csv.gz")
        if row["compared"] == "1"
    }
    ranks = [
        int(row["rank"])
        for row in rows_of(out / "lists.csv.gz")
        if row["recipe"] == "aws-sims" and wanted[row["USER_ID"]] == row["ITEM_ID"]
    ]
    (mrr,) = [
        float(row["mean"])
        for row in rows_of(out / "metrics.csv")
        if (row["recipe"], row["label"], row["seen"]) == ("aws-sims", "MRR@25", "removed")
    ]
    assert mrr == pytest.approx(sum(1 / rank for rank in ranks) / 30, abs=1e-6)


@pytest.mark.parametrize("protocol", ["service", "last-10-percent", "time"])
def test_every_protocol_holds_rows_out(log, tmp_path, protocol):
    assert run(["evaluate", "plays.csv", *SIMS, "--protocol", protocol]) == 0

    report = json.loads((tmp_path / "penchant-evaluation" / "report.json").read_text())
    assert report["split"]["comparedInteractions"] > 0


def test_rows_of_the_users_own_are_what_is_found(log, tmp_path):
    (tmp_path / "test.csv").write_text(
        "USER_ID,ITEM_ID,TIMESTAMP\nu1,i3,90000\nu1,i4,90001\nnew,i5,90000\n"
    )

    assert run(["evaluate", "plays.csv", *SIMS, "--test", "test.csv"]) == 0

    out = tmp_path / "penchant-evaluation"
    compared = [r for r in rows_of(out / "test_rows.csv.gz") if r["compared"] == "1"]
    assert sorted((r["USER_ID"], r["ITEM_ID"]) for r in compared) == [
        ("new", "i5"),
        ("u1", "i3"),
        ("u1", "i4"),
    ]
    report = json.loads((out / "report.json").read_text())
    assert report["about"]["held out"] == "the rows of test.csv"


def test_several_seeds_are_averaged_and_their_spread_is_told(log, tmp_path):
    line = ["evaluate", "plays.csv", *SIMS, "--seed", "3", "--seeds", "2", "--seen", "kept"]

    assert run(line) == 0

    out = tmp_path / "penchant-evaluation"
    assert {r["run"] for r in rows_of(out / "lists.csv.gz") if r["recipe"] == "aws-sims"} == {
        "0",
        "1",
    }
    deviations = {row["recipe"]: row["seed_deviation"] for row in rows_of(out / "metrics.csv")}
    assert deviations["aws-sims"] == "0.000000"  # counting knows no chance
    assert deviations["popularity"] == ""


def test_metadata_and_schemas_are_read(log, tmp_path, capsys):
    (tmp_path / "items.csv").write_text(
        "ITEM_ID,price\n" + "".join(f"i{n},{n}.5\n" for n in range(15))
    )
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    more = ["--items", "items.csv", "--schema", "schema.json", "--seen", "kept"]

    assert run(["evaluate", "plays.csv", *SIMS, *more]) == 0

    assert "items.csv: 15 rows, ITEM_ID, PRICE" in capsys.readouterr().out
    report = json.loads((tmp_path / "penchant-evaluation" / "report.json").read_text())
    assert "15 items" in report["about"]["data"]
    assert report["about"]["metadata"] == "items.csv"


def test_what_makes_figures_doubtful_is_printed_and_stands_in_the_report(log, tmp_path, capsys):
    assert run(["evaluate", "plays.csv", *SIMS, "--seen", "kept", "--out", "out"]) == 0

    remarks = [
        "Interactions: There are 180 interactions; a training needs 1,000.",
        f"{FEW}; --protocol leave-one-out asks for everyone with two rows.",
    ]
    printed = capsys.readouterr().out
    assert [f"  warn  {one}\n" in printed for one in remarks] == [True, True]
    assert json.loads((tmp_path / "out" / "report.json").read_text())["remarks"] == remarks
    page = (tmp_path / "out" / "report.html").read_text()
    assert [f"<li>{one}</li>" in page for one in remarks] == [True, True]


def test_only_the_split_by_users_can_be_asked_for_more_of_them(log, capsys):
    line = ["evaluate", "plays.csv", *SIMS, "--seen", "kept", "--protocol", "leave-one-out"]

    assert run(line) == 0

    printed = capsys.readouterr().out
    assert "  warn  Only 30 users tested: intervals and tests mean little.\n" in printed


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["nowhere.csv"], "there is no file nowhere.csv"),
        (["."], ". is a folder; name a file in it"),
        (["plays.csv", "--recipe", "aws-magic"], "there is no recipe 'aws-magic'; known: aws-"),
        (
            ["plays.csv", "--recipe", "aws-sims", "--recipe", "aws-sims"],
            "recipe aws-sims stands twice",
        ),
        (["plays.csv", *SIMS[:2], "--hyper-parameter", "bptt"], "'bptt' is not NAME=VALUE"),
        (
            ["plays.csv", *SIMS[:2], "--hyper-parameter", "bptt=3"],
            "none of the recipes has a hyper-parameter 'bptt'; known: max_item",
        ),
        (
            ["plays.csv", *SIMS[:2], "--hyper-parameter", "min_cointeraction_count=99"],
            "aws-sims: min_cointeraction_count='99' is out of range; take 0 to 10",
        ),
        (
            ["plays.csv", "--test", "plays.csv", "--protocol", "time"],
            "--test plays.csv and --protocol time exclude each other; give one",
        ),
        (["plays.csv", *SIMS, "--test", "plays.csv"], "no test row is left"),
        (["plays.csv", *SIMS, "--out", "."], "--out . holds other files (plays.csv)"),
        (["plays.csv", *SIMS, "--schema", "plays.csv"], "plays.csv: the schema is not JSON"),
        (["plays.csv", "--protocol", "never"], "Invalid value for '--protocol'"),
        (["plays.csv", *SIMS, "--seeds", "0"], "Invalid value for '--seeds'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_status_2(log, words, text, capsys):
    assert run(["evaluate", *words]) == 2

    assert text in refusal(capsys)


def test_a_bad_row_is_named_by_file_line_and_column(log, capsys):
    log.write_text(log.read_text() + "u1,i1,yesterday,5\n")

    assert run(["evaluate", "plays.csv", *SIMS]) == 2

    told = refusal(capsys)
    assert "plays.csv, line 182" in told
    assert "TIMESTAMP" in told
    assert "Mend the file and run the command again." in told


def test_what_to_do_stands_in_a_sentence_of_its_own(log, capsys):
    log.write_text("user_id,item_id\na,x\n")

    assert run(["evaluate", "plays.csv", *SIMS]) == 2

    assert "is: user_id, item_id. Mend the file and run the command again." in refusal(capsys)


def test_rows_that_cannot_be_split_are_refused(log, capsys):
    log.write_text("user_id,item_id,timestamp\na,x,1\nb,y,2\n")

    assert run(["evaluate", "plays.csv", *SIMS]) == 2

    assert "the rows cannot be split: none of 2 users has 2 interactions" in refusal(capsys)


def test_two_schemas_of_one_dataset_are_refused(log, tmp_path, capsys):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(SCHEMA))

    assert run(["evaluate", "plays.csv", *SIMS, "--schema", "a.json", "--schema", "b.json"]) == 2

    assert "b.json is a second schema of Interactions" in refusal(capsys)


def test_an_earlier_evaluation_is_written_anew(log):
    line = ["evaluate", "plays.csv", *SIMS, "--seen", "kept"]

    assert run(line) == 0
    assert run(line) == 0


def test_a_recipe_of_ones_own_takes_part(log, tmp_path, monkeypatch):
    (tmp_path / "recipes.toml").write_text(
        '[[recipe]]\nname = "newest"\ntype = "POPULAR_ITEMS"\n'
        'description = "x"\ncommand = ["python3", "train.py"]\n'
    )
    (tmp_path / "train.py").write_text(
        "import csv, os, pathlib\n"
        "rows = pathlib.Path(os.environ['SM_CHANNEL_TRAINING']) / 'items.csv'\n"
        "items = [row['ITEM_ID'] for row in csv.DictReader(rows.open())]\n"
        "with open(os.environ['SM_MODEL_DIR'] + '/item_scores.csv', 'w') as stream:\n"
        "    stream.write('item_id,score\\n')\n"
        "    stream.writelines(f'{item},{n}\\n' for n, item in enumerate(items))\n"
    )
    monkeypatch.setenv("PENCHANT_CUSTOM_RECIPES", str(tmp_path / "recipes.toml"))

    assert run(["evaluate", "plays.csv", "--recipe", "newest", "--seen", "kept"]) == 0


def test_a_file_of_recipes_that_cannot_be_read_is_refused(log, monkeypatch, capsys):
    monkeypatch.setenv("PENCHANT_CUSTOM_RECIPES", "nowhere.toml")

    assert run(["evaluate", "plays.csv", *SIMS]) == 2

    assert "nowhere.toml cannot be read" in refusal(capsys)
