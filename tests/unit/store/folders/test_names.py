import pytest

from penchant.store.folders.names import (
    KeyTooLongError,
    NameRefusedError,
    is_bucket_name,
    key_segments,
)


@pytest.mark.parametrize("name", ["abc", "a.b-c", "0a0", "a" * 63])
def test_names_that_s3_admits(name: str):
    assert is_bucket_name(name)


@pytest.mark.parametrize(
    "name",
    ["ab", "a" * 64, "Abc", "a_b", "-ab", "ab-", "a..b", "1.2.3.4", ".meta", "a/b", "", ".."],
)
def test_names_that_s3_does_not_admit(name: str):
    assert not is_bucket_name(name)


def test_a_key_is_divided_into_folders_and_a_file():
    assert key_segments("a/b c/ü.csv") == ("a", "b c", "ü.csv")
    assert key_segments("a/b/") == ("a", "b")


@pytest.mark.parametrize(
    "key", ["", "/", "/a", "a//b", "../a", "a/..", "./a", "a/./b", "a\0b", "a//"]
)
def test_keys_that_are_no_paths_are_refused_with_the_way_out(key: str):
    with pytest.raises(NameRefusedError, match="PENCHANT_S3_ENDPOINT_URL"):
        key_segments(key)


def test_a_key_that_is_not_utf8_is_refused():
    with pytest.raises(NameRefusedError, match="is not UTF-8"):
        key_segments("a\udcff")


def test_lengths_are_counted_in_bytes():
    assert key_segments("ü" * 127) == ("ü" * 127,)
    with pytest.raises(KeyTooLongError, match="has 256 bytes"):
        key_segments("ü" * 128)
    with pytest.raises(KeyTooLongError, match="The key has 1025 bytes"):
        key_segments("a/" * 512 + "a")


def test_a_segment_too_long_for_a_file_is_named():
    with pytest.raises(KeyTooLongError, match=r"Segment 'x{40}'\.\.\. of the key has 300 bytes"):
        key_segments("a/" + "x" * 300)
