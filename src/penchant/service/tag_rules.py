"""What tags may look like, beyond what the API model says."""

from collections.abc import Mapping, Sequence
from typing import Final

from penchant.domain.errors import InvalidInputException, TooManyTagsException

MAX_TAGS: Final = 50
RESERVED_PREFIX: Final = "aws:"


def checked_tags(tags: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Key -> value of tags as sent.

    Raises:
        TooManyTagsException: More than 50.
        InvalidInputException: A key stands twice or begins with `aws:`.
    """
    checked: dict[str, str] = {}
    for tag in tags or ():
        key = tag["tagKey"]
        if key.lower().startswith(RESERVED_PREFIX):
            raise InvalidInputException(
                f"Tag key {key!r} begins with the reserved prefix 'aws:'; choose another."
            )
        if key in checked:
            raise InvalidInputException(f"Tag key {key!r} stands twice; give each key once.")
        checked[key] = tag["tagValue"]
    refuse_too_many(len(checked))
    return checked


def refuse_too_many(n_tags: int) -> None:
    """Hold the limit of tags on one resource.

    Raises:
        TooManyTagsException: `n_tags` is over the limit.
    """
    if n_tags > MAX_TAGS:
        raise TooManyTagsException(
            f"{n_tags} tags on one resource; at most {MAX_TAGS} are allowed. Untag some first."
        )
