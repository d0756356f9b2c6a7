import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta

import pytest

from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.serving.deployments import Deployments

from ...waiting import until


@pytest.fixture
def deployments(house):
    made = Deployments(
        house.resources, house.data_dir, monotonic=house.monotonic, read=house.read, capacity=2
    )
    yield made
    made.close()


@pytest.fixture
def popular(house):
    return house.campaign("shop", "aws-popularity-count")


def test_a_campaign_answers_as_soon_as_it_is_active(house, deployments, popular):
    pending = replace(popular, status="CREATE IN_PROGRESS", own={})
    house.put(pending)
    with pytest.raises(InvalidInputException, match="IN_PROGRESS and cannot answer yet; wait"):
        deployments.find(house.caller, popular.arn)
    house.put(popular)
    assert deployments.find(house.caller, popular.arn).arn == popular.arn


def test_a_campaign_whose_recipe_was_uninstalled_says_so(house, deployments, popular):
    gone = {**popular.own["serving"], "recipeArn": "arn:aws:personalize:::recipe/mine"}
    house.put(replace(popular, own={"serving": gone}))
    for ask in (deployments.find, deployments.loading):
        with pytest.raises(InvalidInputException, match="recipe/mine, which is not installed any"):
            ask(house.caller, popular.arn)
    assert house.reads == []


def test_a_campaign_that_is_created_after_it_was_asked_for_answers(house, deployments, popular):
    with pytest.raises(ResourceNotFoundException, match=f"Resource Arn {popular.arn} does not ex"):
        deployments.find(house.caller, popular.arn)
    house.put(popular)
    assert deployments.find(house.caller, popular.arn).recipe.name == "aws-popularity-count"


def test_a_failed_campaign_says_why(house, deployments, popular):
    house.put(replace(popular, status="CREATE FAILED", failure_reason="No model", own={}))
    with pytest.raises(InvalidInputException, match=r"CREATE FAILED and cannot answer: No model\."):
        deployments.find(house.caller, popular.arn)


def test_a_campaign_that_is_being_deleted_is_not_there(house, deployments, popular):
    house.put(replace(popular, status="DELETE IN_PROGRESS"))
    with pytest.raises(ResourceNotFoundException):
        deployments.find(house.caller, popular.arn)


@pytest.mark.parametrize("owner", [Owner("1" * 12, "us-east-1"), Owner("0" * 12, "eu-west-1")])
def test_another_owner_s_campaign_is_not_there_loaded_or_not(house, deployments, popular, owner):
    house.put(popular)
    for _ in range(2):
        with pytest.raises(ResourceNotFoundException):
            deployments.find(Caller("OTHER", owner), popular.arn)
        deployments.find(house.caller, popular.arn)
        house.now_s += 0.3


def test_another_owner_s_questions_do_not_unload_a_campaign(house, deployments, popular):
    house.put(popular)
    deployments.find(house.caller, popular.arn)
    house.now_s += 0.6
    with pytest.raises(ResourceNotFoundException):
        deployments.find(Caller("OTHER", Owner("1" * 12, "us-east-1")), popular.arn)
    deployments.find(house.caller, popular.arn)
    assert house.reads == ["artifacts/1"]


def test_the_arn_of_another_kind_is_refused_by_its_kind(house, deployments, popular):
    solution = replace(popular, arn="arn:x", kind=Kind.SOLUTION, own={})
    house.put(solution)
    with pytest.raises(InvalidInputException, match="arn:x is the ARN of a solution; give that of"):
        deployments.find(house.caller, "arn:x")


def test_a_row_is_trusted_for_half_a_second(house, deployments, popular):
    house.put(popular)
    deployments.find(house.caller, popular.arn)
    house.remove(popular.arn)
    house.now_s += 0.49
    deployments.find(house.caller, popular.arn)
    house.now_s += 0.01
    with pytest.raises(ResourceNotFoundException):
        deployments.find(house.caller, popular.arn)


def test_an_update_is_loaded_aside_while_the_former_artifact_answers(house, deployments, popular):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.artifacts["artifacts/2"] = replace(first.artifact)
    go = threading.Event()
    house.hold = go.wait
    house.serve(popular, artifact="artifacts/2")
    house.now_s += 0.6
    assert deployments.find(house.caller, popular.arn) is first
    house.now_s += 0.1  # the loaded artifact does not wait for the row's time to run out
    go.set()
    second = house.artifacts["artifacts/2"]
    until(lambda: deployments.find(house.caller, popular.arn).artifact is second)


def test_what_filters_look_at_is_read_for_the_next_artifact_before_it_answers(house, popular):
    reading, asked = Future(), []

    def prepare(group, artifact):
        asked.append((group, artifact))
        return [reading]

    made = Deployments(
        house.resources,
        house.data_dir,
        read=house.read,
        monotonic=house.monotonic,
        prepare=prepare,
    )
    house.put(popular)
    first = made.find(house.caller, popular.arn)
    second = house.artifacts["artifacts/2"] = replace(first.artifact)
    house.serve(popular, artifact="artifacts/2")

    def prepared():
        house.now_s += 0.6
        assert made.find(house.caller, popular.arn) is first
        return asked

    assert [artifact for _, artifact in until(prepared)] == [second]
    house.now_s += 0.6
    assert made.find(house.caller, popular.arn) is first
    reading.set_result(None)
    assert made.find(house.caller, popular.arn).artifact is second
    made.close()


def test_what_filters_look_at_and_cannot_be_read_stops_no_artifact(house, popular):
    reading = Future()
    made = Deployments(
        house.resources,
        house.data_dir,
        read=house.read,
        monotonic=house.monotonic,
        prepare=lambda group, artifact: [reading],
    )
    house.put(popular)
    first = made.find(house.caller, popular.arn)
    second = house.artifacts["artifacts/2"] = replace(first.artifact)
    house.serve(popular, artifact="artifacts/2")
    house.now_s += 0.6
    assert made.find(house.caller, popular.arn) is first
    reading.set_exception(ValueError("damaged"))

    def later():
        house.now_s += 0.6
        return made.find(house.caller, popular.arn).artifact is second

    until(later)
    made.close()


def test_a_change_of_the_configuration_alone_reads_no_artifact(house, deployments):
    campaign = house.campaign("shop", "aws-user-personalization")
    house.put(campaign)
    deployments.find(house.caller, campaign.arn)
    house.serve(campaign, campaignConfig={"enableMetadataWithRecommendations": True})
    house.now_s += 0.6
    found = deployments.find(house.caller, campaign.arn)
    assert found.config == {"enableMetadataWithRecommendations": True}
    assert house.reads == ["artifacts/1"]


def test_a_change_of_the_configuration_alone_waits_for_nothing(house, popular):
    made = Deployments(
        house.resources,
        house.data_dir,
        monotonic=house.monotonic,
        read=house.read,
        prepare=lambda _group, _artifact: [Future()],
    )
    house.put(popular)
    made.find(house.caller, popular.arn)
    house.serve(popular, campaignConfig={"enableMetadataWithRecommendations": True})
    house.now_s += 0.6
    assert made.find(house.caller, popular.arn).config
    made.close()


def test_an_unchanged_row_keeps_the_deployment(house, deployments, popular):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.now_s += 0.6
    assert deployments.find(house.caller, popular.arn) is first


def test_threads_that_ask_at_once_read_an_artifact_once(house, deployments, popular):
    house.put(popular)
    together, go = threading.Barrier(9), threading.Event()
    house.hold = go.wait
    found = []

    def ask():
        together.wait(10)
        found.append(deployments.find(house.caller, popular.arn).artifact)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    together.wait(10)
    until(lambda: house.reads)
    go.set()
    for thread in threads:
        thread.join()
    assert house.reads == ["artifacts/1"]
    assert len(found) == 8


def test_a_reading_that_failed_is_tried_again(house, deployments, popular, small_artifact):
    house.put(popular)
    del house.artifacts["artifacts/1"]
    with pytest.raises(KeyError):
        deployments.find(house.caller, popular.arn)
    house.artifacts["artifacts/1"] = small_artifact
    assert deployments.find(house.caller, popular.arn).artifact is small_artifact


def test_the_campaign_that_was_loaded_longest_ago_makes_room(house, deployments, small_artifact):
    arns = []
    for name in ("a", "b", "c"):
        house.artifacts[f"artifacts/{name}"] = small_artifact
        campaign = house.campaign(name, "aws-popularity-count")
        house.put(campaign)
        house.serve(campaign, artifact=f"artifacts/{name}")
        arns.append(campaign.arn)
        deployments.find(house.caller, campaign.arn)
    for arn in reversed(arns):
        deployments.find(house.caller, arn)
    assert house.reads == ["artifacts/a", "artifacts/b", "artifacts/c", "artifacts/a"]


def test_loading_can_be_waited_for_and_is_over_once_loaded(house, deployments, popular):
    with pytest.raises(ResourceNotFoundException):
        deployments.loading(house.caller, popular.arn)
    house.put(popular)
    artifact = deployments.loading(house.caller, popular.arn).result()
    assert deployments.find(house.caller, popular.arn).artifact is artifact
    assert deployments.loading(house.caller, popular.arn) is None
    assert house.reads == ["artifacts/1"]


def test_while_a_new_artifact_cannot_be_read_the_former_answers_and_the_log_says_why(
    house, deployments, popular, small_artifact, caplog
):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.serve(popular, artifact="artifacts/2")

    def told():
        house.now_s += 0.6
        assert deployments.find(house.caller, popular.arn) is first
        return "the artifact /data/artifacts/2 cannot be read" in caplog.text

    until(told)
    house.artifacts["artifacts/2"] = replace(small_artifact)

    def answers_anew():
        house.now_s += 0.6
        return deployments.find(house.caller, popular.arn) is not first

    until(answers_anew)


def test_an_update_that_came_while_nobody_asked_is_waited_for(house, deployments, popular):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.artifacts["artifacts/2"] = replace(first.artifact)
    house.serve(popular, artifact="artifacts/2")
    house.now_s += 1
    loaded = deployments.loading(house.caller, popular.arn).result()
    assert deployments.find(house.caller, popular.arn).artifact is loaded is not first.artifact


def test_nothing_is_waited_for_where_nothing_changed(house, deployments, popular):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.now_s += 1
    assert deployments.loading(house.caller, popular.arn) is None
    assert deployments.find(house.caller, popular.arn) is first


def test_a_campaign_deleted_while_nobody_asked_is_gone(house, deployments, popular):
    house.put(popular)
    deployments.find(house.caller, popular.arn)
    house.remove(popular.arn)
    house.now_s += 1
    for ask in (deployments.loading, deployments.find):
        with pytest.raises(ResourceNotFoundException):
            ask(house.caller, popular.arn)


def test_a_campaign_never_answers_for_a_former_one_of_its_name(house, deployments, popular):
    house.put(popular)
    first = deployments.find(house.caller, popular.arn)
    house.remove(popular.arn)
    house.put(replace(popular, created_at=popular.created_at + timedelta(seconds=9)))
    house.now_s += 0.5
    assert deployments.find(house.caller, popular.arn) is not first
