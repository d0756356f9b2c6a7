"""Answers, and the forms in which S3 writes times and names."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Content:
    """A stretch of an open file to be sent; whoever sends it closes it."""

    stream: BinaryIO
    start: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers: a short body, or content that is streamed."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content: Content | None = None


def xml_reply(body: bytes, headers: dict[str, str] | None = None) -> Reply:
    """An answer in XML."""
    return Reply(headers={"content-type": "application/xml"} | (headers or {}), body=body)


def moment(modified_ns: int) -> datetime:
    """A file's time in S3's precision of milliseconds."""
    milliseconds = modified_ns // 1_000_000
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(
        microsecond=milliseconds % 1000 * 1000
    )


def iso(at: datetime) -> str:
    """The form of times in XML."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def http_date(at: datetime) -> str:
    """The form of times in headers, in whole seconds."""
    return format_datetime(at.replace(microsecond=0), usegmt=True)
