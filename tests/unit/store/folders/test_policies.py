import json
from datetime import UTC, datetime
from typing import Any

import pytest

from penchant.store.folders.buckets import Bucket
from penchant.store.folders.policies import PERSONALIZE, Access, allowed, check_policy

OWNER, OTHER = "111111111111", "222222222222"
ANY = ["arn:aws:s3:::my-bucket", "arn:aws:s3:::my-bucket/*"]


def bucket(*statements: dict[str, Any]) -> Bucket:
    policy = json.dumps({"Statement": statements}) if statements else None
    return Bucket("my-bucket", OWNER, "us-east-1", datetime(2026, 1, 1, tzinfo=UTC), policy)


def statement(**changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::my-bucket/data/*",
    } | changes


READ = Access(OTHER, "s3:GetObject", "data/a.csv")


def test_without_policy_the_owner_alone_may():
    assert allowed(bucket(), Access(OWNER, "s3:GetObject", "a"))
    assert not allowed(bucket(), READ)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": [OTHER]}}, True),
        ({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}, True),
        ({"Principal": {"AWS": OWNER}}, False),
        ({"Principal": {"Service": PERSONALIZE}}, False),
        ({"Principal": "someone"}, False),
        ({"Action": ["s3:Get*", "s3:Put*"]}, True),
        ({"Action": "S3:GETOBJECT"}, True),
        ({"Action": "s3:PutObject"}, False),
        ({"Resource": "arn:aws:s3:::my-bucket/data/?.csv"}, True),
        ({"Resource": "arn:aws:s3:::my-bucket"}, False),
        ({"Resource": "arn:aws:s3:::my-bucket/data/[a].csv"}, False),
        ({"Resource": "arn:aws:s3:::other/*"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, False),
        ({"Condition": {"StringEquals": {"aws:Unknown": "x"}}}, False),
    ],
)
def test_others_may_what_a_statement_allows(changes, expected):
    access = Access(OTHER, READ.action, READ.key, context={"aws:securetransport": "false"})
    assert allowed(bucket(statement(**changes)), access) is expected


def test_a_service_acts_where_it_is_named():
    policy = bucket(statement(Principal={"Service": PERSONALIZE}, Action="s3:*", Resource=ANY))
    assert allowed(policy, Access(OTHER, "s3:ListBucket", None, PERSONALIZE))
    assert not allowed(policy, Access(OTHER, "s3:ListBucket", None))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceAccount": OTHER}}, True),
        ({"StringLike": {"aws:SourceAccount": ["333*", "222*"]}}, True),
        ({"StringEquals": {"aws:SourceAccount": OWNER}}, False),
    ],
)
def test_conditions_on_the_source_account_are_weighed(condition, expected):
    policy = bucket(statement(Principal={"Service": PERSONALIZE}, Condition=condition))
    access = Access(OTHER, READ.action, READ.key, PERSONALIZE, {"aws:sourceaccount": OTHER})
    assert allowed(policy, access) is expected


def test_an_explicit_deny_wins():
    policy = bucket(statement(), statement(Effect="Deny", Resource="*"))
    assert not allowed(policy, READ)
    assert not allowed(policy, Access(OWNER, READ.action, READ.key))


def test_a_deny_whose_condition_is_not_understood_denies():
    condition = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    policy = bucket(statement(), statement(Effect="Deny", Condition=condition))
    assert not allowed(policy, READ)


def test_the_owner_can_always_change_the_policy():
    policy = bucket(statement(Effect="Deny", Action="s3:*", Resource="*"))
    assert allowed(policy, Access(OWNER, "s3:DeleteBucketPolicy"))
    assert not allowed(policy, Access(OTHER, "s3:DeleteBucketPolicy"))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "needs a 'Statement'"),
        ('{"Statement": []}', "needs a 'Statement'"),
        ('{"Version": "2020-01-01", "Statement": [{}]}', "'2020-01-01' is unknown"),
        ('{"Statement": [{"Effect": "Maybe"}]}', "Allow or Deny"),
        ('{"Statement": {"Effect": "Allow", "NotAction": "s3:*"}}', "needs 'Principal'"),
        ('{"Statement": {"Effect": "Allow", "NotPrincipal": "*"}}', "Write 'Principal'"),
    ],
)
def test_what_is_no_policy_is_explained(policy, message):
    with pytest.raises(ValueError, match=message):
        check_policy(policy)


def test_a_policy_in_order_passes():
    check_policy(json.dumps({"Version": "2012-10-17", "Statement": statement()}))


def test_a_version_of_the_language_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="Version '2026-01-01' is unknown"):
        check_policy(json.dumps({"Version": "2026-01-01", "Statement": [statement()]}))
