import pytest

from penchant.domain.errors import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
)


@pytest.fixture
def solution(desk):
    return desk.solution(desk.group())


def status(desk, version):
    return desk.versions.describe_solution_version(desk.caller, solution_version_arn=version)[
        "solutionVersion"
    ]["status"]


def test_its_arn_is_the_solution_s_with_eight_hex_digits(desk, solution):
    version = desk.version(solution)
    assert version.startswith(f"{solution}/")
    assert len(version.rsplit("/", 1)[1]) == 8
    described = desk.versions.describe_solution_version(desk.caller, solution_version_arn=version)[
        "solutionVersion"
    ]
    assert described["name"] == version.split(":solution/")[1]
    assert described["trainingMode"] == "FULL"
    assert described["datasetGroupArn"].endswith("/shop")


def test_a_given_name_is_used_once_per_solution(desk, solution):
    desk.versions.create_solution_version(desk.caller, solution_arn=solution, name="first")
    with pytest.raises(ResourceAlreadyExistsException, match="a version named 'first' already"):
        desk.versions.create_solution_version(desk.caller, solution_arn=solution, name="first")


def test_updating_training_is_refused_where_the_recipe_knows_none(desk, solution):
    text = "'UPDATE' is not one that aws-popularity-count knows; use FULL"
    with pytest.raises(InvalidInputException, match=text):
        desk.versions.create_solution_version(
            desk.caller, solution_arn=solution, training_mode="UPDATE"
        )


def test_a_training_that_has_not_begun_stops_at_once(desk, solution):
    version = desk.version(solution, active=False)
    desk.versions.stop_solution_version_creation(desk.caller, solution_version_arn=version)
    assert status(desk, version) == "CREATE STOPPED"


def test_a_running_training_is_stopping_until_its_worker_ends_it(desk, solution):
    version = desk.version(solution, active=False)
    desk.queue.claim("worker", lease_s=60)
    desk.settle(version, "CREATE IN_PROGRESS")
    desk.versions.stop_solution_version_creation(desk.caller, solution_version_arn=version)
    assert status(desk, version) == "CREATE STOPPING"


def test_a_finished_training_cannot_be_stopped(desk, solution):
    version = desk.version(solution)
    with pytest.raises(InvalidInputException, match="is ACTIVE; only a version that is"):
        desk.versions.stop_solution_version_creation(desk.caller, solution_version_arn=version)


def test_metrics_come_with_the_version_s_arn(desk, solution):
    version = desk.version(solution)
    answer = desk.versions.get_solution_metrics(desk.caller, solution_version_arn=version)
    assert answer == {"solutionVersionArn": version, "metrics": {"coverage": 0.5}}


def test_metrics_of_a_training_that_runs_are_in_use(desk, solution):
    version = desk.version(solution, active=False)
    with pytest.raises(ResourceInUseException, match="its metrics are there once it is ACTIVE"):
        desk.versions.get_solution_metrics(desk.caller, solution_version_arn=version)


def test_a_failed_training_has_no_metrics(desk, solution):
    version = desk.version(solution, active=False)
    desk.settle(version, "CREATE FAILED")
    with pytest.raises(InvalidInputException, match="is CREATE FAILED and has no metrics"):
        desk.versions.get_solution_metrics(desk.caller, solution_version_arn=version)
