"""Every constraint of every operation: a value at the bound passes, one beyond it fails."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.model import Shape, StructureShape

from penchant.domain.errors import ServiceError
from penchant.protocol.catalogue import Operation, load_apis

STEP_LIST, STEP_KEY, STEP_VALUE = "[]", "{key}", "{value}"


@dataclass(frozen=True)
class Case:
    """One constraint of one member: the way to it from the operation's input."""

    operation: Operation
    path: tuple[str, ...]
    shape: Shape
    constraint: str

    def __str__(self):
        return f"{self.operation.name}:{'.'.join(self.path)}:{self.constraint}"


def members(shape: Shape, path: tuple[str, ...] = ()):
    """Every shape below a shape, with the way to it."""
    yield path, shape
    kind = shape.type_name
    if kind == "structure":
        for name, member in shape.members.items():
            yield from members(member, (*path, name))
    elif kind == "list":
        yield from members(shape.member, (*path, STEP_LIST))
    elif kind == "map":
        yield from members(shape.key, (*path, STEP_KEY))
        yield from members(shape.value, (*path, STEP_VALUE))


def constraints(shape: Shape):
    for name in ("min", "max", "pattern", "enum"):
        if name in shape.metadata:
            yield name
    if isinstance(shape, StructureShape):
        yield from (f"required {name}" for name in shape.required_members)


CASES = [
    Case(operation, path, shape, constraint)
    for operation in load_apis()
    for path, shape in members(operation.model.input_shape)
    for constraint in constraints(shape)
]


def nested(examples, shape: Shape, path: tuple[str, ...], value: Any) -> Any:
    """An example of `shape` with `value` at the end of `path`."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if step == STEP_LIST:
        return [nested(examples, shape.member, rest, value)]
    if step == STEP_KEY:
        return {nested(examples, shape.key, rest, value): examples.value(shape.value)}
    if step == STEP_VALUE:
        return {examples.key(shape.key, 0): nested(examples, shape.value, rest, value)}
    return examples.value(shape) | {step: nested(examples, shape.members[step], rest, value)}


def passing_and_failing(examples, case: Case) -> tuple[Any, Any]:
    shape, constraint = case.shape, case.constraint
    if constraint.startswith("required "):
        whole = examples.value(shape)
        missing = constraint.removeprefix("required ")
        return whole, {name: value for name, value in whole.items() if name != missing}
    if constraint == "enum":
        return shape.metadata["enum"][-1], "NO SUCH WORD"
    if constraint == "pattern":
        good = examples.string(shape)
        return good, f"{good}\n" if shape.name != "NextToken" else "ü"
    bound, over = shape.metadata[constraint], 1 if constraint == "max" else -1
    if shape.type_name in ("integer", "long", "double", "float"):
        return bound, bound + over
    if constraint == "min" and bound == 0:
        return examples.value(shape, 0), None
    if constraint == "min" and "pattern" in shape.metadata:
        return examples.string(shape), "a" * (bound - 1)
    longest = bound
    if shape.type_name == "map" and "enum" in shape.key.metadata:
        longest = min(bound, len(shape.key.metadata["enum"]))
    return examples.value(shape, longest), examples.value(shape, bound + over)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_value_at_the_bound_passes_and_one_beyond_it_fails(case, examples):
    shape = case.operation.model.input_shape
    good, bad = passing_and_failing(examples, case)
    case.operation.parse(json.dumps(nested(examples, shape, case.path, good)).encode())
    if bad is None:
        return
    body = json.dumps(nested(examples, shape, case.path, bad)).encode()
    with pytest.raises(ServiceError) as caught:
        case.operation.parse(body)
    listed = "InvalidInputException" in case.operation.error_names
    assert caught.value.code == ("InvalidInputException" if listed else "ValidationException")
    assert " failed to satisfy constraint: M" in caught.value.message
    at = (
        case.path
        if not case.constraint.startswith("required ")
        else (*case.path, case.constraint[9:])
    )
    named = [step for step in at if step[0] not in "[{"]
    assert all(step in caught.value.message for step in named)
