import errno

import pytest

from penchant.sandbox.s3.application import _as_s3_errors
from penchant.sandbox.s3.errors import S3Error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_to_the_client(number: int):
    with pytest.raises(S3Error, match="Free some space") as caught, _as_s3_errors():
        raise OSError(number, "full")
    assert (caught.value.code, caught.value.http_status) == ("InsufficientStorage", 507)


def test_other_faults_of_the_disk_are_the_servers_own():
    with pytest.raises(PermissionError), _as_s3_errors():
        raise PermissionError(errno.EACCES, "no")
