from pathlib import Path

import pytest

from penchant.sandbox.s3.conditions import byte_range, check_read, demand
from penchant.sandbox.s3.errors import S3Error
from penchant.store.folders.objects import Demand, StoredObject
from penchant.store.folders.sidecars import About

# 2026-01-01T00:00:00.5Z
OBJECT = StoredObject("a", Path("a"), 10, 1_767_225_600_500_000_000, About("tag"))
BEFORE, AT = "Wed, 31 Dec 2025 23:59:59 GMT", "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, None),
        ({"if-match": '"tag"'}, None),
        ({"if-match": "*"}, None),
        ({"if-match": '"no"'}, "PreconditionFailed"),
        ({"if-match": '"tag"', "if-unmodified-since": BEFORE}, None),
        ({"if-unmodified-since": BEFORE}, "PreconditionFailed"),
        ({"if-unmodified-since": AT}, None),
        ({"if-none-match": '"no", "tag"'}, "NotModified"),
        ({"if-none-match": '"no"', "if-modified-since": AT}, None),
        ({"if-modified-since": AT}, "NotModified"),
        ({"if-modified-since": BEFORE}, None),
        ({"if-modified-since": "yesterday"}, None),
    ],
)
def test_conditions_are_weighed_as_http_says(headers, code):
    if code is None:
        check_read(OBJECT, headers)
        return
    with pytest.raises(S3Error) as caught:
        check_read(OBJECT, headers)
    assert caught.value.code == code


def test_a_copys_source_is_never_not_modified_but_refused():
    with pytest.raises(S3Error) as caught:
        check_read(OBJECT, {"x-amz-copy-source-if-none-match": '"tag"'}, "x-amz-copy-source-")
    assert caught.value.code == "PreconditionFailed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=2-", (2, 8)),
        ("bytes=-3", (7, 3)),
        ("bytes=-30", (0, 10)),
        ("bytes=5-99", (5, 5)),
        ("bytes=5-4", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("lines=1-2", None),
    ],
)
def test_ranges_are_cut_to_the_object_and_odd_ones_ignored(text, expected):
    assert byte_range(text, 10) == expected


@pytest.mark.parametrize(("text", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0)])
def test_a_range_behind_the_end_is_refused_with_the_size(text, size):
    with pytest.raises(S3Error) as caught:
        byte_range(text, size)
    assert caught.value.headers == {"content-range": f"bytes */{size}"}


def test_what_a_write_demands_is_read():
    assert demand({}) is None
    assert demand({"if-none-match": "*"}) == Demand(absent=True)
    assert demand({"if-match": '"tag"'}) == Demand(etag="tag")
    with pytest.raises(S3Error, match="use '\\*'"):
        demand({"if-none-match": '"tag"'})
