import pytest

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.worker.following import Following

SYNC = {"syncWithLatestSolutionVersion": True}


def put_version(yard, solution, name):
    return yard.put(Kind.SOLUTION_VERSION, f"best/{name}", parent_arn=solution)


@pytest.fixture
def solution(yard):
    return yard.put(Kind.SOLUTION, "best")


@pytest.fixture
def campaigns(yard, solution):
    """One that follows, and one that does not."""
    first = put_version(yard, solution, "1")
    return [
        yard.put(
            Kind.CAMPAIGN,
            name,
            parent_arn=solution,
            solutionVersionArn=first,
            campaignConfig=config,
        )
        for name, config in (("follows", SYNC), ("stays", {}))
    ]


def wanted(yard, campaigns):
    updates = [yard.get(one).own.get("update") for one in campaigns]
    return [update and update["solutionVersionArn"] for update in updates]


def test_a_training_that_ends_is_followed(yard, solution, campaigns):
    second = put_version(yard, solution, "2")
    with yard.shop.stores.resources.transaction() as tx:
        Following(yard.shop).after_training(tx, solution)
    assert wanted(yard, campaigns) == [second, None]
    assert yard.get(campaigns[0]).own["update"]["status"] == statuses.CREATE_PENDING


def test_looking_finds_what_nobody_told(yard, solution, campaigns):
    Following(yard.shop).look()
    assert wanted(yard, campaigns) == [None, None]
    second = put_version(yard, solution, "2")
    Following(yard.shop).look()
    Following(yard.shop).look()
    assert wanted(yard, campaigns) == [second, None]


def test_a_campaign_that_is_gone_is_passed_over(yard):
    with yard.shop.stores.resources.transaction() as tx:
        Following(yard.shop).after_deployment(tx, "arn:gone")
