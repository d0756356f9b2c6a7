"""The small services of the account, beside S3 on the same port."""

import json
from datetime import UTC, datetime

import boto3
import pytest

from .raw import refused


@pytest.fixture
def server(sandbox):
    return sandbox


def test_the_callers_account_is_the_one_of_the_key(server):
    assert server.client("sts").get_caller_identity()["Account"] == "111111111111"
    assert server.client("sts", key="TWO").get_caller_identity()["Account"] == "222222222222"


def test_roles_are_made_and_aws_policies_attached(server):
    iam = server.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName="personalize", AssumeRolePolicyDocument=trust)["Role"]
    assert role["Arn"] == "arn:aws:iam::111111111111:role/personalize"
    arn = "arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"
    iam.attach_role_policy(RoleName="personalize", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="personalize")["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [arn]
    again = {"RoleName": "personalize", "AssumeRolePolicyDocument": trust}
    assert refused(iam.create_role, **again)[0] == "EntityAlreadyExists"
    other = server.client("iam", key="TWO")
    assert refused(other.get_role, RoleName="personalize")[0] == "NoSuchEntity"


def test_the_credentials_of_an_assumed_role_work(server, bucket):
    sts = server.client("sts")
    role = "arn:aws:iam::111111111111:role/anything"
    told = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    assert told["Expiration"] > datetime.now(UTC)
    session = boto3.Session(
        told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"], "us-east-1"
    )
    assumed = session.client("s3", endpoint_url=server.address)
    assumed.put_object(Bucket=bucket, Key="a", Body=b"a")
    identity = session.client("sts", endpoint_url=server.address).get_caller_identity()
    assert identity["Account"] == "111111111111"


def test_roles_of_other_accounts_are_not_assumed(server):
    arguments = {"RoleArn": "arn:aws:iam::222222222222:role/x", "RoleSessionName": "test"}
    assert refused(server.client("sts").assume_role, **arguments) == ("AccessDenied", 403)


def test_the_other_small_services_answer(server):
    ssm = server.client("ssm")
    ssm.put_parameter(Name="name", Value="value", Type="String")
    assert ssm.get_parameter(Name="name")["Parameter"]["Value"] == "value"
    entry = {"Source": "test", "DetailType": "test", "Detail": "{}"}
    assert server.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    metrics = server.client("cloudwatch")
    datum = {"MetricName": "GetRecommendations", "Value": 1.0}
    metrics.put_metric_data(Namespace="AWS/Personalize", MetricData=[datum])
    names = [one["MetricName"] for one in metrics.list_metrics()["Metrics"]]
    assert names == ["GetRecommendations"]
    assert server.client("kms").create_key()["KeyMetadata"]["Arn"].split(":")[4] == "111111111111"


def test_a_service_that_is_not_here_is_named(server):
    code = refused(server.client("secretsmanager").list_secrets)
    assert code == ("NotImplemented", 501)
