import pytest

from penchant.domain.arns import Kind, Owner, in_partition, public

OWNER = Owner("123456789012", "eu-west-1")


def test_an_arn_names_region_account_kind_and_name():
    arn = OWNER.arn(Kind.DATASET_GROUP, "shop")
    assert arn == "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop"


def test_a_solution_version_stands_below_its_solution():
    arn = OWNER.arn(Kind.SOLUTION_VERSION, "best/0123abcd")
    assert arn == "arn:aws:personalize:eu-west-1:123456789012:solution/best/0123abcd"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")],
)
def test_an_arn_names_the_partition_of_its_region(region, partition):
    arn = Owner("123456789012", region).arn(Kind.SCHEMA, "plays")
    assert arn == f"arn:{partition}:personalize:{region}:123456789012:schema/plays"


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("arn:aws-cn:personalize:::recipe/aws-sims", "arn:aws:personalize:::recipe/aws-sims"),
        ("arn:aws:personalize:::recipe/aws-sims", "arn:aws:personalize:::recipe/aws-sims"),
        ("arn:aws-cn", "arn:aws-cn"),
        ("urn:a:b", "urn:a:b"),
        ("", ""),
    ],
)
def test_an_arn_in_the_partition_of_most_regions(arn, found):
    assert in_partition(arn) == found


def test_what_belongs_to_the_service_has_neither_region_nor_account():
    assert public("recipe", "aws-sims") == "arn:aws:personalize:::recipe/aws-sims"
