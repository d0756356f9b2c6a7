from datetime import UTC, datetime
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import HmacV1QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from penchant.protocol import sigv2
from penchant.protocol.sigv4 import Reason, RefusedError, SignedRequest

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
QUERY = b"AWSAccessKeyId=AKID&Signature=c2ln&Expires=1767323045"


@pytest.fixture
def signed(monkeypatch):
    """A URL that boto3 signed at `NOW` for a minute."""
    monkeypatch.setattr("time.time", NOW.timestamp)

    def sign(operation, *, style="path", token=None, **parameters):
        s3 = boto3.client(
            "s3",
            endpoint_url="http://localhost:8080",
            region_name="us-east-1",
            aws_access_key_id="AKID",
            aws_secret_access_key=SECRET,
            aws_session_token=token,
            config=Config(s3={"addressing_style": style}),
        )
        return s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=60)

    return sign


def check(url, method="GET", *, bucket="", now=NOW, secret=SECRET, **headers):
    split = urlsplit(url)
    query = split.query.encode()
    read = sigv2.read(query)
    sent = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    request = SignedRequest(method, split.path.encode(), query, read.headers() | sent)
    sigv2.verify(read, secret, request, bucket=bucket, now=now)


def refused(*given, **options):
    with pytest.raises(RefusedError) as caught:
        check(*given, **options)
    return caught.value.reason


def test_the_example_of_the_reference_is_accepted():
    url = (
        "http://johnsmith.s3.amazonaws.com/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
        "&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620"
    )
    check(url, bucket="johnsmith", now=datetime(2007, 3, 27, tzinfo=UTC))


@pytest.mark.parametrize(
    ("method", "operation", "parameters"),
    [
        ("GET", "get_object", {"Key": "a b/ü+~.csv", "VersionId": "a/b+c"}),
        ("GET", "get_object", {"Key": "k", "ResponseContentDisposition": 'inline; filename="ü&+"'}),
        ("HEAD", "head_object", {"Key": "k"}),
        ("PUT", "put_object", {"Key": "k", "Metadata": {"b": "2", "a": "1"}}),
        ("DELETE", "delete_object", {"Key": "k"}),
        ("PUT", "upload_part", {"Key": "k", "PartNumber": 2, "UploadId": "u"}),
        ("POST", "create_multipart_upload", {"Key": "k"}),
        ("GET", "list_objects_v2", {"Prefix": "a/"}),
        ("GET", "get_bucket_policy", {}),
    ],
)
@pytest.mark.parametrize(("style", "bucket"), [("path", ""), ("virtual", "my-bucket")])
@pytest.mark.parametrize("token", [None, "to/k+n="])
def test_what_boto3_signs_is_accepted(signed, method, operation, parameters, style, bucket, token):
    url = signed(operation, style=style, token=token, Bucket="my-bucket", **parameters)
    check(url, method, bucket=bucket)
    assert refused(url, method, bucket=bucket, secret="other") is Reason.MISMATCH


def test_a_list_of_all_buckets_is_accepted(signed):
    check(signed("list_buckets"))


def test_a_bucket_alone_may_be_signed_without_the_slash_of_boto3():
    request = AWSRequest("GET", "http://localhost:8080/my-bucket", data=b"")
    HmacV1QueryAuth(Credentials("AKID", SECRET)).add_auth(request)
    check(request.url, now=datetime.now(UTC))
    assert refused(request.url.replace("my-bucket", "other"), now=NOW) is Reason.MISMATCH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/b/k?", "/b/other?"),
        ("/b/k?", "/c/k?"),
        ("Expires=1767323105", "Expires=1767323106"),
        ("text%2Fplain", "text%2Fhtml"),
        ("response-content-type", "response-content-language"),
        ("/b/k?", "/b/k?uploads&"),
        ("/b/k?", "/b/k?%75ploads&"),
        ("/b/k?", "/b/k?tagging=&"),
        ("/b/k?", "/b/k?response-content-type=text%2Fhtml&"),
        ("/b/k?", "/b/k?x-amz-acl=private&"),
        ("Signature=", "Signature=A"),
        ("Signature=", "Signature=%FF"),
    ],
)
def test_what_was_changed_is_refused(signed, old, new):
    url = signed("get_object", Bucket="b", Key="k", ResponseContentType="text/plain")
    assert old in url
    assert refused(url.replace(old, new)) is Reason.MISMATCH


def test_another_method_or_bucket_or_header_is_refused(signed):
    url = signed("get_object", Bucket="b", Key="k")
    check(url)
    assert refused(url, "PUT") is Reason.MISMATCH
    assert refused(url, bucket="c") is Reason.MISMATCH
    assert refused(url, x_amz_acl=b"private") is Reason.MISMATCH
    assert refused(url, content_type=b"text/csv") is Reason.MISMATCH
    assert refused(url, content_md5=b"x") is Reason.MISMATCH


def test_a_bucket_in_the_path_is_not_one_in_the_host(signed):
    url = signed("get_object", Bucket="my-bucket", Key="k", style="virtual")
    assert refused(url) is Reason.MISMATCH


def test_a_signed_content_type_has_to_be_sent(signed):
    url = signed("put_object", Bucket="b", Key="k", ContentType="text/csv")
    check(url, "PUT", content_type=b"text/csv")
    assert refused(url, "PUT") is Reason.MISMATCH


def test_it_ends_at_its_second(signed):
    url = signed("get_object", Bucket="b", Key="k")
    check(url, now=NOW.replace(minute=5))
    late = NOW.replace(minute=5, second=6)
    assert refused(url, now=late) is Reason.EXPIRED


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"&Signature=c2ln", b"", "requires the parameters Signature, Expires and AWSAccessKeyId"),
        (b"&Signature=c2ln", b"&Signature=", "requires the parameters"),
        (b"&Expires=1767323045", b"", "requires the parameters"),
        (b"=AKID", b"=AKID&AWSAccessKeyId=AKID", "each once."),
        (b"=1767323045", b"=soon", "(should be seconds since epoch): 'soon'"),
        (b"=1767323045", b"=" + b"1" * 12, "(should be seconds since epoch): '111111111111'"),
        (b"=1767323045", b"=-1", "(should be seconds since epoch): '-1'"),
        (b"=c2ln", b"=c2ln&x-amz-meta-a=1%0A", "'x-amz-meta-a' stands for a header and holds a co"),
    ],
)
def test_an_incomplete_query_is_told_what_it_lacks(old, new, words):
    assert old in QUERY
    with pytest.raises(RefusedError) as caught:
        sigv2.read(QUERY.replace(old, new))
    assert caught.value.reason is Reason.INCOMPLETE
    assert words in caught.value.message


def test_headers_in_the_query_are_joined():
    query = QUERY + b"&x-amz-meta-a=1&x-amz-meta-a=%C3%BC&X-Amz-Meta-B=2&prefix=p"
    assert sigv2.read(query).headers() == {b"x-amz-meta-a": b"1,\xc3\xbc"}


def test_it_is_handed_on_as_a_signature_for_s3_without_a_signed_body():
    signature = sigv2.read(QUERY).as_signature("eu-west-1", "")
    assert (signature.service, signature.region) == ("s3", "eu-west-1")
    assert signature.payload_hash == "UNSIGNED-PAYLOAD"
    assert signature.presigned
    assert signature.timestamp == "20260102T030405Z"
    assert sigv2.read(QUERY).as_signature("eu-west-1", "abc").payload_hash == "abc"
