import pytest

from penchant.domain.errors import InvalidInputException
from penchant.service.addresses import check_address, leads_somewhere


@pytest.mark.parametrize("address", ["s3://b", "s3://b/", "s3://b/k.csv", "file:///srv/out/"])
def test_buckets_and_local_paths_lead_somewhere(address):
    assert leads_somewhere(address)
    check_address("path", address, "s3://bucket/")


@pytest.mark.parametrize("address", ["https://b/k.csv", "http://b/", "s3://", "s3:///k", "file://"])
def test_other_addresses_are_refused_with_one_that_is_right(address):
    assert not leads_somewhere(address)
    with pytest.raises(InvalidInputException) as refused:
        check_address("path", address, "s3://bucket/")
    assert refused.value.message == f"path is '{address}'; give an address such as s3://bucket/."


@pytest.mark.parametrize("address", [None, ""])
def test_what_is_missing_is_told(address):
    with pytest.raises(InvalidInputException, match=r"path is missing; .* such as s3://bucket/\."):
        check_address("path", address, "s3://bucket/")
