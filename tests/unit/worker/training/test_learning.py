import pytest

from penchant.domain.arns import Kind
from penchant.worker.training.learning import learn


def test_a_version_that_was_deleted_is_not_trained(yard):
    arn = "arn:aws:personalize:us-east-1:000000000000:solution/best/0123abcd"
    with pytest.raises(ValueError, match="best/0123abcd was deleted; nothing was trained"):
        learn(yard.shop.stores, yard.shop.settings, arn, "artifacts/1", print)


def test_a_group_without_interactions_is_told_what_to_do(yard):
    group = yard.put(Kind.DATASET_GROUP, "shop")
    version = yard.put(
        Kind.SOLUTION_VERSION,
        "best/0123abcd",
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
        datasetGroupArn=group,
    )
    with pytest.raises(ValueError, match="has no interactions dataset; create one and import"):
        learn(yard.shop.stores, yard.shop.settings, version, "artifacts/1", lambda step: None)
