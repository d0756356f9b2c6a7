"""What only the sandbox promises: accounts, files dropped by hand, and surviving a kill."""

import base64
import hashlib
import http.client
import json
import os
import threading
import time
import zlib
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from penchant.protocol import sigv4
from penchant.sandbox.s3.crc import CRC32C, CRC64NVME

from .conftest import running_sandbox


@pytest.fixture
def server(sandbox):
    return sandbox


def refused(call, **arguments) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def policy(bucket: str, *, effect: str = "Allow", actions="s3:*", principal="*") -> str:
    statement = {
        "Effect": effect,
        "Principal": principal,
        "Action": actions,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


class Raw:
    """Requests as other SDKs send them, signed but otherwise as given."""

    def __init__(self, server) -> None:
        self.host = urlsplit(server.address).netloc

    def send(self, method, path, headers=None, body=b"", payload=None, host=None, chunks=None):
        host = host or self.host
        request = AWSRequest(method, f"http://{host}{path}", headers=dict(headers or {}))
        payload = payload or hashlib.sha256(body).hexdigest()
        request.headers["X-Amz-Content-SHA256"] = payload
        signer = _Signer(Credentials("AKIAONE", "first secret"), "s3", "us-east-1")
        signer.payload_hash = payload
        signer.add_auth(request)
        sent = dict(request.headers.items()) | {"Host": host}
        if chunks is not None:
            body = chunks(sent)
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, dict(answer.headers)


class _Signer(S3SigV4Auth):
    payload_hash = ""

    def payload(self, request):
        return self.payload_hash


@pytest.fixture
def raw(server):
    return Raw(server)


def test_keys_are_listed_in_the_order_of_their_bytes(s3, bucket):
    names = ["a", "a!b", "a-b", "a.csv", "aa", "b/c", "b0", "z", "é", "中/文", "😀"]
    for name in reversed(names):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in listed] == names


def test_other_delimiters_than_slash_group_too(s3, bucket):
    for name in ("2024-01", "2024-02", "2025-01", "other"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Delimiter="-", PaginationConfig={"PageSize": 1}
    )
    found = [(p.get("CommonPrefixes") or p.get("Contents"))[0] for p in pages]
    assert [one.get("Prefix", one.get("Key")) for one in found] == ["2024-", "2025-", "other"]


def test_all_versions_are_the_one_there_is_and_can_be_deleted(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"")
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(v["Key"], v["VersionId"], v["IsLatest"]) for v in versions] == [("a/b", "null", True)]
    doomed = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed})
    s3.delete_bucket(Bucket=bucket)


def test_the_region_of_a_bucket_is_kept(server):
    s3 = server.client()
    there = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="in-frankfurt", CreateBucketConfiguration=there)
    assert s3.get_bucket_location(Bucket="in-frankfurt")["LocationConstraint"] == "eu-central-1"
    head = s3.head_bucket(Bucket="in-frankfurt")["ResponseMetadata"]["HTTPHeaders"]
    assert head["x-amz-bucket-region"] == "eu-central-1"


def test_a_bucket_is_made_twice_by_its_owner_only(server, s3, bucket):
    s3.create_bucket(Bucket=bucket)
    other = server.client(key="TWO")
    assert refused(other.create_bucket, Bucket=bucket) == ("BucketAlreadyExists", 409)
    assert bucket not in [one["Name"] for one in other.list_buckets()["Buckets"]]


def test_a_bad_bucket_name_is_refused(raw):
    status, body, _ = raw.send("PUT", "/Bad_Name")
    assert status == 400
    assert b"<Code>InvalidBucketName</Code>" in body


def test_another_account_is_kept_out_until_the_policy_lets_it_in(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    other = server.client(key="TWO")
    where = {"Bucket": bucket, "Key": "a"}
    assert refused(other.get_object, **where) == ("AccessDenied", 403)
    assert refused(other.put_object, **where, Body=b"b") == ("AccessDenied", 403)
    assert refused(other.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    told = other.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]})
    assert [error["Code"] for error in told["Errors"]] == ["AccessDenied"]
    allowed = policy(bucket, actions="s3:GetObject", principal={"AWS": "222222222222"})
    s3.put_bucket_policy(Bucket=bucket, Policy=allowed)
    assert other.get_object(**where)["Body"].read() == b"a"
    assert refused(other.put_object, **where, Body=b"b") == ("AccessDenied", 403)


def test_nobody_copies_out_of_a_bucket_they_may_not_read(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    other = server.client(key="TWO")
    other.create_bucket(Bucket=f"{bucket}-2")
    source = {"Bucket": bucket, "Key": "a"}
    target = {"Bucket": f"{bucket}-2", "Key": "a", "CopySource": source}
    assert refused(other.copy_object, **target) == ("AccessDenied", 403)
    upload = other.create_multipart_upload(Bucket=f"{bucket}-2", Key="a")["UploadId"]
    part = {"UploadId": upload, "PartNumber": 1}
    assert refused(other.upload_part_copy, **target, **part) == ("AccessDenied", 403)


def test_an_explicit_deny_holds_for_the_owner_who_can_still_remove_it(s3, bucket):
    denied = policy(bucket, effect="Deny", actions=["s3:PutObject"])
    s3.put_bucket_policy(Bucket=bucket, Policy=denied)
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"") == ("AccessDenied", 403)
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"")


def test_a_broken_policy_is_refused(s3, bucket):
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy="{}") == ("MalformedPolicy", 400)


def test_a_file_that_was_dropped_is_an_object(server, s3, bucket):
    folder = server.root / bucket / "dropped"
    folder.mkdir()
    (folder / "items.csv").write_bytes(b"hello")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    got = s3.get_object(Bucket=bucket, Key="dropped/items.csv")
    assert (listed["Key"], got["Body"].read()) == ("dropped/items.csv", b"hello")
    assert listed["ETag"] == got["ETag"]
    (folder / "items.csv").write_bytes(b"other")
    assert s3.head_object(Bucket=bucket, Key="dropped/items.csv")["ETag"] != got["ETag"]


def test_a_folder_that_was_made_by_hand_is_a_bucket_of_the_installation(server):
    (server.root / "made-by-hand").mkdir()
    (server.root / "made-by-hand" / "a").write_bytes(b"a")
    assert server.client().get_object(Bucket="made-by-hand", Key="a")["Body"].read() == b"a"
    other = server.client(key="TWO")
    assert refused(other.get_object, Bucket="made-by-hand", Key="a") == ("AccessDenied", 403)


def test_an_object_is_a_plain_file_and_nothing_else_lies_beside_it(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b.csv", Body=b"content", Metadata={"n": "1"})
    assert [path.name for path in (server.root / bucket).rglob("*")] == ["a", "b.csv"]
    assert (server.root / bucket / "a" / "b.csv").read_bytes() == b"content"
    s3.delete_object(Bucket=bucket, Key="a/b.csv")
    assert list((server.root / bucket).iterdir()) == []


@pytest.mark.parametrize("key", ["../escaped", "a/../../escaped", "a//b", "./a", "a/.."])
def test_keys_that_are_no_plain_paths_are_refused(server, raw, bucket, key):
    status, body, _ = raw.send("PUT", f"/{bucket}/{quote(key, safe='')}", body=b"x")
    assert status == 400
    assert b"<Code>InvalidArgument</Code>" in body
    status, body, _ = raw.send("GET", f"/{bucket}/{quote(key, safe='')}")
    assert status == 404
    assert not list(server.root.rglob("escaped"))


def test_a_nul_and_broken_utf8_in_a_key_are_refused(raw, bucket):
    assert raw.send("PUT", f"/{bucket}/a%00b", body=b"x")[0] == 400
    status, body, _ = raw.send("PUT", f"/{bucket}/%ff", body=b"x")
    assert status == 400
    assert b"<Code>InvalidURI</Code>" in body


def test_symbolic_links_are_not_followed(server, s3, bucket, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (server.root / bucket / "file").symlink_to(tmp_path / "secret")
    (server.root / bucket / "folder").symlink_to(tmp_path)
    for key in ("file", "folder/secret"):
        assert refused(s3.get_object, Bucket=bucket, Key=key) == ("NoSuchKey", 404)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    code, _ = refused(s3.put_object, Bucket=bucket, Key="folder/new", Body=b"x")
    assert code == "InvalidArgument"
    assert not (tmp_path / "new").exists()


def test_a_bucket_that_is_a_link_is_none(server, s3, tmp_path):
    (server.root / "a-link").symlink_to(tmp_path)
    assert refused(s3.list_objects_v2, Bucket="a-link") == ("NoSuchBucket", 404)


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a", "a/")])
def test_no_key_can_be_a_folder_of_another(s3, bucket, first, second):
    s3.put_object(Bucket=bucket, Key=first, Body=b"")
    assert refused(s3.put_object, Bucket=bucket, Key=second, Body=b"") == ("InvalidArgument", 400)
    assert s3.head_object(Bucket=bucket, Key=first)["ContentLength"] == 0


def test_a_folder_marker_outlives_what_was_in_the_folder(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/", Body=b"")
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"b")
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in listed] == ["a/", "a/b"]
    s3.delete_object(Bucket=bucket, Key="a/b")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/"]
    s3.delete_object(Bucket=bucket, Key="a/")
    s3.delete_bucket(Bucket=bucket)


def test_a_folder_marker_has_no_content(s3, bucket):
    assert refused(s3.put_object, Bucket=bucket, Key="a/", Body=b"x") == ("InvalidArgument", 400)


@pytest.mark.parametrize("key", ["a" * 256, "a/" * 600])
def test_keys_that_are_too_long_say_so(s3, bucket, key):
    code = refused(s3.put_object, Bucket=bucket, Key=key, Body=b"")
    assert code == ("KeyTooLongError", 400)


@pytest.mark.parametrize("resource", ["lifecycle", "cors", "tagging", "acl", "encryption"])
def test_what_is_not_served_says_what_to_do(raw, bucket, resource):
    status, body, headers = raw.send("GET", f"/{bucket}?{resource}")
    assert status == 501
    assert b"<Code>NotImplemented</Code>" in body
    assert b"PENCHANT_S3_ENDPOINT_URL" in body
    assert headers["x-amz-request-id"].encode() in body


def test_versioning_is_off_and_cannot_be_enabled(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    wanted = {"Status": "Enabled"}
    code = refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=wanted)
    assert code == ("NotImplemented", 501)


def test_a_public_acl_is_refused(s3, bucket):
    code = refused(s3.put_object, Bucket=bucket, Key="a", Body=b"", ACL="public-read")
    assert code == ("AccessControlListNotSupported", 400)


def test_the_bucket_may_stand_in_the_host(raw, bucket):
    port = raw.host.rpartition(":")[2]
    host = f"{bucket}.localhost:{port}"
    assert raw.send("PUT", "/a/b", body=b"hosted", host=host)[0] == 200
    assert raw.send("GET", f"/{bucket}/a/b")[1] == b"hosted"
    assert raw.send("GET", "/a/b", host=host)[1] == b"hosted"
    assert b"<Key>a/b</Key>" in raw.send("GET", "/", host=host)[1]


def test_another_body_than_the_signed_one_is_refused(raw, bucket):
    signed = hashlib.sha256(b"signed").hexdigest()
    status, body, _ = raw.send("PUT", f"/{bucket}/a", body=b"forged", payload=signed)
    assert status == 400
    assert b"<Code>XAmzContentSHA256Mismatch</Code>" in body
    assert raw.send("GET", f"/{bucket}/a")[0] == 404


def crc_text(algorithm: str, content: bytes) -> str:
    value, n_bytes = {
        "crc32": lambda: (zlib.crc32(content), 4),
        "crc32c": lambda: (CRC32C.update(0, content), 4),
        "crc64nvme": lambda: (CRC64NVME.update(0, content), 8),
    }[algorithm]()
    return base64.b64encode(value.to_bytes(n_bytes, "big")).decode()


@pytest.mark.parametrize("algorithm", ["crc32", "crc32c", "crc64nvme"])
def test_trailing_checksums_are_checked(raw, bucket, algorithm):
    content = os.urandom(150_000)

    def send(key, checksum):
        def chunks(sent):
            framed = b"".join(
                b"%x\r\n%b\r\n" % (len(part), part)
                for part in (content[:65536], content[65536:131072], content[131072:])
            )
            return framed + f"0\r\nx-amz-checksum-{algorithm}:{checksum}\r\n\r\n".encode()

        headers = {
            "Content-Encoding": "aws-chunked",
            "X-Amz-Trailer": f"x-amz-checksum-{algorithm}",
            "X-Amz-Decoded-Content-Length": str(len(content)),
        }
        path = f"/{bucket}/{key}"
        return raw.send(
            "PUT", path, headers, payload=sigv4.STREAMING_UNSIGNED_TRAILER, chunks=chunks
        )

    assert send("right", crc_text(algorithm, content))[0] == 200
    status, body, headers = raw.send("GET", f"/{bucket}/right", {"x-amz-checksum-mode": "ENABLED"})
    assert (status, body) == (200, content)
    assert headers[f"x-amz-checksum-{algorithm}"] == crc_text(algorithm, content)
    assert "content-encoding" not in headers
    status, body, _ = send("wrong", crc_text(algorithm, b"other"))
    assert status == 400
    assert b"<Code>BadDigest</Code>" in body
    assert raw.send("GET", f"/{bucket}/wrong")[0] == 404


@pytest.mark.parametrize("with_trailer", [False, True])
@pytest.mark.parametrize("forged", [None, "chunk", "trailer"])
def test_signed_chunks_are_checked(raw, bucket, with_trailer, forged):
    content = [b"a" * 65536, b"b" * 1000]

    def chunks(sent):
        stamp, scope = sent["X-Amz-Date"], f"{sent['X-Amz-Date'][:8]}/us-east-1/s3/aws4_request"
        key = sigv4.signing_key("first secret", stamp[:8], "us-east-1", "s3")
        previous = sent["Authorization"].rpartition("Signature=")[2]
        body = b""
        for part in [*content, b""]:
            part_hash = hashlib.sha256(part).hexdigest()
            previous = sigv4.chunk_signature(key, stamp, scope, previous, part_hash)
            sent_part = part[:-1] + b"x" if part and forged == "chunk" else part
            end = b"\r\n" if part else b""
            head = b"%x;chunk-signature=%b\r\n" % (len(part), previous.encode())
            body += head + sent_part + end
        if with_trailer:
            text = crc_text("crc32", b"".join(content))
            line = f"x-amz-checksum-crc32:{text}\n".encode()
            signed = sigv4.trailer_signature(key, stamp, scope, previous, line)
            signed = "0" * 64 if forged == "trailer" else signed
            body += line.replace(b"\n", b"\r\n") + f"x-amz-trailer-signature:{signed}\r\n".encode()
        return body + b"\r\n"

    payload = sigv4.STREAMING_PAYLOAD_TRAILER if with_trailer else sigv4.STREAMING_PAYLOAD
    headers = {"Content-Encoding": "aws-chunked,gzip"}
    headers |= {"X-Amz-Decoded-Content-Length": str(sum(map(len, content)))}
    headers |= {"X-Amz-Trailer": "x-amz-checksum-crc32"} if with_trailer else {}
    status, body, _ = raw.send("PUT", f"/{bucket}/a", headers, payload=payload, chunks=chunks)
    got, stored, answered = raw.send("GET", f"/{bucket}/a")
    if forged == "chunk" or (forged == "trailer" and with_trailer):
        assert status == 403
        assert b"<Code>SignatureDoesNotMatch</Code>" in body
        assert got == 404
    else:
        assert (status, stored) == (200, b"".join(content))
        assert answered["content-encoding"] == "gzip"


def test_a_body_that_ends_early_is_refused(raw, bucket):
    headers = {"X-Amz-Decoded-Content-Length": "10"}
    status, body, _ = raw.send(
        "PUT",
        f"/{bucket}/a",
        headers,
        payload=sigv4.STREAMING_UNSIGNED_TRAILER,
        chunks=lambda _: b"a\r\nonly",
    )
    assert status == 400
    assert b"<Code>IncompleteBody</Code>" in body


def test_a_document_type_in_xml_is_refused(raw, bucket):
    bomb = b'<!DOCTYPE d [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>'
    status, body, _ = raw.send("POST", f"/{bucket}?delete", body=bomb)
    assert status == 400
    assert b"<Code>MalformedXML</Code>" in body


def test_a_part_sent_twice_counts_once(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    s3.upload_part(**where, PartNumber=1, Body=b"first")
    etag = s3.upload_part(**where, PartNumber=1, Body=b"second")["ETag"]
    assert [part["ETag"] for part in s3.list_parts(**where)["Parts"]] == [etag]
    wrong = {"Parts": [{"PartNumber": 2, "ETag": etag}]}
    code = refused(s3.complete_multipart_upload, **where, MultipartUpload=wrong)
    assert code == ("InvalidPart", 400)
    right = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**where, MultipartUpload=right)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"second"


def test_a_full_object_checksum_is_joined_from_the_parts(s3, bucket):
    created = s3.create_multipart_upload(
        Bucket=bucket, Key="a", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT"
    )
    where = {"Bucket": bucket, "Key": "a", "UploadId": created["UploadId"]}
    parts = []
    for number, body in ((1, b"a" * 70_000), (2, b"b" * 5)):
        told = s3.upload_part(**where, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
        parts.append({"PartNumber": number, "ETag": told["ETag"]})
    told = s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert told["ChecksumType"] == "FULL_OBJECT"
    assert told["ChecksumCRC32"] == crc_text("crc32", b"a" * 70_000 + b"b" * 5)


def test_a_part_of_an_object_is_got_by_its_number(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(**where, PartNumber=n, Body=body)["ETag"]}
        for n, body in ((1, b"one"), (2, b"second"))
    ]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="a", PartNumber=2)["Body"].read() == b"second"


def test_a_connection_outlives_a_refusal_that_came_instead_of_100_continue(server, bucket):
    other = server.client(key="TWO")
    for _ in range(3):
        assert refused(other.put_object, Bucket=bucket, Key="a", Body=b"x")[0] == "AccessDenied"
        other.list_buckets()


def test_a_body_is_asked_for_at_once(s3, bucket):
    """Boto3 waits a second for `100 Continue` before it sends a body."""
    started = time.monotonic()
    for _ in range(20):
        s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert time.monotonic() - started < 20


def test_writers_at_once_leave_one_whole_object(server, bucket):
    bodies = [bytes([65 + n]) * 300_000 for n in range(6)]
    clients = [server.client() for _ in bodies]
    threads = [
        threading.Thread(target=client.put_object, kwargs={"Bucket": bucket, "Key": "a", "Body": b})
        for client, b in zip(clients, bodies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = clients[0].get_object(Bucket=bucket, Key="a")
    content = got["Body"].read()
    assert content in bodies
    assert got["ETag"] == f'"{hashlib.md5(content).hexdigest()}"'


def test_a_kill_during_an_upload_leaves_the_old_object_and_no_rubbish(tmp_path):
    with running_sandbox(tmp_path) as server:
        s3 = server.client()
        s3.create_bucket(Bucket="my-bucket")
        s3.put_object(Bucket="my-bucket", Key="a", Body=b"old", Metadata={"n": "1"})
        upload = s3.create_multipart_upload(Bucket="my-bucket", Key="b")["UploadId"]
        part = s3.upload_part(
            Bucket="my-bucket", Key="b", UploadId=upload, PartNumber=1, Body=b"part"
        )
        sending = _send_half(server)
        staged = tmp_path / ".meta" / "staging"
        _wait_for(lambda: any(p.stat().st_size >= 2**20 for p in staged.iterdir()))
        server.process.kill()
        server.process.wait()
        sending.close()
        with pytest.raises(EndpointConnectionError):
            s3.list_buckets()
    for left in staged.iterdir():
        os.utime(left, (0, 0))
    with running_sandbox(tmp_path) as server:
        s3 = server.client()
        assert list(staged.iterdir()) == []
        assert [o["Key"] for o in s3.list_objects_v2(Bucket="my-bucket")["Contents"]] == ["a"]
        got = s3.get_object(Bucket="my-bucket", Key="a")
        assert (got["Body"].read(), got["Metadata"]) == (b"old", {"n": "1"})
        named = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        where = {"Bucket": "my-bucket", "Key": "b", "UploadId": upload}
        s3.complete_multipart_upload(**where, MultipartUpload=named)
        assert s3.get_object(Bucket="my-bucket", Key="b")["Body"].read() == b"part"


def _send_half(server) -> http.client.HTTPConnection:
    """Begin to replace the object and stop in the middle of the body."""
    host = urlsplit(server.address).netloc
    request = AWSRequest("PUT", f"http://{host}/my-bucket/a", headers={})
    request.headers["X-Amz-Content-SHA256"] = sigv4.UNSIGNED_PAYLOAD
    signer = _Signer(Credentials("AKIAONE", "first secret"), "s3", "us-east-1")
    signer.payload_hash = sigv4.UNSIGNED_PAYLOAD
    signer.add_auth(request)
    connection = http.client.HTTPConnection(host)
    connection.putrequest("PUT", "/my-bucket/a", skip_host=True)
    for name, value in {**dict(request.headers.items()), "Host": host}.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(50 * 2**20))
    connection.endheaders()
    connection.send(b"x" * 5 * 2**20)
    return connection


def _wait_for(condition, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_callers_account_is_the_one_of_the_key(server):
    assert server.client("sts").get_caller_identity()["Account"] == "111111111111"
    assert server.client("sts", key="TWO").get_caller_identity()["Account"] == "222222222222"


def test_roles_are_made_and_aws_policies_attached(server):
    iam = server.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName="personalize", AssumeRolePolicyDocument=trust)["Role"]
    assert role["Arn"] == "arn:aws:iam::111111111111:role/personalize"
    arn = "arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"
    iam.attach_role_policy(RoleName="personalize", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="personalize")["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [arn]
    again = {"RoleName": "personalize", "AssumeRolePolicyDocument": trust}
    assert refused(iam.create_role, **again)[0] == "EntityAlreadyExists"
    other = server.client("iam", key="TWO")
    assert refused(other.get_role, RoleName="personalize")[0] == "NoSuchEntity"


def test_the_credentials_of_an_assumed_role_work(server, bucket):
    sts = server.client("sts")
    role = "arn:aws:iam::111111111111:role/anything"
    told = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    assert told["Expiration"] > datetime.now(UTC)
    session = boto3.Session(
        told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"], "us-east-1"
    )
    assumed = session.client("s3", endpoint_url=server.address)
    assumed.put_object(Bucket=bucket, Key="a", Body=b"a")
    identity = session.client("sts", endpoint_url=server.address).get_caller_identity()
    assert identity["Account"] == "111111111111"


def test_roles_of_other_accounts_are_not_assumed(server):
    arguments = {"RoleArn": "arn:aws:iam::222222222222:role/x", "RoleSessionName": "test"}
    assert refused(server.client("sts").assume_role, **arguments) == ("AccessDenied", 403)


def test_the_other_small_services_answer(server):
    ssm = server.client("ssm")
    ssm.put_parameter(Name="name", Value="value", Type="String")
    assert ssm.get_parameter(Name="name")["Parameter"]["Value"] == "value"
    entry = {"Source": "test", "DetailType": "test", "Detail": "{}"}
    assert server.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    metrics = server.client("cloudwatch")
    datum = {"MetricName": "GetRecommendations", "Value": 1.0}
    metrics.put_metric_data(Namespace="AWS/Personalize", MetricData=[datum])
    names = [one["MetricName"] for one in metrics.list_metrics()["Metrics"]]
    assert names == ["GetRecommendations"]
    assert server.client("kms").create_key()["KeyMetadata"]["Arn"].split(":")[4] == "111111111111"


def test_a_service_that_is_not_here_is_named(server):
    code = refused(server.client("secretsmanager").list_secrets)
    assert code == ("NotImplemented", 501)


def test_a_bucket_with_a_folder_marker_alone_is_not_empty(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/", Body=b"")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
    assert s3.head_object(Bucket=bucket, Key="a/")["ContentLength"] == 0


def test_a_deleted_bucket_takes_its_uploads_along(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    code = refused(s3.list_parts, Bucket=bucket, Key="a", UploadId=upload)
    assert code == ("NoSuchUpload", 404)


@pytest.mark.parametrize(
    ("method", "target", "headers", "code"),
    [
        ("GET", "?list-type=2&continuation-token=%40%40", {}, "InvalidArgument"),
        ("GET", "?list-type=2&continuation-token=_w%3D%3D", {}, "InvalidArgument"),
        ("GET", "?list-type=2&encoding-type=base64", {}, "InvalidArgument"),
        ("GET", "?list-type=2&max-keys=many", {}, "InvalidArgument"),
        ("GET", "/kept?versionId=1", {}, "NoSuchVersion"),
        ("DELETE", "/kept?versionId=1", {}, "NoSuchVersion"),
        ("GET", "/kept?partNumber=2", {}, "InvalidRange"),
        ("PUT", "/kept", {"x-amz-copy-source": "{bucket}/kept"}, "InvalidRequest"),
        ("PUT", "/a", {"x-amz-copy-source": "{bucket}"}, "InvalidArgument"),
        ("PUT", "/a", {"x-amz-copy-source": "{bucket}/none"}, "NoSuchKey"),
        ("PUT", "/a", {"x-amz-copy-source": "{bucket}/kept?versionId=1"}, "NoSuchVersion"),
        ("PUT", "/a", {"x-amz-copy-source": "nowhere-at-all/kept"}, "NoSuchBucket"),
        ("PUT", "/a", {"x-amz-tagging": "a=b"}, "NotImplemented"),
        ("PUT", "/a", {"x-amz-grant-read": "everybody"}, "AccessControlListNotSupported"),
        ("PUT", "/a", {"if-match": '"none"'}, "NoSuchKey"),
        ("PUT", "/kept", {"if-match": '"none"'}, "PreconditionFailed"),
        ("POST", "/a?uploads", {"x-amz-checksum-algorithm": "XXHASH64"}, "NotImplemented"),
        ("PUT", "/a?uploadId=none&partNumber=1", {}, "NoSuchUpload"),
        ("PATCH", "/a", {}, "NotImplemented"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_code(raw, s3, bucket, method, target, headers, code):
    s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    named = {name: text.format(bucket=bucket) for name, text in headers.items()}
    status, body, _ = raw.send(method, f"/{bucket}{target}", named)
    assert f"<Code>{code}</Code>" in body.decode()
    assert status >= 400
    assert s3.get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<Delete/>", "MalformedXML"),
        (b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1001 + b"</Delete>", "MalformedXML"),
        (b"<Delete>" + b" " * 9_000_000 + b"</Delete>", "EntityTooLarge"),
    ],
)
def test_deletions_of_no_or_too_many_objects_are_refused(raw, bucket, body, code):
    answer = raw.send("POST", f"/{bucket}?delete", body=body)[1]
    assert f"<Code>{code}</Code>" in answer.decode()


def test_an_upload_is_completed_only_with_what_it_has(raw, s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    etags = [s3.upload_part(**where, PartNumber=n, Body=b"x" * n)["ETag"] for n in (1, 2)]
    named = [
        f"<Part><PartNumber>{n + 1}</PartNumber><ETag>{e}</ETag></Part>"
        for n, e in enumerate(etags)
    ]

    def complete(*parts: str, **headers: str) -> str:
        body = f"<CompleteMultipartUpload>{''.join(parts)}</CompleteMultipartUpload>".encode()
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        return raw.send("POST", f"/{bucket}/a?uploadId={upload}", told, body)[1].decode()

    assert "<Code>MalformedXML</Code>" in complete()
    assert "<Code>InvalidPartOrder</Code>" in complete(*reversed(named))
    assert "<Code>InvalidRequest</Code>" in complete(*named, x_amz_mp_object_size="4")
    wrong = named[0].replace("</Part>", "<ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>")
    assert "<Code>InvalidPart</Code>" in complete(wrong)
    assert "<ETag>" in complete(*named, x_amz_mp_object_size="3")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"xxx"
