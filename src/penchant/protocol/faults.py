"""An error as the client's protocol writes it."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from xml.sax import saxutils

import orjson

Headers = list[tuple[bytes, bytes]]


class Dialect(Enum):
    """The protocols that AWS clients speak."""

    JSON = auto()
    REST_JSON = auto()
    QUERY = auto()
    S3 = auto()
    CBOR = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """An error before it is written; `resource` is the path it was about."""

    code: str
    message: str
    status: int
    resource: str = ""


_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(fault: Fault, dialect: Dialect, request_id: str) -> tuple[Headers, bytes]:
    """Return the headers that belong to the error, its content type among them, and its body."""
    if dialect is Dialect.JSON:
        return [_type("application/x-amz-json-1.1")], _json(fault, named=True)
    if dialect is Dialect.REST_JSON:
        name = (b"x-amzn-errortype", fault.code.encode())
        return [_type("application/json"), name], _json(fault, named=False)
    if dialect is Dialect.CBOR:
        protocol = (b"smithy-protocol", b"rpc-v2-cbor")
        return [_type("application/cbor"), protocol], _cbor(fault)
    if dialect is Dialect.QUERY:
        return [_type("text/xml")], _query_xml(fault, request_id)
    return [_type("application/xml")], _s3_xml(fault, request_id)


def _type(content_type: str) -> tuple[bytes, bytes]:
    return b"content-type", content_type.encode()


def _json(fault: Fault, *, named: bool) -> bytes:
    body = {"message": fault.message}
    return orjson.dumps({"__type": fault.code} | body if named else body)


def _query_xml(fault: Fault, request_id: str) -> bytes:
    sender = "Receiver" if fault.status >= 500 else "Sender"
    return (
        f"{_XML}<ErrorResponse><Error><Type>{sender}</Type><Code>{_text(fault.code)}</Code>"
        f"<Message>{_text(fault.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()


def _s3_xml(fault: Fault, request_id: str) -> bytes:
    return (
        f"{_XML}<Error><Code>{_text(fault.code)}</Code><Message>{_text(fault.message)}</Message>"
        f"<Resource>{_text(fault.resource)}</Resource><RequestId>{request_id}</RequestId></Error>"
    ).encode()


def _text(text: str) -> str:
    return saxutils.escape(_NOT_IN_XML.sub("?", text))


def _cbor(fault: Fault) -> bytes:
    pairs = ("__type", fault.code, "message", fault.message)
    return b"\xa2" + b"".join(_cbor_text(text) for text in pairs)


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    return b"\x7a" + len(encoded).to_bytes(4, "big") + encoded
