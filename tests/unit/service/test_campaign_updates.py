import pytest

from penchant.domain.errors import InvalidInputException
from penchant.service.campaign_updates import follow

PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"
SYNC = {"syncWithLatestSolutionVersion": True}


@pytest.fixture
def solution(desk):
    return desk.solution(desk.group(), recipe=PERSONAL)


@pytest.fixture
def first(desk, solution):
    return desk.version(solution)


@pytest.fixture
def campaign(desk, solution, first):
    """A campaign that follows its solution and answers with the first version."""
    arn = create(desk, f"{solution}/$LATEST", SYNC)
    desk.settle(arn)
    return arn


def create(desk, version, config=None):
    return desk.campaigns.create_campaign(
        desk.caller, name="front", solution_version_arn=version, campaign_config=config
    )["campaignArn"]


def update(desk, arn, version=None, config=None):
    desk.campaigns.update_campaign(
        desk.caller, campaign_arn=arn, solution_version_arn=version, campaign_config=config
    )


def wanted(desk, arn):
    """The version that the campaign is on its way to, once it has looked for a newer one."""
    with desk.stores.resources.transaction() as tx:
        follow(desk.ledger, tx, desk.stores.resources.get(arn, tx))
    shown = desk.campaigns.describe_campaign(desk.caller, campaign_arn=arn)["campaign"]
    latest = shown["latestCampaignUpdate"]
    return latest and latest["solutionVersionArn"]


def finish(desk, arn, status="ACTIVE", **sent):
    """What a deployment leaves when it ends."""
    with desk.stores.resources.transaction() as tx:
        campaign = desk.stores.resources.held(tx, arn)
        own = {**campaign.own, "update": {**campaign.own["update"], "status": status}}
        desk.stores.resources.change(
            tx, campaign, desk.ledger.clock(), own=own, sent={**campaign.sent, **sent}
        )


def test_a_newer_version_is_deployed_and_nothing_else(desk, solution, campaign):
    assert wanted(desk, campaign) is None
    desk.version(solution, active=False)
    assert wanted(desk, campaign) is None
    newer = desk.version(solution)
    assert wanted(desk, campaign) == newer
    assert desk.queue.of(campaign).kind == "deploy"
    assert desk.stores.resources.get(campaign).status == "ACTIVE"


def test_of_several_the_newest_is_deployed(desk, solution, campaign):
    desk.version(solution)
    newest = desk.version(solution)
    assert wanted(desk, campaign) == newest


def test_it_waits_for_an_update_under_way(desk, solution, campaign):
    second = desk.version(solution)
    assert wanted(desk, campaign) == second
    third = desk.version(solution)
    assert wanted(desk, campaign) == second
    finish(desk, campaign, solutionVersionArn=second)
    assert wanted(desk, campaign) == third


def test_a_version_that_could_not_be_deployed_is_not_tried_again(desk, solution, campaign):
    second = desk.version(solution)
    assert wanted(desk, campaign) == second
    finish(desk, campaign, "CREATE FAILED")
    job = desk.queue.of(campaign).id
    assert wanted(desk, campaign) == second
    assert desk.queue.of(campaign).id == job
    third = desk.version(solution)
    assert wanted(desk, campaign) == third


def test_a_version_that_only_went_on_from_another_is_not_followed(desk, solution, campaign):
    arn = desk.versions.create_solution_version(
        desk.caller, solution_arn=solution, training_mode="UPDATE"
    )["solutionVersionArn"]
    desk.settle(arn)
    assert wanted(desk, campaign) is None


def test_a_campaign_that_does_not_follow_stays(desk, solution, first):
    arn = create(desk, f"{solution}/$LATEST")
    desk.settle(arn)
    desk.version(solution)
    assert wanted(desk, arn) is None


def test_one_that_is_still_being_made_waits(desk, solution, first):
    arn = create(desk, f"{solution}/$LATEST", SYNC)
    newer = desk.version(solution)
    assert wanted(desk, arn) is None
    desk.settle(arn)
    assert wanted(desk, arn) == newer


def test_following_needs_the_solution_not_a_version(desk, solution, first):
    with pytest.raises(InvalidInputException, match=r"form <solutionArn>/\$LATEST, not arn:aws"):
        create(desk, first, SYNC)


def test_an_update_cannot_follow_and_name_one_version(desk, solution, first, campaign):
    refused = pytest.raises(InvalidInputException, match="or false")
    with refused:
        update(desk, campaign, first, SYNC)
    with refused:
        update(desk, campaign, first)
    update(desk, campaign, first, {"syncWithLatestSolutionVersion": False})


def test_following_that_is_turned_on_later_needs_the_solution_too(desk, solution, first):
    arn = create(desk, first)
    desk.settle(arn)
    with pytest.raises(InvalidInputException, match="not the version deployed before"):
        update(desk, arn, config=SYNC)
    update(desk, arn, f"{solution}/$LATEST", SYNC)


def test_a_campaign_that_follows_can_be_changed_otherwise(desk, campaign):
    update(desk, campaign, config={**SYNC, "enableMetadataWithRecommendations": False})
    finish(desk, campaign)
    desk.campaigns.update_campaign(desk.caller, campaign_arn=campaign, min_provisioned_tps=2)
