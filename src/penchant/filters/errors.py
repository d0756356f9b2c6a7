"""The one error of the filter language."""


class FilterError(ValueError):
    """An expression, or the values given for it, that cannot be used; the text says why."""
