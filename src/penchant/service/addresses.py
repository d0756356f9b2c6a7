"""Which addresses a call may name for a job to read or to write."""

from typing import Final

from penchant.domain.errors import InvalidInputException

_S3: Final = "s3://"
_FILE: Final = "file://"


def leads_somewhere(address: str) -> bool:
    """Whether the address names a bucket, or a local path; `http` and `https` lead nowhere.

    What lies there, and who may read or write it, the job itself finds out.
    """
    if address.startswith(_FILE):
        return len(address) > len(_FILE)
    return address.startswith(_S3) and address.removeprefix(_S3).partition("/")[0] != ""


def check_address(member: str, address: str | None, example: str) -> None:
    """Check the address that a request's `member` names.

    Raises:
        InvalidInputException: There is none, or no job can read or write there; the text shows the
            `example`.
    """
    if not address:
        raise InvalidInputException(f"{member} is missing; give an address such as {example}.")
    if not leads_somewhere(address):
        raise InvalidInputException(f"{member} is {address!r}; give an address such as {example}.")
