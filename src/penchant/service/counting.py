"""Counting the calls of what answers and of what takes records, for whoever watches them."""

import inspect
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from penchant.domain.callers import Caller
from penchant.domain.errors import ServiceError
from penchant.store.usage import Outcome, Usage

NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "get_recommendations": ("campaign_arn", "recommender_arn"),
    "get_personalized_ranking": ("campaign_arn",),
    "get_action_recommendations": ("campaign_arn",),
    "put_events": ("tracking_id",),
    "put_action_interactions": ("tracking_id",),
    "put_items": ("dataset_arn",),
    "put_users": ("dataset_arn",),
    "put_actions": ("dataset_arn",),
}
"""The operations that are counted, and which parameters name what they call."""
_OUR_FAULT: Final = 500

Method = Callable[..., Any]


def counted(methods: Mapping[str, Method], usage: Usage) -> dict[str, Method]:
    """The methods of operations, with those of `NAMED_BY` counted."""
    return {
        name: _counted(name, method, usage) if name in NAMED_BY else method
        for name, method in methods.items()
    }


def _counted(operation: str, method: Method, usage: Usage) -> Method:
    @wraps(method)
    async def awaited(caller: Caller, **arguments: Any) -> Any:
        with _Call(usage, operation, caller, arguments):
            return await method(caller, **arguments)

    @wraps(method)
    def called(caller: Caller, **arguments: Any) -> Any:
        with _Call(usage, operation, caller, arguments):
            return method(caller, **arguments)

    return awaited if inspect.iscoroutinefunction(method) else called


class _Call:
    """One call, counted when it ends; one that was cut off is not."""

    __slots__ = ("_arguments", "_began_s", "_caller", "_operation", "_usage")

    def __init__(
        self, usage: Usage, operation: str, caller: Caller, arguments: Mapping[str, Any]
    ) -> None:
        self._usage = usage
        self._operation = operation
        self._caller = caller
        self._arguments = arguments

    def __enter__(self) -> None:
        self._began_s = time.perf_counter()

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object
    ) -> None:
        if error is not None and not isinstance(error, Exception):
            return
        taken_ms = (time.perf_counter() - self._began_s) * 1000
        name = self._name()
        if name:
            outcome = _outcome(error)
            self._usage.note(self._caller.owner, name, self._operation, outcome, taken_ms)

    def _name(self) -> str:
        """ARN or tracking id of what is called; empty for none."""
        for parameter in NAMED_BY[self._operation]:
            if name := self._arguments.get(parameter):
                return str(name)
        return ""


def _outcome(error: Exception | None) -> Outcome:
    if error is None:
        return Outcome.ANSWERED
    refused = isinstance(error, ServiceError) and error.http_status < _OUR_FAULT
    return Outcome.REFUSED if refused else Outcome.FAILED
