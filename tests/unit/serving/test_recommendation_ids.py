import re

from penchant.serving.recommendation_ids import campaign_part, new_recommendation_id, seed_of

CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/shop"


def test_an_id_has_the_service_s_form_and_forty_characters():
    found = new_recommendation_id(campaign_part(CAMPAIGN))
    form = r"RID-[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-CID-[0-9a-f]{6}"
    assert re.fullmatch(form, found)
    assert len(found) == 40


def test_ids_of_one_campaign_differ_in_front_and_agree_behind():
    first, second = (new_recommendation_id(campaign_part(CAMPAIGN)) for _ in range(2))
    assert first != second
    assert first[-6:] == second[-6:]


def test_campaigns_have_parts_of_their_own():
    assert campaign_part(CAMPAIGN) != campaign_part(CAMPAIGN + "2")


def test_the_seed_depends_on_user_and_answer():
    assert seed_of("u", "RID") == seed_of("u", "RID")
    assert len({seed_of("u", "RID"), seed_of("v", "RID"), seed_of("u", "RIE")}) == 3
