"""Whether answers are what the service models say, strictly: nothing unknown, nothing wrong.

Clients forgive a lot: they pass over members that they do not know and check no value. So answers
are compared here with the output shapes themselves.
"""

import asyncio
import functools
import importlib
import inspect
import json
import math
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from penchant import service
from penchant.protocol.catalogue import Operation
from penchant.protocol.patterns import translate

COMMON_ERRORS = frozenset(
    {
        "AccessDeniedException",
        "IncompleteSignatureException",
        "InternalFailure",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestEntityTooLargeException",
        "SerializationException",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)
"""Errors that any operation of any service may answer, listed or not."""
_PERSONALIZE = r"arn:([a-z\d-]+):personalize:.*:.*:.+"
_SLIPS = {
    "roleArn": (_PERSONALIZE, r"arn:aws:iam::\d{12}:role/.+"),
    "name": (r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*", r"[a-zA-Z0-9][a-zA-Z0-9\-_]*/[0-9a-f]{8}"),
}
"""Where the managed service does not keep to its own model: by member, the model's pattern and what
is answered beside it. Some roles are modelled as ARNs of Personalize; a solution version that was
given no name is called after its ARN."""
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, datetime),
}


class WrongAnswerError(AssertionError):
    """An answer that its model does not allow."""


def differences(shape: Shape, value: Any, at: str, *, wire: bool) -> Iterator[str]:
    """What is wrong with a value, in words.

    Args:
        shape: What the model says of it.
        value: The value; on the wire decoded JSON, else what a service returned: there None
            counts as absent and a moment is a datetime.
        at: Where it stands.
        wire: Which of the two.
    """
    if isinstance(shape, StructureShape):
        yield from _in_structure(shape, value, at, wire=wire)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list | tuple):
            yield f"{at} is no list: {value!r}"
            return
        yield from _out_of_bounds(shape, len(value), at)
        for place, one in enumerate(value):
            yield from differences(shape.member, one, f"{at}[{place}]", wire=wire)
    elif isinstance(shape, MapShape):
        if not _is_object(value, wire):
            yield f"{at} is no object: {value!r}"
            return
        yield from _out_of_bounds(shape, len(value), at)
        for key, one in value.items():
            yield from differences(shape.key, key, f"the key {key!r} of {at}", wire=wire)
            yield from differences(shape.value, one, f"{at}.{key}", wire=wire)
    else:
        yield from _in_scalar(shape, value, at, wire=wire)


def _is_object(value: Any, wire: bool) -> bool:
    return isinstance(value, dict) if wire else hasattr(value, "items")


def _in_structure(shape: StructureShape, value: Any, at: str, *, wire: bool) -> Iterator[str]:
    if not _is_object(value, wire):
        yield f"{at} is no object: {value!r}"
        return
    if not wire:
        value = {name: one for name, one in value.items() if one is not None}
    for name, one in value.items():
        if name not in shape.members:
            yield f"{shape.name} at {at} has no member {name!r}"
        elif not _is_slip(shape.members[name], name, one):
            yield from differences(shape.members[name], one, f"{at}.{name}", wire=wire)
    for name in shape.required_members:
        if name not in value:
            yield f"{at} lacks {name!r}, which {shape.name} requires"


def _is_slip(shape: Shape, name: str, value: Any) -> bool:
    modelled, answered = _SLIPS.get(name, ("", ""))
    return (
        shape.metadata.get("pattern") == modelled
        and isinstance(value, str)
        and bool(re.fullmatch(answered, value))
    )


def _in_scalar(shape: Shape, value: Any, at: str, *, wire: bool) -> Iterator[str]:
    kinds = _TYPES[shape.type_name]
    wrong = not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)
    if wrong or (wire and isinstance(value, datetime)):
        yield f"{at} is no {shape.type_name}: {value!r}"
        return
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{at} is not finite: {value!r}"
        return
    if isinstance(value, str):
        yield from _in_text(shape, value, at)
    elif shape.type_name != "timestamp":
        yield from _out_of_bounds(shape, value, at)


def _in_text(shape: Shape, value: str, at: str) -> Iterator[str]:
    yield from _out_of_bounds(shape, len(value), at)
    if "enum" in shape.metadata and value not in shape.metadata["enum"]:
        yield f"{at} is none of {shape.metadata['enum']}: {value!r}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.match(translate(pattern), value):
        yield f"{at} does not match {pattern}: {value!r}"


def _out_of_bounds(shape: Shape, size: float, at: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", -math.inf), shape.metadata.get("max", math.inf)
    if not low <= size <= high:
        yield f"{at} is {size}, beyond {low} to {high} of {shape.name}"


def check(operation: Operation, answer: Any, *, wire: bool) -> None:
    """Insist on a good answer.

    Raises:
        WrongAnswerError: It is not what the operation's model says.
    """
    shape = operation.model.output_shape
    if shape is None:
        found = [f"{operation.name} answers nothing, not {answer!r}"] if answer else []
    else:
        found = list(differences(shape, answer, operation.name, wire=wire))
    if found:
        raise WrongAnswerError("; ".join(found))


def check_bytes(operation: Operation, status: int, headers: Any, body: bytes) -> str:
    """Insist on a good answer as it came over the wire; returns the error's name, if it is one.

    Raises:
        WrongAnswerError: Body, members or error are not what the model says.
    """
    if operation.is_rest and operation.model.output_shape is None and status < 300:
        if body:
            raise WrongAnswerError(f"{operation.name} answers without a body, not {body!r}")
        return ""
    answer = json.loads(body)
    if status < 300:
        check(operation, answer, wire=True)
        return ""
    name = headers.get("x-amzn-errortype") if operation.is_rest else answer.get("__type")
    known = {"message"} if operation.is_rest else {"__type", "message"}
    if answer.keys() != known or not isinstance(answer["message"], str) or not answer["message"]:
        raise WrongAnswerError(f"{operation.name} answers the error {body!r}")
    if name not in operation.error_names | COMMON_ERRORS:
        raise WrongAnswerError(f"{operation.name} lists no {name}: {answer['message']}")
    return str(name)


def operation_classes() -> Iterator[type]:
    """Every class of the room `service`."""
    for module in pkgutil.iter_modules(service.__path__, f"{service.__name__}."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if found.__module__ == module.name:
                yield found


def checked(operation: Operation, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a service, which fails where its result is not what the model says."""
    if asyncio.iscoroutinefunction(method):

        @functools.wraps(method)
        async def ask_async(*args: Any, **arguments: Any) -> Any:
            result = await method(*args, **arguments)
            check(operation, result, wire=False)
            return result

        return ask_async

    @functools.wraps(method)
    def ask(*args: Any, **arguments: Any) -> Any:
        result = method(*args, **arguments)
        check(operation, result, wire=False)
        return result

    return ask
