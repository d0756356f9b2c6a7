import json
from xml.etree import ElementTree as ET

import pytest
from botocore.parsers import create_parser

from penchant.protocol.faults import Dialect, Fault, write

FAULT = Fault("NoSuch<Thing>", "a & b < ü", 400, "/a&b\x01")


def test_json_names_the_error_in_its_body():
    headers, body = write(FAULT, Dialect.JSON, "id")
    assert headers == [(b"content-type", b"application/x-amz-json-1.1")]
    assert json.loads(body) == {"__type": "NoSuch<Thing>", "message": "a & b < ü"}


def test_rest_json_names_it_in_a_header():
    headers, body = write(FAULT, Dialect.REST_JSON, "id")
    assert (b"x-amzn-errortype", b"NoSuch<Thing>") in headers
    assert json.loads(body) == {"message": "a & b < ü"}


def test_s3_writes_xml():
    headers, body = write(FAULT, Dialect.S3, "id")
    root = ET.fromstring(body)
    assert headers == [(b"content-type", b"application/xml")]
    assert {child.tag: child.text for child in root} == {
        "Code": "NoSuch<Thing>",
        "Message": "a & b < ü",
        "Resource": "/a&b?",
        "RequestId": "id",
    }


@pytest.mark.parametrize(("status", "sender"), [(403, "Sender"), (500, "Receiver")])
def test_query_services_write_xml_with_the_side_at_fault(status, sender):
    _, body = write(Fault("Code", "text", status), Dialect.QUERY, "id")
    root = ET.fromstring(body)
    assert root.findtext("Error/Type") == sender
    assert root.findtext("Error/Code") == "Code"
    assert root.findtext("RequestId") == "id"


def test_cbor_is_read_by_botocore():
    headers, body = write(FAULT, Dialect.CBOR, "id")
    assert (b"smithy-protocol", b"rpc-v2-cbor") in headers
    parsed = create_parser("smithy-rpc-v2-cbor").parse(
        {
            "status_code": 400,
            "headers": {n.decode(): v.decode() for n, v in headers},
            "body": body,
        },
        None,
    )
    assert parsed["Error"]["Message"] == "a & b < ü"
