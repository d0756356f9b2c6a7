from penchant.domain.arns import Kind, Owner, public

OWNER = Owner("123456789012", "eu-west-1")


def test_an_arn_names_region_account_kind_and_name():
    arn = OWNER.arn(Kind.DATASET_GROUP, "shop")
    assert arn == "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop"


def test_a_solution_version_stands_below_its_solution():
    arn = OWNER.arn(Kind.SOLUTION_VERSION, "best/0123abcd")
    assert arn == "arn:aws:personalize:eu-west-1:123456789012:solution/best/0123abcd"


def test_what_belongs_to_the_service_has_neither_region_nor_account():
    assert public("recipe", "aws-sims") == "arn:aws:personalize:::recipe/aws-sims"
