import pytest

from penchant.domain.errors import InvalidInputException

from ...schemas import avro_text

RECIPE = "arn:aws:personalize:::recipe/"
WEIGHED = f"{RECIPE}aws-user-personalization-v2"
PERSONAL = f"{RECIPE}aws-user-personalization"
ITEMS = avro_text(
    "Items",
    [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": "float"},
        {"name": "GENRE", "type": "string", "categorical": True},
    ],
)


def create(desk, recipe, group="", **members):
    return desk.solutions.create_solution(
        desk.caller,
        name="best",
        dataset_group_arn=group or desk.group(),
        recipe_arn=recipe,
        **members,
    )["solutionArn"]


def events(*listed):
    return {"eventsConfig": {"eventParametersList": list(listed)}}


BUY = {"eventType": "buy", "weight": 1.0, "eventValueThreshold": 2.0}


def test_event_weights_are_shown_as_sent(desk):
    config = events(BUY, {"eventType": "view", "weight": 0.1})
    arn = create(desk, WEIGHED, solution_config=config)
    solution = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    assert solution["solutionConfig"] == config


@pytest.mark.parametrize(
    ("recipe", "config", "text"),
    [
        (f"{RECIPE}aws-sims", events(BUY), "eventsConfig is nothing that aws-sims can follow"),
        (WEIGHED, events(), "eventParametersList needs at least one entry, each with an eventType"),
        (WEIGHED, events({"weight": 1.0}), "needs at least one entry, each with an eventType"),
        (WEIGHED, events(BUY, BUY), "names 'buy' more than once"),
        (WEIGHED, events(BUY, {"eventType": "Buy"}), "more than once; name it once, in any case"),
        (WEIGHED, events({**BUY, "weight": 0.0}), "gives every type the weight 0; give one more"),
        (
            WEIGHED,
            events({**BUY, "eventValueThreshold": float("nan")}),
            "has an eventValueThreshold that is not a number",
        ),
        (
            WEIGHED,
            {**events(BUY), "eventValueThreshold": "3"},
            r"solutionConfig\.eventValueThreshold and solutionConfig\.eventsConfig both say",
        ),
    ],
)
def test_events_that_cannot_be_weighed_are_refused_at_once(desk, recipe, config, text):
    with pytest.raises(InvalidInputException, match=text):
        create(desk, recipe, solution_config=config)


@pytest.mark.parametrize("threshold", ["", " ", "many", "nan", "-inf", "1e400", "1_0", "٣"])
def test_a_threshold_that_is_not_a_number_is_refused_at_once(desk, threshold):
    with pytest.raises(InvalidInputException, match=r"eventValueThreshold .* is not a number; giv"):
        create(desk, PERSONAL, solution_config={"eventValueThreshold": threshold})


@pytest.mark.parametrize("threshold", ["0", "-3.5", "1e3"])
def test_a_threshold_may_be_any_number(desk, threshold):
    assert create(desk, PERSONAL, solution_config={"eventValueThreshold": threshold})


def test_percentiles_that_leave_nothing_between_them_are_refused(desk):
    percentiles = {"min_user_history_length_percentile": "0.995"}
    match = (
        r"min_user_history_length_percentile is 0.995, which is above "
        r"max_user_history_length_percentile, 0.99; give a smaller one"
    )
    with pytest.raises(InvalidInputException, match=match):
        create(desk, PERSONAL, solution_config={"featureTransformationParameters": percentiles})


@pytest.mark.parametrize("days", ["0", "00", "31", "999999999"])
def test_a_schedule_of_other_than_1_to_30_days_is_refused(desk, days):
    config = {"autoTrainingConfig": {"schedulingExpression": f"rate({days} days)"}}
    with pytest.raises(InvalidInputException, match=rf"'rate\({days} days\)'; give 1 to 30 days"):
        create(desk, PERSONAL, solution_config=config)


def test_a_schedule_may_have_1_to_30_days(desk):
    group = desk.group()
    for name, rate in [("first", "rate(1 day)"), ("last", "rate(30 days)")]:
        config = {"autoTrainingConfig": {"schedulingExpression": rate}}
        members = {"name": name, "dataset_group_arn": group, "recipe_arn": PERSONAL}
        assert desk.solutions.create_solution(desk.caller, **members, solution_config=config)


def test_an_empty_event_type_is_refused(desk):
    with pytest.raises(InvalidInputException, match="eventType is empty; name the type"):
        create(desk, PERSONAL, event_type="")


def test_one_event_type_beside_weights_is_refused(desk):
    with pytest.raises(InvalidInputException, match="eventType and solutionConfig"):
        create(desk, WEIGHED, event_type="buy", solution_config=events(BUY))


def raising(column, sensitivity="HIGH"):
    return {"optimizationObjective": {"itemAttribute": column, "objectiveSensitivity": sensitivity}}


@pytest.fixture
def group(desk):
    arn = desk.group()
    schema = desk.schemas.create_schema(desk.caller, name="goods", schema=ITEMS)["schemaArn"]
    desk.datasets.create_dataset(
        desk.caller,
        name="goods",
        schema_arn=schema,
        dataset_group_arn=arn,
        dataset_type="Items",
    )
    return arn


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("WEIGHT", "'WEIGHT' is not a column of the Items schema"),
        ("GENRE", "'GENRE' is not a numeric metadata column; take one of PRICE"),
    ],
)
def test_an_objective_is_a_numeric_column_of_the_items(desk, group, column, text):
    with pytest.raises(InvalidInputException, match=text):
        create(desk, PERSONAL, group, solution_config=raising(column))


def test_an_objective_may_be_named_in_any_case_or_before_there_are_items(desk, group):
    assert create(desk, PERSONAL, group, solution_config=raising("price"))
    other = desk.group("other")
    members = {"name": "second", "dataset_group_arn": other, "recipe_arn": PERSONAL}
    desk.solutions.create_solution(desk.caller, **members, solution_config=raising("WEIGHT"))


def test_an_objective_needs_a_column_and_a_recipe_that_follows_one(desk, group):
    with pytest.raises(InvalidInputException, match="has no itemAttribute; name the numeric col"):
        create(desk, PERSONAL, group, solution_config={"optimizationObjective": {}})
    with pytest.raises(InvalidInputException, match="is nothing that aws-sims can follow; leave"):
        create(desk, f"{RECIPE}aws-sims", group, solution_config=raising("PRICE"))


@pytest.mark.parametrize("member", ["excludedDatasetColumns", "includedDatasetColumns"])
def test_columns_that_no_schema_has_are_refused(desk, group, member):
    config = {"trainingDataConfig": {member: {"ITEMS": ["price", "PRIZE"]}}}
    match = rf"{member}: the schema of Items has no column 'PRIZE'; it has ITEM_ID, PRICE, GENRE"
    with pytest.raises(InvalidInputException, match=match):
        create(desk, f"{RECIPE}aws-semantic-similarity", group, solution_config=config)


def test_columns_to_include_are_named_in_any_case_and_shown_as_sent(desk, group):
    config = {"trainingDataConfig": {"includedDatasetColumns": {"Items": ["price", "GENRE"]}}}
    arn = create(desk, f"{RECIPE}aws-semantic-similarity", group, solution_config=config)
    solution = desk.solutions.describe_solution(desk.caller, solution_arn=arn)["solution"]
    assert solution["solutionConfig"] == config


def test_columns_of_a_dataset_that_the_group_lacks_are_refused(desk, group):
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"USERS": ["AGE"]}}}
    match = f"excludedDatasetColumns: {group} has no dataset of Users; create it first, or leave"
    with pytest.raises(InvalidInputException, match=match):
        create(desk, PERSONAL, group, solution_config=config)
