import xml.etree.ElementTree as ET

import pytest

from penchant.sandbox.s3 import xml
from penchant.sandbox.s3.errors import S3Error


def test_values_are_escaped_and_control_characters_written_as_references():
    assert xml.text("Key", 'a<&>"\x01\r') == "<Key>a&lt;&amp;&gt;&quot;&#x1;&#xd;</Key>"


def test_a_document_is_read_again_by_others():
    told = ET.fromstring(xml.document("List", xml.text("Key", "ü & ö")))
    assert told.findtext(f"{{{xml.NAMESPACE}}}Key") == "ü & ö"


def test_requests_are_read_with_and_without_namespace():
    for body in (
        b"<Delete><Quiet>true</Quiet></Delete>",
        b'<Delete xmlns="x"><Quiet>true</Quiet></Delete>',
    ):
        assert xml.parse(body, "Delete").findtext("Quiet") == "true"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<Delete>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<Other/>", "The body is a 'Other'; send a 'Delete'"),
        (b"<!DOCTYPE a><Delete/>", "document type is not allowed"),
    ],
)
def test_other_bodies_are_refused(body, message):
    with pytest.raises(S3Error, match=message) as caught:
        xml.parse(body, "Delete")
    assert caught.value.code == "MalformedXML"
