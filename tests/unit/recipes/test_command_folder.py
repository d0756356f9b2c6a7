import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from penchant.data.training_set import Categories, Features
from penchant.data.vocabulary import Vocabulary
from penchant.domain.recipes.sources import CommandSource
from penchant.recipes.checks import example_rows
from penchant.recipes.command_folder import environment, fill, line, surroundings

COMMAND = CommandSource(Path("/shop"), command=("python3", "train.py"), environment={"KEY": "a"})
IMAGE = CommandSource(Path("/shop"), image="shop/factors:1", environment={"KEY": "a"})


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def described(rows):
    genres = Categories(
        Vocabulary(["drama", "war, a|b"]),
        np.array([0, 2, *[3] * 29]),
        np.array([0, 1, 1], np.int32),
    )
    prices = np.full(30, np.nan, np.float32)
    prices[1] = 2.5
    return replace(
        rows,
        item_features=Features(
            {"GENRE": genres}, {"PRICE": prices}, {"TEXT": ("x\ny", *[""] * 29)}
        ),
        contexts=Features(numbers={"HOUR": np.arange(rows.n_rows, dtype=np.float32)}),
    )


def test_hyper_parameters_and_channels_stand_where_sagemaker_puts_them(tmp_path):
    fill(tmp_path, example_rows(), {"dimension": "8", "seed": "3"})
    config = tmp_path / "input" / "config"
    assert json.loads((config / "hyperparameters.json").read_text()) == {
        "dimension": "8",
        "seed": "3",
    }
    assert (
        json.loads((config / "inputdataconfig.json").read_text())["training"]["ContentType"]
        == "text/csv"
    )
    assert json.loads((config / "resourceconfig.json").read_text())["hosts"] == ["algo-1"]
    assert (tmp_path / "model").is_dir()
    assert (tmp_path / "output").is_dir()


def test_every_row_is_written_with_its_ids_time_type_value_and_context(tmp_path):
    rows = described(example_rows())
    fill(tmp_path, rows, {})
    written = read(tmp_path / "input" / "data" / "training" / "interactions.csv")
    assert len(written) == rows.n_rows
    place = 7
    assert written[place] == {
        "USER_ID": rows.users.ids[rows.user_indices[place]],
        "ITEM_ID": rows.items.ids[rows.item_indices[place]],
        "TIMESTAMP": str(rows.timestamps[place]),
        "EVENT_TYPE": ["click", "watch", ""][rows.event_types[place]],
        "EVENT_VALUE": "",
        "WEIGHT": "",
        "HOUR": "7.0",
    }


def test_weights_and_values_are_written_where_there_are_some(tmp_path):
    rows = example_rows()
    rows = replace(
        rows,
        weights=np.full(rows.n_rows, 0.5, np.float32),
        event_values=np.full(rows.n_rows, 4.5, np.float32),
    )
    fill(tmp_path, rows, {})
    written = read(tmp_path / "input" / "data" / "training" / "interactions.csv")[0]
    assert (written["WEIGHT"], written["EVENT_VALUE"]) == ("0.5", "4.5")


def test_metadata_is_written_for_all_users_and_items(tmp_path):
    fill(tmp_path, described(example_rows()), {})
    items = read(tmp_path / "input" / "data" / "training" / "items.csv")
    assert items[0] == {"ITEM_ID": "i0", "PRICE": "", "GENRE": "drama|war, a|b", "TEXT": "x\ny"}
    assert items[1]["PRICE"] == "2.5"
    users = read(tmp_path / "input" / "data" / "training" / "users.csv")
    assert [user["USER_ID"] for user in users] == [f"u{place}" for place in range(60)]


def test_a_command_is_told_the_folder_as_it_is(tmp_path):
    told = environment(tmp_path, "shop", COMMAND, {"dimension": "8"})
    assert told["SM_MODEL_DIR"] == str(tmp_path / "model")
    assert told["SM_CHANNEL_TRAINING"] == str(tmp_path / "input" / "data" / "training")
    assert told["SM_HP_DIMENSION"] == "8"
    assert json.loads(told["SM_HPS"]) == {"dimension": "8"}
    assert told["KEY"] == "a"
    assert line(COMMAND, tmp_path, told) == ("python3", "train.py")


def test_a_container_is_run_without_a_network_on_the_folder_at_opt_ml():
    root = Path("/tmp/penchant-x")
    told = environment(root, "shop", IMAGE, {"dimension": "8"})
    assert told["SM_MODEL_DIR"] == "/opt/ml/model"
    words = line(IMAGE, root, told)
    assert words[:9] == (
        *("docker", "run", "--rm", "--init", "--network", "none"),
        *("--name", "penchant-x", "--volume"),
    )
    assert words[9] == "/tmp/penchant-x:/opt/ml"
    assert words[words.index("KEY=a") - 1] == "--env"
    assert words[-2:] == ("shop/factors:1", "train")


def test_no_secret_of_ours_is_passed_on(monkeypatch):
    monkeypatch.setenv("PENCHANT_S3_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "secret" not in surroundings().values()


@pytest.mark.parametrize("source", [COMMAND, IMAGE])
def test_variables_are_texts(source, tmp_path):
    told = environment(tmp_path, "shop", source, {"dimension": "8"})
    assert {type(value) for value in told.values()} == {str}
