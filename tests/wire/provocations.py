"""Ways to provoke the errors that the models list, each for all operations that it works on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.protocol.catalogue import Operation
from penchant.service.quotas import GROUP_QUOTAS, OWNER_QUOTAS, PENDING_QUOTAS
from penchant.service.rendering import arn_member
from penchant.settings import Settings

from .world import MINUTE, RECIPE, World, arn_members, constrained

Requests = Iterable[dict[str, Any]]
QUOTA_SETTINGS = {one.name: 1 for one in fields(Settings) if one.name.startswith("quota_")}
KEPT = {arn_member(kind) for kind in Kind}
"""Members that carry ARNs of what is kept; recipes and the like are the service's own."""


@dataclass(frozen=True)
class Way:
    """One way to provoke an error.

    Attributes:
        behaviour: What it shows, in the words of the compatibility page.
        error: The error's name.
        fits: Whether an operation can be provoked so.
        requests: Prepares a world and yields the arguments of calls that are all refused so.
    """

    behaviour: str
    error: str
    fits: Callable[[Operation], bool]
    requests: Callable[[World, Operation], Requests]


def _subject(operation: Operation) -> str | None:
    """The ARN that a request is about: the first that it needs, else the first that it takes."""
    kept = [name for name in arn_members(operation) if name in KEPT or name == "resourceArn"]
    required = operation.model.input_shape.required_members
    return next((name for name in kept if name in required), kept[0] if kept else None)


def _unknown_arns(world: World, operation: Operation) -> Requests:
    subject = _subject(operation)
    whole = world.valid(operation.method_name)
    if subject and subject not in whole:
        whole[subject] = world.example(subject)
    for member in arn_members(operation):
        if member in whole:
            yield whole | {member: f"{whole[member].rsplit('/', 1)[0]}/nowhere"}


def _unknown_parent(world: World, operation: Operation) -> Requests:
    parent = next(name for name in arn_members(operation) if name in KEPT)
    yield {parent: f"{world.example(parent).rsplit('/', 1)[0]}/nowhere"}


def _foreign_kind(world: World, operation: Operation) -> Requests:
    member = _subject(operation)
    other = world.group() if member in {"schemaArn", "resourceArn"} else world.schema()
    if member == "resourceArn":  # everything but a schema can have tags
        other = world.schema()
    yield world.valid(operation.method_name, **{member: other})


def _forbidden_value(world: World, operation: Operation) -> Requests:
    name, value = constrained(operation.model.input_shape)
    yield world.valid(operation.method_name, **{name: value})


def _same_again(world: World, operation: Operation) -> Requests:
    whole = world.valid(operation.method_name)
    whole.setdefault("name" if "jobName" not in whole else "jobName", world.name())
    world.call(operation.method_name, **whole)
    yield whole


def _one_more(world: World, operation: Operation) -> Requests:
    """The quota is one: whatever a first request has made fills it."""
    whole = world.valid(operation.method_name)
    world.call(operation.method_name, **whole)
    named = {member: world.name() for member in ("name", "jobName") if member in whole}
    yield whole | named


def _metric_again(world: World, operation: Operation) -> Requests:
    yield world.valid(operation.method_name, addMetrics=[MINUTE])


_PARENTS = ("datasetArn", "solutionVersionArn", "solutionArn", "datasetGroupArn")


def _parent_member(operation: Operation) -> str | None:
    taken = operation.model.input_shape.required_members
    return next((name for name in _PARENTS if name in taken), None)


def _parent_not_ready(world: World, operation: Operation) -> Requests:
    whole = world.valid(operation.method_name)
    for status in (statuses.CREATE_PENDING, statuses.DELETE_PENDING):
        world.force(whole[_parent_member(operation)], status)
        yield whole


def _still_busy(world: World, operation: Operation) -> Requests:
    whole = world.valid(operation.method_name)
    for status in (statuses.CREATE_PENDING, statuses.CREATE_IN_PROGRESS):
        world.force(whole[_subject(operation)], status)
        yield whole


def _with_children(world: World, operation: Operation) -> Requests:
    yield _CHILDREN[operation.method_name](world)


def _used_schema(world: World) -> dict[str, str]:
    schema = world.schema()
    world.dataset(schemaArn=schema)
    return {"schemaArn": schema}


def _used_group(world: World) -> dict[str, str]:
    return {"datasetGroupArn": world.group_with_data()}


def _used_dataset(world: World) -> dict[str, str]:
    dataset = world.dataset()
    world.made("create_dataset_import_job", datasetArn=dataset)
    return {"datasetArn": dataset}


def _used_solution(world: World) -> dict[str, str]:
    version = world.version()
    world.made("create_campaign", solutionVersionArn=version)
    return {"solutionArn": version.rsplit("/", 1)[0]}


def _used_filter(world: World) -> dict[str, str]:
    group = world.group_with_data()
    solution = world.made(
        "create_solution", datasetGroupArn=group, recipeArn=f"{RECIPE}aws-user-personalization"
    )["solutionArn"]
    version = world.made("create_solution_version", solutionArn=solution)["solutionVersionArn"]
    world.settle(version, artifact="artifacts/1", metrics={})
    found = world.made("create_filter", datasetGroupArn=group)["filterArn"]
    world.made("create_batch_inference_job", solutionVersionArn=version, filterArn=found)
    return {"filterArn": found}


def _untrained_version(world: World, operation: Operation) -> Requests:
    yield {"solutionVersionArn": world.version(status=statuses.CREATE_PENDING)}


def _dataset_busy(world: World, operation: Operation) -> Requests:
    whole = world.valid(operation.method_name)
    arn = whole.get("datasetArn")
    if arn is None:  # of interactions with actions, known by a tracking id
        arn = world.dataset("Action_Interactions")
        whole["trackingId"] = world.tracking_id(arn)
    world.force(arn, statuses.DELETE_PENDING)
    yield whole


def _update_running(world: World, operation: Operation) -> Requests:
    whole = world.valid(operation.method_name)
    world.call(operation.method_name, **whole)
    yield whole


def _too_many_tags(world: World, operation: Operation) -> Requests:
    tags = [{"tagKey": f"k{number}", "tagValue": ""} for number in range(51)]
    yield world.valid(operation.method_name, tags=tags)
    if operation.method_name == "tag_resource":
        group = world.group()
        world.call("tag_resource", resourceArn=group, tags=tags[:50])
        yield {"resourceArn": group, "tags": tags[50:]}


def _too_many_keys(world: World, operation: Operation) -> Requests:
    yield world.valid(operation.method_name, tagKeys=[f"k{number}" for number in range(51)])


def _foreign_token(world: World, operation: Operation) -> Requests:
    yield {"nextToken": "nonsense"}


def _unknown_tracking_id(world: World, operation: Operation) -> Requests:
    yield world.valid(operation.method_name, trackingId="00000000-0000-4000-8000-000000000000")


_CHILDREN = {
    "delete_schema": _used_schema,
    "delete_dataset_group": _used_group,
    "delete_dataset": _used_dataset,
    "delete_solution": _used_solution,
    "delete_filter": _used_filter,
}
_QUOTA_OPERATIONS = {
    f"create_{kind.value.replace('-', '_')}"
    for kind in (*PENDING_QUOTAS, *OWNER_QUOTAS, *GROUP_QUOTAS)
}
_UPDATED_BY_JOBS = {"update_campaign", "update_recommender"}


def _is_create(operation: Operation) -> bool:
    return operation.name.startswith("Create")


def _misses_parents(operation: Operation) -> bool:
    """Whether it lists under a parent, and models no error for one that is not there."""
    parents = [name for name in arn_members(operation) if name in KEPT]
    return (
        operation.name.startswith("List")
        and not operation.model.input_shape.required_members
        and bool(parents)
        and NOT_FOUND not in operation.error_names
    )


def _is_put(operation: Operation) -> bool:
    return operation.name.startswith("Put")


def _is_change(operation: Operation) -> bool:
    verbs = ("Delete", "Update", "Start", "StopRecommender")
    return operation.name.startswith(verbs) and operation.method_name != "delete_schema"


NOT_FOUND, INVALID = "ResourceNotFoundException", "InvalidInputException"
IN_USE, TWICE = "ResourceInUseException", "ResourceAlreadyExistsException"
WAYS = (
    Way("an unknown ARN", NOT_FOUND, lambda one: bool(arn_members(one)), _unknown_arns),
    Way(
        "an unknown tracking id",
        NOT_FOUND,
        lambda one: one.method_name == "put_action_interactions",
        _unknown_tracking_id,
    ),
    Way("a value that the model forbids", INVALID, lambda _: True, _forbidden_value),
    Way("the ARN of another kind", INVALID, _subject, _foreign_kind),
    Way("an unknown ARN to list under", INVALID, _misses_parents, _unknown_parent),
    Way(
        "an unknown tracking id",
        INVALID,
        lambda one: one.method_name == "put_events",
        _unknown_tracking_id,
    ),
    Way("the same again", TWICE, _is_create, _same_again),
    Way(
        "a metric that is there",
        TWICE,
        lambda one: one.method_name == "update_metric_attribution",
        _metric_again,
    ),
    Way(
        "what it is built on is not ready",
        IN_USE,
        lambda one: _is_create(one) and bool(_parent_member(one)),
        _parent_not_ready,
    ),
    Way("something is still busy with it", IN_USE, _is_change, _still_busy),
    Way("others stand on it", IN_USE, lambda one: one.method_name in _CHILDREN, _with_children),
    Way(
        "an update is running",
        IN_USE,
        lambda one: one.method_name in _UPDATED_BY_JOBS,
        _update_running,
    ),
    Way("a dataset that is not ready", IN_USE, _is_put, _dataset_busy),
    Way(
        "a training that is not done",
        IN_USE,
        lambda one: one.method_name == "get_solution_metrics",
        _untrained_version,
    ),
    Way(
        "a quota that is used up",
        "LimitExceededException",
        lambda one: one.method_name in _QUOTA_OPERATIONS,
        _one_more,
    ),
    Way("51 tags", "TooManyTagsException", lambda _: True, _too_many_tags),
    Way("51 keys of tags", "TooManyTagKeysException", lambda _: True, _too_many_keys),
    Way("a token of no list", "InvalidNextTokenException", lambda _: True, _foreign_token),
)
