"""URLs that boto3 and `aws` presign in us-east-1 unless they are told how: Version 2."""

import http.client
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest

AWS = Path(sys.executable).parent / "aws"


@pytest.fixture
def s3(sandbox):
    """A client without any Config."""
    return boto3.client(
        "s3",
        endpoint_url=sandbox.address,
        region_name="us-east-1",
        aws_access_key_id="AKIAONE",
        aws_secret_access_key="first secret",
    )


@pytest.fixture
def bucket(s3):
    name = f"bucket-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


def fetched(url, data=None, method="GET", **headers):
    """Status, body and headers as any HTTP client without a key gets them."""
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), refused.headers


def test_what_is_put_by_one_url_is_got_by_another(s3, bucket):
    where = {"Bucket": bucket, "Key": "a b/ü+.csv"}
    put = s3.generate_presigned_url("put_object", Params=where)
    assert "AWSAccessKeyId=" in put
    assert fetched(put, b"hello", "PUT")[0] == 200
    wanted = where | {
        "ResponseContentType": "text/plain",
        "ResponseContentDisposition": "attachment; filename=a+b.csv",
    }
    status, body, headers = fetched(s3.generate_presigned_url("get_object", Params=wanted))
    assert (status, body) == (200, b"hello")
    assert headers["Content-Type"] == "text/plain"
    assert headers["Content-Disposition"] == "attachment; filename=a+b.csv"


def test_type_and_metadata_of_the_signer_are_kept(s3, bucket):
    where = {"Bucket": bucket, "Key": "a"}
    how = {"ContentType": "text/csv", "Metadata": {"made": "today"}}
    put = s3.generate_presigned_url("put_object", Params=where | how)
    assert fetched(put, b"hello", "PUT")[0] == 403
    assert fetched(put, b"hello", "PUT", Content_Type="text/csv")[0] == 200
    head = s3.head_object(**where)
    assert (head["ContentType"], head["Metadata"]) == ("text/csv", {"made": "today"})


def test_parts_are_uploaded_and_buckets_listed(s3, bucket):
    where = {"Bucket": bucket, "Key": "a"}
    upload = where | {"UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    part = s3.generate_presigned_url("upload_part", Params=upload | {"PartNumber": 1})
    status, _, headers = fetched(part, b"hello", "PUT")
    assert status == 200
    parts = {"Parts": [{"PartNumber": 1, "ETag": headers["ETag"]}]}
    s3.complete_multipart_upload(**upload, MultipartUpload=parts)
    listed = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket})
    assert b"<Key>a</Key>" in fetched(listed)[1]


def test_a_url_opens_nothing_else(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    assert fetched(url)[0] == 200
    assert fetched(url, b"other", "PUT")[0] == 403
    assert fetched(url, method="DELETE")[0] == 403
    assert fetched(url.replace("/a?", "/b?"))[0] == 403
    assert fetched(url.replace("/a?", "/a?%75ploadId=x&"))[0] == 403
    assert fetched(url, x_amz_copy_source=f"{bucket}/a")[0] == 403


def test_a_bucket_in_the_host_is_part_of_what_is_signed(sandbox, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    other = f"other-{bucket}"
    s3.create_bucket(Bucket=other)
    s3.put_object(Bucket=other, Key=f"{bucket}/a", Body=b"secret")
    url = urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"}))
    hosted = f"/a?{url.query}"
    assert answer(sandbox, f"{bucket}.localhost", hosted) == (200, b"hello")
    assert answer(sandbox, f"{other}.localhost", hosted)[0] == 403
    assert answer(sandbox, f"{other}.localhost", f"{url.path}?{url.query}")[0] == 403


def answer(server, host, path):
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": host})
        answered = connection.getresponse()
        return answered.status, answered.read()
    finally:
        connection.close()


def test_the_aws_command_presigns_in_us_east_1(sandbox, s3, bucket):
    s3.put_object(Bucket=bucket, Key="data/a.csv", Body=b"hello")
    command = [AWS, "s3", "presign", f"s3://{bucket}/data/a.csv"]
    environment = sandbox.environment()
    url = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert "AWSAccessKeyId=" in url
    assert fetched(url)[:2] == (200, b"hello")
