"""How the sandbox takes bodies: checked, whole, and surviving a kill."""

import base64
import hashlib
import http.client
import os
import threading
import time
import zlib
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError

from penchant.protocol import sigv4
from penchant.sandbox.s3.crc import CRC32C, CRC64NVME

from ...waiting import until
from .conftest import running_sandbox
from .raw import Raw, Signer, refused


@pytest.fixture
def server(sandbox):
    return sandbox


@pytest.fixture
def raw(server):
    return Raw(server)


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
        until(lambda: any(p.stat().st_size >= 2**20 for p in staged.iterdir()))
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
    signer = Signer(Credentials("AKIAONE", "first secret"), "s3", "us-east-1")
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
