"""XML in and out, as much of it as S3 speaks."""

import xml.etree.ElementTree as ET
from typing import Final

from penchant.sandbox.s3.errors import S3Error

NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"
_ESCAPES: Final = {
    **{code: f"&#x{code:x};" for code in range(32) if chr(code) not in "\t\n"},
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
}


def tag(name: str, *content: str) -> str:
    """An element around elements that are XML already."""
    return f"<{name}>{''.join(content)}</{name}>"


def text(name: str, value: object) -> str:
    """An element around a value; control characters become references, as S3 writes them."""
    return tag(name, str(value).translate(_ESCAPES))


def document(name: str, *content: str) -> bytes:
    """A whole answer."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{name} xmlns="{NAMESPACE}">{"".join(content)}</{name}>'.encode()


def parse(body: bytes, root: str) -> ET.Element:
    """Read a request; names lose their namespace.

    Raises:
        S3Error: It is not XML, or its root has another name.
    """
    try:
        parsed = read(body)
    except ValueError as problem:
        raise S3Error("MalformedXML", str(problem)) from None
    if parsed.tag != root:
        raise S3Error("MalformedXML", f"The body is a {parsed.tag!r}; send a {root!r}.")
    return parsed


def read(body: bytes) -> ET.Element:
    """Read a document without namespaces. Document types are refused, so there are no entities.

    Raises:
        ValueError: It is not XML.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("A document type is not allowed in a request; leave it out.")
    try:
        parsed = ET.fromstring(body)  # noqa: S314  # bounded body, no document type
    except ET.ParseError as problem:
        raise ValueError(f"The body is not well-formed XML: {problem}.") from None
    for element in parsed.iter():
        element.tag = element.tag.rpartition("}")[2]
    return parsed
