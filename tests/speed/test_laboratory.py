"""How long ranking, counting pairs and reading an artifact take."""

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.ranking import lists_of
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity
from penchant.recipes.sims import Sims

pytestmark = pytest.mark.speed


def interactions(n_users, n_items, mean_rows):
    """Users of `mean_rows` rows on average, the popular items up to a hundred times as likely."""
    rng = np.random.default_rng(0)
    lengths = rng.geometric(1 / mean_rows, n_users)
    n_rows = int(lengths.sum())
    return TrainingSet(
        users=Vocabulary(f"user-{i}" for i in range(n_users)),
        items=Vocabulary(f"item-{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), lengths),
        item_indices=(n_items * rng.random(n_rows) ** 2.5).astype(np.int32),
        timestamps=np.arange(n_rows, dtype=np.int64),
        event_types=np.full(n_rows, -1, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
    )


@pytest.mark.parametrize("n_items", [10_000, 100_000])
def test_ranking_64_lists(benchmark, n_items):
    scores = np.random.default_rng(0).standard_normal((64, n_items)).astype(np.float32)
    assert benchmark(lists_of, scores, 25).shape == (64, 25)


def test_sims_of_a_million_rows(benchmark):
    data = interactions(6_000, 3_500, 160)
    fit = Sims().fit
    benchmark.pedantic(fit, args=(data,), kwargs={"seed": 0, "progress": silent}, rounds=3)


def test_reading_an_artifact_of_a_million_users(benchmark, tmp_path):
    data = interactions(1_000_000, 10_000, 2)
    write_artifact(
        tmp_path / "version",
        Popularity().fit(data, seed=0, progress=silent),
        data,
        recipe_arn="arn:aws:personalize:::recipe/aws-popularity-count",
        family="popularity",
        metrics={},
        leaderboard=[],
        max_history=200,
    )
    artifact = benchmark(read_artifact, tmp_path / "version")
    assert len(artifact.model.score([Query(artifact.history("user-7"))])[0]) == 10_000
