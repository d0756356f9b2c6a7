"""What the API's models name and this version does not do yet, refused in words."""

from penchant.domain.errors import InvalidInputException


def refuse_true(member: str, value: bool | None, instead: str) -> None:
    """Refuse a switch that cannot be turned on.

    Raises:
        InvalidInputException: `value` is true; `instead` says what to do.
    """
    if value:
        raise InvalidInputException(f"{member}=true is not available in this version; {instead}")
