"""Buckets that stand in the host name, `<bucket>.<domain>`, instead of in the path.

Who checks signatures and who serves objects have to read the same bucket, hence one function.
"""

import re
from collections.abc import Sequence
from typing import Final

DOMAINS: Final = ("localhost",)
_NOT_IN_NAME: Final = re.compile(r"[^a-z0-9.-]")


def bucket_of(host: str, domains: Sequence[str] = DOMAINS) -> str:
    """The bucket that a `Host` header names; empty where it names none.

    Args:
        host: The header's value, with or without a port.
        domains: Host names below which `<bucket>.<domain>` names a bucket.
    """
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    for domain in sorted(domains, key=len, reverse=True):
        if name.endswith(f".{domain}"):
            bucket = name.removesuffix(f".{domain}")
            return "" if _NOT_IN_NAME.search(bucket) else bucket
        if name == domain:
            return ""
    return ""
