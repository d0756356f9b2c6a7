"""What programs expect of S3: one suite over the sandbox and over SeaweedFS, by boto3 and `aws`."""

import hashlib
import io
import os
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

AWS = Path(sys.executable).parent / "aws"


def refused(call, **arguments) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def keys(answer) -> list[str]:
    return [entry["Key"] for entry in answer.get("Contents", [])]


def put_all(s3, bucket, *names) -> None:
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=name.encode())


def test_a_bucket_is_made_found_listed_and_deleted(s3, bucket):
    assert s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert bucket in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    s3.delete_bucket(Bucket=bucket)
    assert refused(s3.head_bucket, Bucket=bucket) == ("404", 404)


def test_a_bucket_that_does_not_exist_is_named_in_the_error(s3):
    assert refused(s3.list_objects_v2, Bucket="nowhere-to-be-found") == ("NoSuchBucket", 404)


def test_a_bucket_with_objects_is_not_deleted(s3, bucket):
    put_all(s3, bucket, "a")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)


def test_a_bucket_without_policy_says_so(s3, bucket):
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)


def test_a_policy_comes_back_as_it_was_put(s3, bucket):
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"], '
        '"Principal": {"Service": "personalize.amazonaws.com"}, "Resource": '
        f'["arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"]}}]}}'
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert "personalize.amazonaws.com" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(s3.get_bucket_policy, Bucket=bucket)[0] == "NoSuchBucketPolicy"


def test_an_object_comes_back_with_its_metadata(s3, bucket):
    s3.put_object(
        Bucket=bucket,
        Key="folder/ü &<b>.csv",
        Body=b"hello",
        ContentType="text/csv",
        CacheControl="no-store",
        Metadata={"made-by": "test"},
    )
    got = s3.get_object(Bucket=bucket, Key="folder/ü &<b>.csv")
    assert got["Body"].read() == b"hello"
    assert got["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
    assert (got["ContentType"], got["CacheControl"]) == ("text/csv", "no-store")
    assert got["Metadata"] == {"made-by": "test"}
    assert abs(got["LastModified"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_empty_object_and_a_folder_marker_are_objects(s3, bucket):
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    s3.put_object(Bucket=bucket, Key="folder/", Body=b"")
    assert s3.get_object(Bucket=bucket, Key="empty")["Body"].read() == b""
    assert s3.head_object(Bucket=bucket, Key="folder/")["ContentLength"] == 0
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["empty", "folder/"]


def test_an_object_that_is_not_there_is_missing(s3, bucket):
    assert refused(s3.head_object, Bucket=bucket, Key="no") == ("404", 404)
    assert refused(s3.get_object, Bucket=bucket, Key="no") == ("NoSuchKey", 404)


def test_a_later_put_replaces_an_earlier_one(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"first", Metadata={"n": "1"})
    s3.put_object(Bucket=bucket, Key="a", Body=b"other")
    got = s3.get_object(Bucket=bucket, Key="a")
    assert (got["Body"].read(), got["Metadata"]) == (b"other", {})


@pytest.mark.parametrize(
    ("asked", "content", "range_"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_is_answered_in_part(s3, bucket, asked, content, range_):
    s3.put_object(Bucket=bucket, Key="a", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="a", Range=asked)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert (got["Body"].read(), got["ContentRange"]) == (content, range_)


def test_a_range_behind_the_end_is_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"0123456789")
    assert refused(s3.get_object, Bucket=bucket, Key="a", Range="bytes=10-20")[1] == 416


def test_conditions_are_kept(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"a")["ETag"]
    where = {"Bucket": bucket, "Key": "a"}
    assert refused(s3.get_object, **where, IfNoneMatch=etag) == ("304", 304)
    assert refused(s3.get_object, **where, IfMatch='"other"')[1] == 412
    later = datetime.now(UTC) + timedelta(days=1)
    assert refused(s3.head_object, **where, IfModifiedSince=later) == ("304", 304)
    assert s3.get_object(**where, IfMatch=etag)["Body"].read() == b"a"
    assert refused(s3.put_object, **where, Body=b"b", IfNoneMatch="*")[1] == 412


def test_listing_goes_by_prefix_and_delimiter(s3, bucket):
    put_all(s3, bucket, "a.csv", "a/1.csv", "a/2.csv", "a/b/3.csv", "b/4.csv")
    everything = ["a.csv", "a/1.csv", "a/2.csv", "a/b/3.csv", "b/4.csv"]
    for call in (s3.list_objects, s3.list_objects_v2):
        assert sorted(keys(call(Bucket=bucket))) == everything
        top = call(Bucket=bucket, Delimiter="/")
        assert keys(top) == ["a.csv"]
        assert [one["Prefix"] for one in top["CommonPrefixes"]] == ["a/", "b/"]
        inner = call(Bucket=bucket, Prefix="a/", Delimiter="/")
        assert keys(inner) == ["a/1.csv", "a/2.csv"]
        assert [one["Prefix"] for one in inner["CommonPrefixes"]] == ["a/b/"]
        assert keys(call(Bucket=bucket, Prefix="a/b")) == ["a/b/3.csv"]
        assert keys(call(Bucket=bucket, Prefix="nothing")) == []


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_follow_each_other_without_gap_or_repeat(s3, bucket, operation, delimiter):
    put_all(s3, bucket, "a/1", "a/2", "b", "c/d/3", "c/e", "d", "ü")
    paginator = s3.get_paginator(operation)
    pages = list(
        paginator.paginate(Bucket=bucket, Delimiter=delimiter, PaginationConfig={"PageSize": 2})
    )
    found = [key for page in pages for key in keys(page)]
    prefixes = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
    if delimiter:
        assert (found, prefixes) == (["b", "d", "ü"], ["a/", "c/"])
    else:
        assert found == ["a/1", "a/2", "b", "c/d/3", "c/e", "d", "ü"]
    assert all(len(keys(p)) + len(p.get("CommonPrefixes", [])) <= 2 for p in pages)


def test_listing_starts_after_a_key(s3, bucket):
    put_all(s3, bucket, "a", "b", "c")
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="a")) == ["b", "c"]
    assert keys(s3.list_objects(Bucket=bucket, Marker="b")) == ["c"]


def test_an_object_is_deleted_and_deleting_it_again_is_no_error(s3, bucket):
    put_all(s3, bucket, "a/b/c")
    s3.delete_object(Bucket=bucket, Key="a/b/c")
    s3.delete_object(Bucket=bucket, Key="a/b/c")
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []


def test_many_objects_are_deleted_at_once(s3, bucket):
    put_all(s3, bucket, "a", "b/c", "d & <e>")
    objects = [{"Key": key} for key in ("a", "b/c", "not there")]
    told = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert {one["Key"] for one in told["Deleted"]} >= {"a", "b/c"}
    quiet = {"Objects": [{"Key": "d & <e>"}], "Quiet": True}
    assert "Deleted" not in s3.delete_objects(Bucket=bucket, Delete=quiet)
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []


def test_a_copy_has_the_content_and_metadata(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"x" * 1000, Metadata={"n": "1"})
    source = {"Bucket": bucket, "Key": "a b"}
    s3.copy_object(Bucket=bucket, Key="c", CopySource=source)
    got = s3.get_object(Bucket=bucket, Key="c")
    assert (got["Body"].read(), got["Metadata"]) == (b"x" * 1000, {"n": "1"})
    s3.copy_object(
        Bucket=bucket, Key="d", CopySource=source, MetadataDirective="REPLACE", Metadata={"m": "2"}
    )
    assert s3.head_object(Bucket=bucket, Key="d")["Metadata"] == {"m": "2"}


def test_a_large_file_goes_up_and_down_in_parts(s3, bucket):
    content = os.urandom(12_000_001)
    config = TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
    s3.upload_fileobj(io.BytesIO(content), bucket, "large", {"Metadata": {"n": "1"}}, Config=config)
    head = s3.head_object(Bucket=bucket, Key="large")
    assert head["ETag"].endswith('-3"')
    assert (head["ContentLength"], head["Metadata"]) == (len(content), {"n": "1"})
    into = io.BytesIO()
    s3.download_fileobj(bucket, "large", into, Config=config)
    assert into.getvalue() == content


def test_parts_are_listed_and_joined_in_order(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    big = b"1" * 5 * 2**20
    first = s3.upload_part(**where, PartNumber=1, Body=big)["ETag"]
    last = s3.upload_part(**where, PartNumber=7, Body=b"end")["ETag"]
    listed = s3.list_parts(**where)["Parts"]
    assert [(p["PartNumber"], p["ETag"], p["Size"]) for p in listed] == [
        (1, first, len(big)),
        (7, last, 3),
    ]
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []
    named = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 7, "ETag": last}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": named})
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == big + b"end"


def test_an_upload_that_is_aborted_leaves_nothing(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    s3.upload_part(**where, PartNumber=1, Body=b"one")
    assert len(s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    s3.abort_multipart_upload(**where)
    assert refused(s3.upload_part, **where, PartNumber=1, Body=b"one") == ("NoSuchUpload", 404)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert refused(s3.get_object, Bucket=bucket, Key="a")[0] == "NoSuchKey"


def test_a_part_is_copied_from_an_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    source = {"Bucket": bucket, "Key": "source"}
    part = s3.upload_part_copy(
        **where, PartNumber=1, CopySource=source, CopySourceRange="bytes=2-5"
    )
    named = [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": named})
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"2345"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_are_kept_and_wrong_ones_refused(s3, bucket, algorithm):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert got["Body"].read() == b"hello"
    assert got[f"Checksum{algorithm}"]
    wrong = {f"Checksum{algorithm}": got[f"Checksum{algorithm}"]}
    assert refused(s3.put_object, Bucket=bucket, Key="b", Body=b"other", **wrong)[1] == 400
    assert refused(s3.head_object, Bucket=bucket, Key="b")[1] == 404


def test_a_wrong_content_md5_is_refused(s3, bucket):
    wrong = "XUFAKrxLKna5cZ2REBfFkg=="  # of "hello"
    code = refused(s3.put_object, Bucket=bucket, Key="a", Body=b"other", ContentMD5=wrong)[0]
    assert code == "BadDigest"


def test_a_body_of_unknown_length_arrives(s3, bucket):
    """Streams that cannot be rewound are sent in chunks with a trailing checksum."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    s3.upload_fileobj(Stream(b"x" * 100_000), bucket, "stream")
    assert s3.head_object(Bucket=bucket, Key="stream")["ContentLength"] == 100_000


def test_presigned_addresses_work_without_keys(server, bucket):
    s3 = server.client(signature_version="s3v4")
    where = {"Bucket": bucket, "Key": "a"}
    put = s3.generate_presigned_url("put_object", Params=where)
    request = urllib.request.Request(put, data=b"hello", method="PUT")
    request.add_header("Content-Type", "")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    get = s3.generate_presigned_url(
        "get_object", Params=where | {"ResponseContentType": "text/plain"}
    )
    with urllib.request.urlopen(get) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"hello", "text/plain")


def test_a_wrong_secret_is_refused(stranger, bucket):
    assert refused(stranger.list_objects_v2, Bucket=bucket) == ("SignatureDoesNotMatch", 403)


def aws(server, *words: str) -> str:
    done = subprocess.run(
        [AWS, *words], env=server.environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_aws_command_copies_lists_signs_and_removes(server, s3, bucket, tmp_path):
    file = tmp_path / "interactions.csv"
    file.write_bytes(os.urandom(1024) * 42 * 1024)
    aws(server, "s3", "cp", str(file), f"s3://{bucket}/data/interactions.csv", "--no-progress")
    listed = aws(server, "s3", "ls", f"s3://{bucket}/data/")
    assert str(42 * 2**20) in listed
    assert "interactions.csv" in listed
    back = tmp_path / "back.csv"
    aws(server, "s3", "cp", f"s3://{bucket}/data/interactions.csv", str(back), "--no-progress")
    assert back.read_bytes() == file.read_bytes()
    region = ("--region", "eu-central-1")  # in us-east-1 it signs as of old (Signature Version 2)
    address = aws(server, "s3", "presign", f"s3://{bucket}/data/interactions.csv", *region).strip()
    with urllib.request.urlopen(address) as answer:
        assert len(answer.read(1000)) == 1000
    aws(server, "s3", "rm", f"s3://{bucket}/data", "--recursive")
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []
