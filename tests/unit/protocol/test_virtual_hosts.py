import pytest

from penchant.protocol.virtual_hosts import bucket_of


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("my-bucket.localhost", "my-bucket"),
        ("my-bucket.localhost:8080", "my-bucket"),
        ("my.bucket.localhost", "my.bucket"),
        ("localhost:8080", ""),
        ("127.0.0.1:8080", ""),
        ("example.com", ""),
        ("My_Bucket.localhost", ""),
        ("a.localhost,b.localhost", ""),
        ("", ""),
    ],
)
def test_the_bucket_of_a_host(host, bucket):
    assert bucket_of(host) == bucket


def test_the_longest_domain_counts():
    domains = ("localhost", "s3.localhost")
    assert bucket_of("b.s3.localhost", domains) == "b"
    assert bucket_of("s3.localhost", domains) == ""
