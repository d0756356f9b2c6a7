import base64
import hashlib
import zlib

import pytest

from penchant.sandbox.s3 import checksums
from penchant.sandbox.s3.errors import S3Error


def crc(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def test_stated_checksums_are_read_by_algorithm():
    headers = {
        "x-amz-checksum-crc32": "AAAAAA==",
        "x-amz-checksum-mode": "ENABLED",
        "x-amz-checksum-type": "COMPOSITE",
        "x-amz-checksum-algorithm": "CRC32",
    }
    assert checksums.stated(headers) == {"crc32": "AAAAAA=="}


def test_an_unknown_algorithm_is_named_with_the_known_ones():
    with pytest.raises(S3Error, match=r"'xxhash64' is not supported. Use one of CRC32, CRC32C"):
        checksums.stated({"x-amz-checksum-xxhash64": "AAAA"})


@pytest.mark.parametrize("text", ["AAAA", "not base64!", ""])
def test_what_is_no_digest_is_refused(text: str):
    with pytest.raises(S3Error, match="is not 4 bytes in Base64"):
        checksums.decode(text, 4)


def test_a_composite_checksum_is_that_of_the_parts_digests():
    parts = [hashlib.sha256(part).digest() for part in (b"one", b"two")]
    expected = base64.b64encode(hashlib.sha256(b"".join(parts)).digest()).decode() + "-2"
    stated = [base64.b64encode(part).decode() for part in parts]
    assert checksums.of_parts("sha256", stated, [3, 3], "COMPOSITE") == expected


def test_a_full_object_checksum_is_that_of_the_content():
    parts = [b"one", b"", b"three" * 1000]
    whole = checksums.of_parts(
        "crc32", [crc(part) for part in parts], [len(part) for part in parts], "FULL_OBJECT"
    )
    assert whole == crc(b"".join(parts))


def test_a_hash_cannot_be_joined_to_that_of_the_whole():
    with pytest.raises(S3Error, match="FULL_OBJECT checksum type cannot be used with sha1"):
        checksums.of_parts("sha1", ["AAAA"], [1], "FULL_OBJECT")
