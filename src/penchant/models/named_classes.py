"""Classes of others, found by their names where they are needed."""

from importlib import import_module
from typing import Any


def named_class(name: str) -> Any:
    """The class "package.module:Class".

    Raises:
        ValueError: It cannot be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(
            f"{name!r} of a custom recipe cannot be imported ({error}): repair its package"
        ) from error
