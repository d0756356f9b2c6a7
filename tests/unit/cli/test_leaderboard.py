"""`penchant leaderboard`: what a solution version is beside baselines."""

import io
import re
from datetime import UTC, datetime

import pytest
from rich.console import Console

from penchant import app
from penchant.cli.leaderboard import show
from penchant.cli.program import run
from penchant.domain.arns import Owner
from penchant.domain.resources import Kind, Resource
from penchant.settings import read

ARN = "arn:aws:personalize:us-east-1:000000000000:solution/shop/1a"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROWS = [
    {
        "name": "aws-sims",
        "seen": "kept",
        "service": {"coverage": 0.5},
        "standard": {"recall": 0.25},
    },
    {"name": "popularity", "seen": "kept", "service": {"coverage": 0.125}},
]


@pytest.fixture
def kept(tmp_path):
    """Keeps a solution version of a status and a leaderboard in the folder `data`."""

    def keep(status, rows):
        house = app.open_house(read({}, data_dir=tmp_path / "data"))
        version = Resource(
            arn=ARN,
            kind=Kind.SOLUTION_VERSION,
            owner=Owner("000000000000", "us-east-1"),
            name="shop",
            status=status,
            created_at=NOW,
            updated_at=NOW,
            own={"leaderboard": rows},
        )
        with house.resources.transaction() as tx:
            house.resources.add(tx, version)
        house.close()
        return ["leaderboard", ARN, "--data", str(tmp_path / "data")]

    return keep


def printed(rows):
    console = Console(file=io.StringIO(), soft_wrap=True, width=160)
    show(console, rows)
    return [line.split() for line in console.file.getvalue().splitlines() if line.strip(" ─")]


def test_a_metric_is_a_line_and_a_recipe_a_column():
    assert printed(ROWS) == [
        ["aws-sims", "popularity"],
        ["coverage", "0.5000", "0.1250"],
        ["recall", "0.2500", "-"],
    ]


def test_two_ways_with_seen_items_are_two_tables_with_headings():
    told = printed([*ROWS, {**ROWS[0], "seen": "removed"}])

    assert ["Seen", "items", "kept"] in told
    assert told[-3:] == [["aws-sims"], ["coverage", "0.5000"], ["recall", "0.2500"]]


def test_the_leaderboard_of_a_version_is_printed(kept, capsys):
    assert run(kept("ACTIVE", ROWS)) == 0

    assert "coverage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "rows", "text"),
    [
        ("CREATE IN_PROGRESS", [], "is CREATE IN_PROGRESS; ask again when it is ACTIVE"),
        ("ACTIVE", [], "has no leaderboard; only solution versions with test rows do"),
    ],
)
def test_a_version_without_a_leaderboard_is_refused(kept, status, rows, text, capsys):
    assert run(kept(status, rows)) == 2

    assert text in capsys.readouterr().err


def test_the_best_stands_out_where_there_is_a_best():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=160)
    service = {"coverage": 0.5, "log_loss": 0.5, "precision_at_5": 0.5, "recall": 0.25}
    other = {"coverage": 0.25, "log_loss": 0.25, "precision_at_5": 0.25, "recall": 0.25}
    show(console, [{"name": "ours", "service": service}, {"name": "floor", "service": other}])
    green = [
        (line.split()[0], re.findall(r"\x1b\[1;32m\s*([\d.]+)", line))
        for line in console.file.getvalue().splitlines()
        if "0.2" in line
    ]
    assert green == [
        ("coverage", []),
        ("log_loss", ["0.2500"]),
        ("precision_at_5", ["0.5000"]),
        ("recall", []),
    ]


def test_an_unknown_version_is_refused_with_the_next_step(kept, capsys):
    *_, folder = kept("ACTIVE", ROWS)
    assert run(["leaderboard", "arn:no", "--data", folder]) == 2

    assert "there is no arn:no here; see: aws personalize list-sol" in capsys.readouterr().err


def test_no_installation_is_made_by_asking(tmp_path, capsys):
    assert run(["leaderboard", ARN, "--data", str(tmp_path / "nowhere")]) == 2

    assert "/nowhere; name its --data" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()
