"""What every recipe for related items answers, from training to the list a client gets."""

from datetime import UTC, datetime

import numpy as np
import pytest

from penchant.data.training_set import Features, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.recipes import RECIPES, RecipeType
from penchant.domain.serving import Serving
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.recipes.contract import silent
from penchant.recipes.registry import recipe_of
from penchant.serving import answers
from penchant.serving.deployment import deploy

ENTRIES = [e for e in RECIPES.values() if e.recipe_type is RecipeType.RELATED_ITEMS]
METADATA = [e for e in ENTRIES if e.family != "sims"]
OWNER = Owner("000000000000", "us-east-1")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
N_ITEMS, N_USERS = 24, 120


def interactions():
    """Items 0-11 are scarves, 12-22 spades, met apart; 11 and 22 are cold, 23 is unknown to all."""
    rng = np.random.default_rng(0)
    rows = [rng.choice(11, 6, replace=False) + 12 * (user % 2) for user in range(N_USERS)]
    items = np.minimum(np.concatenate(rows), 21)  # item 21 is known best
    words = ("wool scarf warm", "iron spade garden")
    texts = tuple(f"{words[item // 12]} number{item}" for item in range(N_ITEMS - 1))
    n = len(items)
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(N_USERS)),
        items=Vocabulary(f"i{i}" for i in range(N_ITEMS)),
        user_indices=np.repeat(np.arange(N_USERS, dtype=np.int32), 6),
        item_indices=items.astype(np.int32),
        timestamps=np.arange(n, dtype=np.int64),
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
        item_features=Features(texts={"TEXT": (*texts, "")}, names={"TITLE": (*texts, "")}),
    )


@pytest.fixture(scope="module")
def deployments(tmp_path_factory):
    made = {}
    for entry in ENTRIES:
        folder = tmp_path_factory.mktemp("artifacts") / entry.family
        data = interactions()
        everything = {
            name: str(0.0 if name.startswith("min") else 1.0) for name in entry.feature_parameters
        }
        model = recipe_of(entry, {}, everything).fit(data, seed=0, progress=silent)
        write_artifact(
            folder,
            model,
            data,
            recipe_arn=entry.arn,
            family=entry.family,
            metrics={},
            leaderboard=[],
            max_history=10,
        )
        arn = OWNER.arn(Kind.CAMPAIGN, entry.family)
        made[entry.name] = deploy(arn, Serving("", entry.arn, "arn"), read_artifact(folder))
    return made


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.name)
def deployment(request, deployments):
    return deployments[request.param.name]


def numbers(answer):
    return [int(one["itemId"][1:]) for one in answer]


def test_answers_have_no_score(deployment):
    assert all(one.keys() == {"itemId"} for one in answers.related(deployment, "i3", 10))


def test_an_item_is_related_to_those_of_its_kind_and_not_to_itself(deployment):
    for item in (3, 15):
        found = numbers(answers.related(deployment, f"i{item}", 8))
        assert len(found) == 8
        assert item not in found
        assert {other // 12 for other in found} == {item // 12}


def test_an_unknown_item_is_related_to_the_best_known_ones(deployment):
    found = numbers(answers.related(deployment, "never heard of", 5))
    counts = np.bincount(interactions().item_indices, minlength=N_ITEMS)
    assert sorted(counts[found].tolist()) == sorted(np.sort(counts)[-5:].tolist())


def test_an_item_of_which_nothing_is_known_is_related_to_the_best_known_ones(deployment):
    found = numbers(answers.related(deployment, "i23", 5))
    assert found == numbers(answers.related(deployment, "never heard of", 5))


@pytest.mark.parametrize("entry", METADATA, ids=lambda entry: entry.name)
def test_a_cold_item_is_related_to_those_like_it(deployments, entry):
    found = numbers(answers.related(deployments[entry.name], "i11", 8))
    assert {other // 12 for other in found} == {0}


def test_more_than_there_are_are_all_but_the_item_itself(deployment):
    found = numbers(answers.related(deployment, "i3", 500))
    assert sorted(found) == [item for item in range(N_ITEMS) if item != 3]
