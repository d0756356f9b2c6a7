import pytest

from penchant.domain.errors import InvalidInputException, ResourceInUseException

PERSONAL = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.fixture
def version(desk):
    return desk.version(desk.solution(desk.group(), recipe=PERSONAL))


def describe(desk, arn):
    return desk.campaigns.describe_campaign(desk.caller, campaign_arn=arn)["campaign"]


def test_a_campaign_is_deployed_by_a_job(desk, version):
    arn = desk.campaign(version, active=False)
    assert arn.endswith(":campaign/front")
    assert describe(desk, arn)["status"] == "CREATE PENDING"
    assert desk.queue.of(arn).kind == "deploy"


def test_it_needs_a_version_that_is_ready(desk):
    pending = desk.version(desk.solution(desk.group()), active=False)
    with pytest.raises(ResourceInUseException, match="CREATE PENDING; wait until it is ACTIVE"):
        desk.campaign(pending)


def test_it_refuses_a_version_that_failed(desk):
    failed = desk.version(desk.solution(desk.group()), active=False)
    desk.settle(failed, "CREATE FAILED")
    with pytest.raises(InvalidInputException, match="is CREATE FAILED; create another"):
        desk.campaign(failed)


def test_latest_means_the_newest_active_version(desk, version):
    solution = version.rsplit("/", 1)[0]
    newer = desk.version(solution)
    desk.version(solution, active=False)
    arn = desk.campaign(f"{solution}/$LATEST")
    assert describe(desk, arn)["solutionVersionArn"] == newer


def test_latest_of_nothing_is_refused(desk):
    solution = desk.solution(desk.group())
    with pytest.raises(InvalidInputException, match="has no ACTIVE version"):
        desk.campaign(f"{solution}/$LATEST")


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            {"itemExplorationConfig": {"explorationWeight": "2"}},
            "explorationWeight is 2; give a number from 0 to 1",
        ),
        ({"itemExplorationConfig": {"explorationWeight": "much"}}, "explorationWeight"),
        (
            {"itemExplorationConfig": {"explorationItemAgeCutOff": "0"}},
            "give a number of days above 0",
        ),
        ({"itemExplorationConfig": {"weight": "1"}}, "itemExplorationConfig has no 'weight'"),
        ({"rankingInfluence": {"POPULARITY": 0.5}}, "takes no rankingInfluence"),
    ],
)
def test_a_configuration_that_cannot_be_kept_is_refused(desk, version, config, text):
    with pytest.raises(InvalidInputException, match=text):
        desk.campaigns.create_campaign(
            desk.caller, name="front", solution_version_arn=version, campaign_config=config
        )


def test_a_recipe_that_does_not_explore_takes_no_exploration(desk):
    version = desk.version(desk.solution(desk.group()))
    with pytest.raises(InvalidInputException, match="aws-popularity-count takes no item"):
        desk.campaigns.create_campaign(
            desk.caller,
            name="front",
            solution_version_arn=version,
            campaign_config={"itemExplorationConfig": {"explorationWeight": "0.1"}},
        )


def test_the_recipe_that_compares_meanings_takes_an_influence(desk):
    recipe = "arn:aws:personalize:::recipe/aws-semantic-similarity"
    version = desk.version(desk.solution(desk.group(), recipe=recipe))
    create = desk.campaigns.create_campaign
    wrong = {"rankingInfluence": {"POPULARITY": 2.0}}
    with pytest.raises(InvalidInputException, match=r"rankingInfluence.POPULARITY is 2.0; take 0"):
        create(desk.caller, name="front", solution_version_arn=version, campaign_config=wrong)
    right = {"rankingInfluence": {"POPULARITY": 0.5, "FRESHNESS": 0.25}}
    arn = create(desk.caller, name="front", solution_version_arn=version, campaign_config=right)
    campaign = describe(desk, arn["campaignArn"])
    assert campaign["campaignConfig"] == right


def test_an_update_leaves_the_campaign_active_until_it_is_done(desk, version):
    arn = desk.campaign(version)
    assert describe(desk, arn)["latestCampaignUpdate"] is None
    desk.campaigns.update_campaign(desk.caller, campaign_arn=arn, min_provisioned_tps=2)
    campaign = describe(desk, arn)
    assert campaign["status"] == "ACTIVE"
    assert campaign["minProvisionedTPS"] == 1
    assert campaign["latestCampaignUpdate"]["minProvisionedTPS"] == 2
    assert campaign["latestCampaignUpdate"]["status"] == "CREATE PENDING"


def test_a_second_update_waits_for_the_first(desk, version):
    arn = desk.campaign(version)
    desk.campaigns.update_campaign(desk.caller, campaign_arn=arn, min_provisioned_tps=2)
    with pytest.raises(ResourceInUseException, match="has an update that is CREATE PENDING"):
        desk.campaigns.update_campaign(desk.caller, campaign_arn=arn, min_provisioned_tps=3)
    with pytest.raises(ResourceInUseException, match="has an update that is CREATE PENDING"):
        desk.campaigns.delete_campaign(desk.caller, campaign_arn=arn)


def test_a_campaign_that_is_being_made_cannot_be_updated(desk, version):
    arn = desk.campaign(version, active=False)
    with pytest.raises(ResourceInUseException, match="it can be updated once it is ACTIVE"):
        desk.campaigns.update_campaign(desk.caller, campaign_arn=arn, min_provisioned_tps=3)


def test_a_version_of_another_solution_is_refused(desk, version):
    arn = desk.campaign(version)
    other = desk.version(desk.solution(desk.group("other"), "other"))
    with pytest.raises(InvalidInputException, match="is not a version of"):
        desk.campaigns.update_campaign(desk.caller, campaign_arn=arn, solution_version_arn=other)


def test_campaigns_are_listed_under_their_solution(desk, version):
    arn = desk.campaign(version)
    other = desk.campaign(desk.version(desk.solution(desk.group("other"), "other")), "other")
    solution = version.rsplit("/", 1)[0]
    listed = desk.campaigns.list_campaigns(desk.caller, solution_arn=solution)["campaigns"]
    assert [campaign["campaignArn"] for campaign in listed] == [arn]
    everything = desk.campaigns.list_campaigns(desk.caller)["campaigns"]
    assert [campaign["campaignArn"] for campaign in everything] == [other, arn]


def test_a_deleted_campaign_frees_its_solution(desk, version):
    arn = desk.campaign(version)
    desk.campaigns.delete_campaign(desk.caller, campaign_arn=arn)
    desk.solutions.delete_solution(desk.caller, solution_arn=version.rsplit("/", 1)[0])


@pytest.mark.parametrize("recipe", ["aws-item-affinity", "aws-item-attribute-affinity"])
def test_a_recipe_that_finds_users_cannot_be_deployed(desk, recipe):
    arn = f"arn:aws:personalize:::recipe/{recipe}"
    version = desk.version(desk.solution(desk.group(), recipe=arn))
    text = f"{recipe} finds users for items and cannot be deployed in a campaign; call CreateBatch"
    with pytest.raises(InvalidInputException, match=text):
        desk.campaign(version)
