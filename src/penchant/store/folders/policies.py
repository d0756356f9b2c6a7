"""Who may do what with a bucket, by its policy: the part of IAM's language that buckets need."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from penchant.store.folders.buckets import Bucket

PERSONALIZE: Final = "personalize.amazonaws.com"
_VERSIONS: Final = {"2012-10-17", "2008-10-17"}


@dataclass(frozen=True, slots=True)
class Access:
    """What someone wants to do.

    Attributes:
        account: Whose key.
        action: As in policies, `s3:GetObject`.
        key: The object's key; None where the action is on the bucket itself.
        service: The service that acts for the account.
        context: Condition keys in lower case (`aws:securetransport`) and their values.
    """

    account: str
    action: str
    key: str | None = None
    service: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(bucket: Bucket, access: Access) -> bool:
    """Decide: an explicit deny wins, the owner may otherwise do all, others what is allowed."""
    effects = {s["Effect"] for s in _statements(bucket) if _applies(s, bucket, access)}
    if "Deny" in effects:
        return access.account == bucket.account and access.action.endswith("BucketPolicy")
    return access.account == bucket.account or "Allow" in effects


def check_policy(text: str) -> None:
    """Check a policy's form.

    Raises:
        ValueError: The text is no policy; says what is wrong.
    """
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise ValueError(f"The policy is not JSON: {error}.") from None
    if not isinstance(policy, dict) or not _listed(policy.get("Statement")):
        raise ValueError("The policy needs a 'Statement' with at least one statement.")
    if policy.get("Version", "2012-10-17") not in _VERSIONS:
        raise ValueError(f"Version {policy['Version']!r} is unknown. Use 2012-10-17.")
    for statement in _listed(policy["Statement"]):
        _check_statement(statement)


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
        raise ValueError(f"Statement {statement!r} needs an 'Effect' of Allow or Deny.")
    for name in ("Principal", "Action", "Resource"):
        if f"Not{name}" in statement:
            raise ValueError(f"'Not{name}' is not supported here. Write '{name}' instead.")
        if name not in statement:
            raise ValueError(f"Statement {statement!r} needs '{name}'.")


def _statements(bucket: Bucket) -> list[dict[str, Any]]:
    return _listed(json.loads(bucket.policy)["Statement"]) if bucket.policy else []


def _applies(statement: dict[str, Any], bucket: Bucket, access: Access) -> bool:
    resource = f"arn:aws:s3:::{bucket.name}" + (f"/{access.key}" if access.key is not None else "")
    return (
        _is_principal(statement["Principal"], access)
        and any(_like(str(p).lower(), access.action.lower()) for p in _listed(statement["Action"]))
        and any(_like(str(p), resource) for p in _listed(statement["Resource"]))
        and _holds(statement, access)
    )


def _is_principal(principal: Any, access: Access) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    accounts = {str(p) for p in _listed(principal.get("AWS"))}
    named = {"*", access.account, f"arn:aws:iam::{access.account}:root"}
    return bool(accounts & named) or access.service in _listed(principal.get("Service"))


def _holds(statement: dict[str, Any], access: Access) -> bool:
    """Whether the conditions hold; one that is not understood denies and never allows."""
    for operator, wanted in statement.get("Condition", {}).items():
        for name, patterns in wanted.items():
            value = access.context.get(name.lower())
            compare = _OPERATORS.get(operator)
            if value is None or compare is None:
                return bool(statement["Effect"] == "Deny")
            if not any(compare(str(pattern), value) for pattern in _listed(patterns)):
                return False
    return True


def _like(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _same(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


_OPERATORS: Final = {
    "StringEquals": str.__eq__,
    "StringLike": _like,
    "ArnLike": _like,
    "ArnEquals": _like,
    "Bool": _same,
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
