"""What S3 answers becomes a reason to act on; the ordinary ways are in the contract suite."""

import boto3
import pytest
from botocore.stub import Stubber

from penchant.store.objects_contract import (
    AccessRefusedError,
    InvalidLocationError,
    ObjectError,
)
from penchant.store.objects_s3 import S3Backend


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("SlowDown", InvalidLocationError, "S3 answers SlowDown for 's3://shop/a.csv': Be slow"),
        ("403", AccessRefusedError, "S3 answers 403 for 's3://shop/a.csv'. Let the key in"),
        ("404", InvalidLocationError, "There is no object at 's3://shop/a.csv'"),
    ],
)
def test_an_error_is_told_with_its_code_and_the_next_step(code, kind, text):
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B"
    )
    with Stubber(client) as stubber:
        stubber.add_client_error("head_object", code, "Be slow")
        if code == "404":
            stubber.add_response("list_objects_v2", {"IsTruncated": False})
        with pytest.raises(ObjectError) as refused:
            S3Backend(client).find("s3://shop/a.csv", "111111111111")
    assert type(refused.value) is kind
    assert text in str(refused.value)
