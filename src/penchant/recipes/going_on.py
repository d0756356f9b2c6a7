"""The model that a training goes on from."""

from typing import TypeVar

from penchant.data.training_set import TrainingSet
from penchant.models.contract import Fitted

_Model = TypeVar("_Model", bound=Fitted)


def begun(
    start: Fitted | None, kind: type[_Model], name: str, training_set: TrainingSet
) -> _Model | None:
    """The model to go on from, if there is one and it is of the right kind and catalogue.

    Raises:
        ValueError: It is not.
    """
    if start is None:
        return None
    if not isinstance(start, kind):
        other = type(start).__name__
        raise ValueError(f"a {other} is no {name} to go on from: train without it")  # noqa: TRY004  # a wrong value of the contract, told as one
    known = (start.items.digest, start.event_type_names)
    if known != (training_set.items.digest, training_set.event_type_names):
        raise ValueError("the model to go on from knows another catalogue: train without it")
    return start
