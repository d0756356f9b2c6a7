"""Every member of every request: a value of another type cannot be read, null counts as absent."""

import json
from collections import Counter

import pytest
from botocore.loaders import Loader

from penchant.domain.errors import SerializationException, ServiceError
from penchant.protocol.catalogue import SERVICES, load_apis

from .test_constraints import CASES, STEP_KEY, members, nested

OTHERS = {
    "structure": ([], "x", 1),
    "list": ({}, "x", True),
    "map": ([], "x", 1),
    "string": (1, True, ["x"], {"x": ["y"]}),
    "boolean": ("true", 1, {}),
    "integer": ("1", 1.5, True, [1], 2**31),
    "double": ("1", True, [1.5], {}),
    "float": ("1", True, [1.5], {}),
    "timestamp": ({}, [1], True),
}
MEMBERS = [
    (operation, path, shape)
    for operation in load_apis()
    for path, shape in members(operation.model.input_shape)
    if path and path[-1] != STEP_KEY
]
BOUNDS = ("min", "max", "pattern", "enum")


def member_id(value):
    if isinstance(value, tuple):
        return ".".join(value)
    return getattr(value, "name", "")


def body(examples, operation, path, value):
    return json.dumps(nested(examples, operation.model.input_shape, path, value)).encode()


@pytest.mark.parametrize(("operation", "path", "shape"), MEMBERS, ids=member_id)
def test_a_value_of_another_type_cannot_be_read(examples, operation, path, shape):
    for other in OTHERS[shape.type_name]:
        if shape.serialization.get("jsonvalue") and isinstance(other, dict):
            continue
        with pytest.raises(SerializationException) as caught:
            operation.parse(body(examples, operation, path, other))
        named = [step for step in path if step[0] not in "[{"]
        assert named[-1] in caught.value.message


OPTIONAL = [
    (operation, path, name)
    for operation, path, shape in MEMBERS
    if shape.type_name == "structure"
    for name in shape.members.keys() - set(shape.required_members)
] + [
    (operation, (), name)
    for operation in load_apis()
    for name in operation.model.input_shape.members.keys()
    - set(operation.model.input_shape.required_members)
]


@pytest.mark.parametrize(("operation", "path", "name"), sorted(OPTIONAL, key=str), ids=member_id)
def test_null_counts_as_absent(examples, operation, path, name):
    without = body(examples, operation, path, _example_at(examples, operation, path))
    given = {**_example_at(examples, operation, path), name: None}
    assert operation.parse(body(examples, operation, path, given)) == operation.parse(without)


REQUIRED = [
    (case.operation, case.path, case.constraint.removeprefix("required "))
    for case in CASES
    if case.constraint.startswith("required ")
]


@pytest.mark.parametrize(("operation", "path", "name"), REQUIRED, ids=member_id)
def test_null_is_not_enough_where_a_value_is_required(examples, operation, path, name):
    given = {**_example_at(examples, operation, path), name: None}
    with pytest.raises(ServiceError, match=f"{name}' failed to satisfy .* must not be null"):
        operation.parse(body(examples, operation, path, given))


def _example_at(examples, operation, path):
    shape = operation.model.input_shape
    for step in path:
        if step == "[]":
            shape = shape.member
        else:
            shape = shape.value if step == "{value}" else shape.members[step]
    return examples.value(shape)


def _n_constraints(shapes, name):
    """Constraints below a shape of a raw model, counted without botocore's reading of it."""
    shape = shapes[name]
    own = sum(bound in shape for bound in BOUNDS) + len(shape.get("required", ()))
    kind = shape["type"]
    if kind == "structure":
        inner = [member["shape"] for member in shape["members"].values()]
    else:
        inner = [shape[part]["shape"] for part in ("member", "key", "value") if part in shape]
    return own + sum(_n_constraints(shapes, one) for one in inner)


def test_every_constraint_of_the_models_is_tested():
    tested = Counter(case.operation.name for case in CASES)
    for service in SERVICES:
        model = Loader().load_service_model(service, "service-2")
        for name, operation in model["operations"].items():
            n_constraints = _n_constraints(model["shapes"], operation["input"]["shape"])
            assert tested[name] == n_constraints, name
