"""Calling an operation: asynchronous ones are awaited, the others run in threads."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

from penchant.domain.callers import Caller
from penchant.domain.errors import UnknownOperationException
from penchant.edge.rates import Rates
from penchant.protocol.catalogue import Operation

Method = Callable[..., Any]


class Desk:
    """Calls the services' methods.

    Args:
        methods: Bound methods by their snake_case names.
        threads: Where those run that may wait for the disk.
        rates: How many requests are taken.
    """

    def __init__(self, methods: Mapping[str, Method], threads: Executor, rates: Rates) -> None:
        self._methods = methods
        self._threads = threads
        self._rates = rates
        self._awaited = {
            name for name, method in methods.items() if inspect.iscoroutinefunction(method)
        }

    async def serve(self, operation: Operation, caller: Caller, body: bytes) -> bytes:
        """Parse, call, respond.

        Raises:
            UnknownOperationException: No service has a method of this name.
            ThrottlingException: More requests come than the settings allow.
            ServiceError: Whatever the parser or the service raises.
        """
        name = operation.method_name
        method = self._methods.get(name)
        if method is None:
            raise UnknownOperationException(
                f"{operation.name} is not answered by this version of Penchant; see "
                "COMPATIBILITY.md for the operations that are."
            )
        arguments = operation.parse(body)
        self._rates.take(operation, caller.owner, arguments)
        if name in self._awaited:
            result = await method(caller, **arguments)
        else:
            call = partial(method, caller, **arguments)
            result = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        return operation.respond(result)
