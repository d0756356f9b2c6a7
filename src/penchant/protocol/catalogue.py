"""The three services as botocore's models describe them, compiled at start."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from penchant.domain.errors import InvalidInputException, ServiceError, ValidationException
from penchant.protocol.answers import AnswerWriter
from penchant.protocol.requests import RequestParser

CONTROL: Final = "personalize"
EVENTS: Final = "personalize-events"
RUNTIME: Final = "personalize-runtime"
SERVICES: Final = (CONTROL, EVENTS, RUNTIME)

_WIDER_PATTERNS: Final = {"S3Location": r"(s3|http|https|file)://.+"}
"""What is taken beyond the models: file:// addresses, below folders that the settings allow."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service.

    Attributes:
        service: The name of the boto3 client that has it.
        name: As in the model, such as `CreateSchema`.
        method_name: As in boto3 and in our services, such as `create_schema`.
        http_path: Where it is posted to in the REST services; None in the control plane.
        parse: Body to arguments; raises `ServiceError`.
        respond: Result to body.
        error_names: The errors that its model lists.
        error_statuses: HTTP status per error of its service, where the model declares one.
        model: The model itself, for those who compare.
    """

    service: str
    name: str
    method_name: str
    http_path: str | None
    parse: Callable[[bytes], dict[str, Any]]
    respond: Callable[[Any], bytes]
    error_names: frozenset[str]
    error_statuses: Mapping[str, int]
    model: OperationModel = field(repr=False, compare=False)

    @property
    def is_rest(self) -> bool:
        """Whether it speaks REST-JSON rather than JSON 1.1."""
        return self.http_path is not None

    def status_of(self, error: ServiceError) -> int:
        """The HTTP status that a client expects with an error."""
        return self.error_statuses.get(error.code, error.http_status)


@dataclass(frozen=True, slots=True)
class Apis:
    """Every operation, found as requests name them.

    Attributes:
        by_target: Operations of the control plane by `X-Amz-Target`.
        by_path: Operations of the events and runtime services by the path of the POST.
    """

    by_target: Mapping[str, Operation]
    by_path: Mapping[str, Operation]

    def __iter__(self) -> Iterator[Operation]:
        yield from self.by_target.values()
        yield from self.by_path.values()


def load_apis() -> Apis:
    """Read botocore's models and compile a parser and a writer for every operation (0.2 s)."""
    loader = Loader()
    models = {name: _service_model(loader, name) for name in SERVICES}
    prefix = models[CONTROL].metadata["targetPrefix"]
    rest = [op for name in (EVENTS, RUNTIME) for op in _operations(name, models[name])]
    return Apis(
        by_target={f"{prefix}.{op.name}": op for op in _operations(CONTROL, models[CONTROL])},
        by_path={op.http_path: op for op in rest if op.http_path},
    )


def _service_model(loader: Loader, name: str) -> ServiceModel:
    model = loader.load_service_model(name, "service-2")
    wider = {
        shape: {**model["shapes"][shape], "pattern": pattern}
        for shape, pattern in _WIDER_PATTERNS.items()
        if shape in model["shapes"]
    }
    return ServiceModel({**model, "shapes": {**model["shapes"], **wider}}, name)


def _operations(service: str, model: ServiceModel) -> Iterator[Operation]:
    statuses = {
        shape.name: int(shape.metadata["error"]["httpStatusCode"])
        for shape in model.error_shapes
        if "httpStatusCode" in shape.metadata.get("error", {})
    }
    for name in model.operation_names:
        yield _operation(service, model.operation_model(name), statuses)


def _operation(service: str, model: OperationModel, statuses: Mapping[str, int]) -> Operation:
    rest = service != CONTROL
    errors = frozenset(shape.name for shape in model.error_shapes)
    listed = InvalidInputException.__name__ in errors
    invalid = InvalidInputException if listed else ValidationException
    return Operation(
        service=service,
        name=model.name,
        method_name=xform_name(model.name),
        http_path=model.http["requestUri"] if rest else None,
        parse=RequestParser(model.input_shape, invalid),
        respond=AnswerWriter(model.output_shape, empty=b"" if rest else b"{}", as_is=rest),
        error_names=errors,
        error_statuses=statuses,
        model=model,
    )
