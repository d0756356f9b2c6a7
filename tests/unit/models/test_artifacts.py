import json
import re
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import NO_TIME, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models import artifacts
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.damage import ArtifactDamaged, damage_told
from penchant.models.graphs import open_graph
from penchant.models.popularity import PopularityModel

ARN = "arn:aws:personalize:::recipe/aws-popularity-count"


def interactions():
    """Two users with rows, one without; item "d" has no interactions."""
    return TrainingSet(
        users=Vocabulary(["u", "v", "quiet\n\u00e9"]),
        items=Vocabulary(["a", "b", "c", "d"]),
        user_indices=np.array([0, 0, 0, 1], np.int32),
        item_indices=np.array([0, 1, 0, 2], np.int32),
        timestamps=np.array([10, 20, 30, 25], np.int64),
        event_types=np.array([0, -1, 0, 0], np.int16),
        event_values=np.array([1, np.nan, 3, 4], np.float32),
        event_type_names=("watch",),
    )


def model_of(training_set):
    scores = np.array([2, 1, 1, 0], np.float32)
    return PopularityModel(training_set.items, training_set.event_type_names, scores)


def write(folder, training_set=None, **changes):
    training_set = training_set or interactions()
    arguments = {
        "recipe_arn": ARN,
        "family": "popularity",
        "metrics": {"coverage": 0.5},
        "leaderboard": [{"name": "popularity"}],
        "max_history": 2,
    } | changes
    write_artifact(folder, model_of(training_set), training_set, **arguments)


def edit(folder, **changes):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_was_written_is_read(tmp_path):
    write(tmp_path / "x")
    artifact = read_artifact(tmp_path / "x")
    assert tuple(artifact.users) == ("u", "v", "quiet\n\u00e9")
    assert artifact.items.ids == ("a", "b", "c", "d")
    assert artifact.model.score([Query()]).tolist() == [[2, 1, 1, 0]]
    assert artifact.model.event_type_names == ("watch",)
    assert artifact.meta["recipeArn"] == ARN
    assert artifact.meta["metrics"] == {"coverage": 0.5}
    assert artifact.meta["leaderboard"] == [{"name": "popularity"}]
    assert (artifact.trained_from, artifact.trained_until) == (10, 30)


def test_a_history_holds_the_newest_interactions_oldest_first(tmp_path):
    write(tmp_path / "x")
    history = read_artifact(tmp_path / "x").history("u")
    assert history.items.tolist() == [1, 0]
    assert history.timestamps.tolist() == [20, 30]
    assert history.event_types.tolist() == [-1, 0]
    assert np.isnan(history.event_values[0])
    assert history.event_values[1] == 3


def test_users_without_interactions_and_unknown_users_have_an_empty_history(tmp_path):
    write(tmp_path / "x")
    artifact = read_artifact(tmp_path / "x")
    assert len(artifact.history("quiet\n\u00e9")) == len(artifact.history("nobody")) == 0


def test_items_carry_their_counts_and_times(tmp_path):
    write(tmp_path / "x")
    artifact = read_artifact(tmp_path / "x")
    assert artifact.item_counts.tolist() == [2, 1, 1, 0]
    assert artifact.item_first_at.tolist() == [10, 20, 25, NO_TIME]
    assert artifact.item_last_at.tolist() == [30, 20, 25, NO_TIME]
    assert artifact.item_created_at.tolist() == [10, 20, 25, NO_TIME]


def test_a_creation_time_in_the_metadata_precedes_the_first_interaction(tmp_path):
    created = np.array([NO_TIME, 5, NO_TIME, 7], np.int64)
    write(tmp_path / "x", replace(interactions(), item_created_at=created))
    assert read_artifact(tmp_path / "x").item_created_at.tolist() == [10, 5, 25, 7]


def test_test_rows_are_kept_for_download(tmp_path):
    rows = {"users": np.array([1]), "compared": np.array([True])}
    write(tmp_path / "x", split={"testUsers": 1}, test_rows=rows)
    assert read_artifact(tmp_path / "x").meta["split"] == {"testUsers": 1}
    rows = read_artifact(tmp_path / "x").test_rows()
    assert {name: array.tolist() for name, array in rows.items()} == {
        "users": [1],
        "compared": [True],
    }
    write(tmp_path / "y")
    assert read_artifact(tmp_path / "y").test_rows() is None


def test_a_training_set_without_rows_makes_an_artifact(tmp_path):
    empty = interactions().subset(np.zeros(4, np.bool_))
    write(tmp_path / "x", empty)
    artifact = read_artifact(tmp_path / "x")
    assert len(artifact.history("u")) == 0
    assert artifact.item_counts.tolist() == [0, 0, 0, 0]


def test_writing_again_replaces_the_artifact(tmp_path):
    write(tmp_path / "x")
    write(tmp_path / "x", metrics={"coverage": 0.75})
    assert read_artifact(tmp_path / "x").meta["metrics"] == {"coverage": 0.75}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_failed_writing_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(folder):
        raise OSError("disk full")

    monkeypatch.setattr(artifacts, "_make_durable", fail)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_metrics_that_are_no_numbers_are_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write(tmp_path / "x", metrics={"coverage": float("nan")})


def test_an_unknown_format_version_is_refused_by_name(tmp_path):
    write(tmp_path / "x")
    edit(tmp_path / "x", format=99)
    with pytest.raises(ValueError, match=r"artifact format 99, this release reads 1: train"):
        read_artifact(tmp_path / "x")


def test_an_unknown_family_is_refused_on_both_sides(tmp_path):
    with pytest.raises(ValueError, match=r"no model family 'als'; known: .*popularity"):
        write(tmp_path / "x", family="als")
    write(tmp_path / "x")
    edit(tmp_path / "x", family="als")
    with pytest.raises(ValueError, match=r"model family 'als'; known: .*popularity"):
        read_artifact(tmp_path / "x")


def test_a_folder_without_an_artifact_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no artifact: model\.json is missing"):
        read_artifact(tmp_path)


def test_foreign_ids_are_refused(tmp_path):
    write(tmp_path / "x")
    (tmp_path / "x" / "items.json").write_text('["a", "b", "c", "e"]')
    with pytest.raises(ValueError, match=r"items\.json is not the one the artifact was written"):
        read_artifact(tmp_path / "x")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.json", "{"),
        ("model.json", '{"format": 1, "family": "popularity"}'),
        ("items.json", "\u00ff"),
        ("model/popularity.npy", ""),
        ("model/popularity.npy", "no array"),
        ("histories/offsets.npy", None),
        ("items/counts.npy", None),
    ],
)
def test_damage_of_every_sort_is_one_error(tmp_path, name, damage):
    write(tmp_path / "x")
    (tmp_path / "x" / name).unlink()
    if damage is not None:
        (tmp_path / "x" / name).write_bytes(damage.encode("latin-1"))
    with pytest.raises(ArtifactDamaged, match=re.escape(str(tmp_path / "x"))):
        read_artifact(tmp_path / "x")


def test_a_graph_that_is_none_is_damage(tmp_path):
    with (
        pytest.raises(ArtifactDamaged, match=r"cannot be read .*INVALID_PROTOBUF"),
        damage_told(tmp_path),
    ):
        open_graph(b"no graph")


@pytest.mark.parametrize("error", [AttributeError("score"), OSError(24, "Too many open files")])
def test_what_is_not_of_the_artifact_is_not_called_damage(tmp_path, error):
    def load(*_):
        raise error

    write(tmp_path / "x")
    with pytest.raises(type(error)) as raised:
        read_artifact(tmp_path / "x", {"popularity": load})
    assert raised.value is error


def test_a_model_of_another_catalogue_is_refused(tmp_path):
    other = replace(interactions(), items=Vocabulary(["d", "c", "b", "a"]))
    with pytest.raises(ValueError, match="fitted on another catalogue"):
        write_artifact(
            tmp_path / "x",
            model_of(other),
            interactions(),
            recipe_arn=ARN,
            family="popularity",
            metrics={},
            leaderboard=[],
            max_history=2,
        )
