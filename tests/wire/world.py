"""Live services without a worker, and valid requests to each of their operations.

What a worker would do is written down by the tests themselves, so that every state of a resource
can be met, and stays as long as a test needs it.
"""

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from botocore import xform_name
from botocore.model import Shape
from sqlalchemy import update

from penchant.app import House
from penchant.domain import statuses
from penchant.domain.resources import utc_now
from penchant.protocol.catalogue import SERVICES, Operation
from penchant.store.tables import resources

from ..schemas import avro_text

ROLE = "arn:aws:iam::123456789012:role/reader"
RECIPE = "arn:aws:personalize:::recipe/"
MINUTE = {"eventType": "click", "metricName": "clicks", "expression": "SAMPLECOUNT()"}
PURCHASED = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")'
ARN_PATTERN = r"arn:([a-z\d-]+):personalize:.*:.*:.+"
COLUMNS = {
    "Interactions": ("USER_ID:string", "ITEM_ID:string", "EVENT_TYPE:string", "TIMESTAMP:long"),
    "Items": ("ITEM_ID:string", "GENRE:string", "PRICE:float", "CREATION_TIMESTAMP:long"),
    "Users": ("USER_ID:string", "AGE:int", "TOWN:string"),
    "Actions": ("ACTION_ID:string", "VALUE:long"),
    "Action_Interactions": (
        *("USER_ID:string", "ACTION_ID:string"),
        *("EVENT_TYPE:string", "TIMESTAMP:long"),
    ),
}


def schema_of(dataset_type: str) -> str:
    """An Avro schema for a dataset of this type."""
    fields = [
        dict(zip(("name", "type"), one.split(":"), strict=True)) for one in COLUMNS[dataset_type]
    ]
    for one in fields:
        if one["name"] in {"GENRE", "TOWN"}:
            one["categorical"] = True
    return avro_text(dataset_type.replace("_I", "I"), fields)


def arn_members(operation: Operation) -> list[str]:
    """The members at the top of a request that name a resource of Personalize."""
    members = operation.model.input_shape.members.items()
    return [name for name, shape in members if shape.metadata.get("pattern") == ARN_PATTERN]


class World:
    """One installation as its clients see it; everything that is made here is new.

    Args:
        house: Its stores, to write down what a worker would.
        client: Makes a boto3 client of one of the three services.
        apis: All operations by their method names.
    """

    def __init__(
        self, house: House, client: Callable[[str], Any], apis: dict[str, Operation]
    ) -> None:
        self.house = house
        self.apis = apis
        self.clients = {name: client(name) for name in SERVICES}
        self._numbers = itertools.count()

    def name(self) -> str:
        """A name that nothing has yet."""
        return f"n{next(self._numbers)}"

    def call(self, method_name: str, **arguments: Any) -> Any:
        """Call an operation as a client does."""
        client = self.clients[self.apis[method_name].service]
        return getattr(client, method_name)(**arguments)

    def made(self, method_name: str, **arguments: Any) -> Any:
        """Call an operation with valid arguments, these among them."""
        return self.call(method_name, **self.valid(method_name, **arguments))

    def valid(self, method_name: str, **given: Any) -> dict[str, Any]:
        """Arguments that the operation takes; what they name is made for them, unless given."""
        shape = self.apis[method_name].model.input_shape
        special = _SPECIAL.get(method_name, {})
        wanted = dict.fromkeys([*shape.required_members, *special])
        for member in wanted:
            if member not in given:
                given[member] = self.example(member, special)
        assert None not in given.values(), f"{method_name} has a member without an example"
        return given

    def example(self, member: str, special: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """A value for a member; what it names is made."""
        value = special.get(member, _USUAL.get(member))
        return value(self) if callable(value) else value

    def group(self, **given: Any) -> str:
        return self.made("create_dataset_group", **given)["datasetGroupArn"]

    def schema(self, dataset_type: str = "Interactions", **given: Any) -> str:
        text = schema_of(dataset_type)
        return self.made("create_schema", schema=text, **given)["schemaArn"]

    def dataset(self, dataset_type: str = "Interactions", **given: Any) -> str:
        if "schemaArn" not in given:
            given["schemaArn"] = self.schema(dataset_type)
        given = {"datasetType": dataset_type} | given
        return self.made("create_dataset", **given)["datasetArn"]

    def group_with_data(self, **domain: Any) -> str:
        """A dataset group, custom unless a domain is given, with an interactions dataset."""
        group = self.group(**domain)
        self.dataset(datasetGroupArn=group, schemaArn=self.schema(**domain))
        return group

    def version(self, recipe: str = "aws-popularity-count", status: str = statuses.ACTIVE) -> str:
        """A solution version, trained as far as the control plane can tell."""
        solution = self.made("create_solution", recipeArn=RECIPE + recipe)["solutionArn"]
        version = self.made("create_solution_version", solutionArn=solution)["solutionVersionArn"]
        if status != statuses.CREATE_PENDING:
            self.settle(version, status, artifact="artifacts/1", metrics={"coverage": 0.5})
        return version

    def active(self, create: str, member: str) -> str:
        """A new resource that has become ACTIVE."""
        arn = self.made(create)[member]
        self.force(arn, statuses.ACTIVE)
        return arn

    def settle(self, arn: str, status: str = statuses.ACTIVE, **own: Any) -> None:
        """What a worker writes when it is done."""
        with self.house.resources.transaction() as tx:
            held = self.house.resources.held(tx, arn)
            self.house.resources.change(tx, held, utc_now(), status=status, own=own)

    def force(self, arn: str, status: str) -> None:
        """A status that the resource cannot leave by itself, as if somebody were busy with it."""
        with self.house.resources.transaction() as tx:
            tx.execute(update(resources).where(resources.c.arn == arn).values(status=status))

    def tracking_id(self, dataset: str) -> str:
        return self.call("describe_dataset", datasetArn=dataset)["dataset"]["trackingId"]


def _create(method_name: str, member: str) -> Callable[[World], str]:
    return lambda world: world.made(method_name)[member]


def _active(method_name: str, member: str) -> Callable[[World], str]:
    return lambda world: world.active(method_name, member)


_PLACE = {"path": "s3://bucket/folder/"}
_USUAL: dict[str, Any] = {
    "name": World.name,
    "jobName": World.name,
    "roleArn": ROLE,
    "schema": schema_of("Interactions"),
    "datasetType": "Interactions",
    "dataSource": {"dataLocation": "s3://bucket/file.csv"},
    "jobInput": {"s3DataSource": {"path": "s3://bucket/lines.json"}},
    "jobOutput": {"s3DataDestination": _PLACE},
    "filterExpression": PURCHASED,
    "metrics": [MINUTE],
    "metricsOutputConfig": {"roleArn": ROLE},
    "recommenderConfig": {"minRecommendationRequestsPerSecond": 2},
    "tags": [{"tagKey": "team", "tagValue": "search"}],
    "tagKeys": ["team"],
    "userId": "ann",
    "inputList": ["1", "2"],
    "datasetGroupArn": World.group,
    "schemaArn": World.schema,
    "datasetArn": World.dataset,
    "datasetImportJobArn": _create("create_dataset_import_job", "datasetImportJobArn"),
    "datasetExportJobArn": _create("create_dataset_export_job", "datasetExportJobArn"),
    "dataDeletionJobArn": _create("create_data_deletion_job", "dataDeletionJobArn"),
    "eventTrackerArn": _active("create_event_tracker", "eventTrackerArn"),
    "filterArn": _active("create_filter", "filterArn"),
    "metricAttributionArn": _active("create_metric_attribution", "metricAttributionArn"),
    "recommenderArn": _active("create_recommender", "recommenderArn"),
    "solutionArn": _active("create_solution", "solutionArn"),
    "solutionVersionArn": World.version,
    "campaignArn": _active("create_campaign", "campaignArn"),
    "batchInferenceJobArn": _create("create_batch_inference_job", "batchInferenceJobArn"),
    "batchSegmentJobArn": _create("create_batch_segment_job", "batchSegmentJobArn"),
    "recipeArn": f"{RECIPE}aws-sims",
    "algorithmArn": "arn:aws:personalize:::algorithm/aws-sims",
    "featureTransformationArn": "arn:aws:personalize:::feature-transformation/sims",
    "resourceArn": World.group,
}
"""What required members hold; a function makes it in a world."""
_SPECIAL: dict[str, dict[str, Any]] = {
    "create_solution": {"recipeArn": f"{RECIPE}aws-popularity-count"},
    "create_filter": {"datasetGroupArn": World.group_with_data},
    "create_metric_attribution": {"datasetGroupArn": World.group_with_data},
    "create_data_deletion_job": {"datasetGroupArn": World.group_with_data},
    "create_recommender": {
        "datasetGroupArn": lambda world: world.group_with_data(domain="ECOMMERCE"),
        "recipeArn": f"{RECIPE}aws-ecomm-popular-items-by-purchases",
    },
    "create_batch_inference_job": {
        "solutionVersionArn": lambda world: world.version("aws-user-personalization")
    },
    "create_batch_segment_job": {
        "solutionVersionArn": lambda world: world.version("aws-item-affinity")
    },
    "update_dataset": {
        "datasetArn": lambda world: world.dataset("Items"),
        "schemaArn": lambda world: world.schema("Items"),
    },
    "update_metric_attribution": {
        "metricAttributionArn": _active("create_metric_attribution", "metricAttributionArn"),
        "addMetrics": [{**MINUTE, "metricName": "more"}],
    },
    "update_campaign": {"minProvisionedTPS": 2},
    "update_solution": {"performAutoTraining": False},
    "put_events": {
        "trackingId": lambda world: world.made("create_event_tracker")["trackingId"],
        "sessionId": "morning",
        "eventList": [{"eventType": "click", "sentAt": 1_700_000_000, "itemId": "1"}],
    },
    "put_items": {
        "datasetArn": lambda world: world.dataset("Items"),
        "items": [
            {
                "itemId": "1",
                "properties": '{"genre": "Noir", "price": 9.5, "creationTimestamp": 1700000000}',
            }
        ],
    },
    "put_users": {
        "datasetArn": lambda world: world.dataset("Users"),
        "users": [{"userId": "ann", "properties": '{"age": 30, "town": "Bath"}'}],
    },
    "put_actions": {
        "datasetArn": lambda world: world.dataset("Actions"),
        "actions": [{"actionId": "1", "properties": '{"value": 3}'}],
    },
    "put_action_interactions": {
        "trackingId": lambda world: world.tracking_id(world.dataset("Action_Interactions")),
        "actionInteractions": [
            {
                "actionId": "1",
                "userId": "ann",
                "sessionId": "morning",
                "timestamp": 1_700_000_000,
                "eventType": "Taken",
            }
        ],
    },
    "get_recommendations": {"campaignArn": _USUAL["campaignArn"], "userId": "ann"},
    "get_action_recommendations": {"campaignArn": _USUAL["campaignArn"], "userId": "ann"},
}
"""What operations need beside that, or instead."""


def operations_by_method(apis: Any) -> dict[str, Operation]:
    """All operations under their methods' names."""
    return {xform_name(operation.name): operation for operation in apis}


def constrained(shape: Shape) -> tuple[str, Any]:
    """A member of a request, and a value that the model forbids and clients let through."""
    for name, member in shape.members.items():
        if "pattern" in member.metadata or "enum" in member.metadata:
            return name, "?!"
        if "max" in member.metadata and member.type_name == "string":
            return name, "x" * (member.metadata["max"] + 1)
    raise AssertionError(f"{shape.name} has no member whose text is bound")
