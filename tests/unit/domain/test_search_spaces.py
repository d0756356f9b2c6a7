import pytest

from penchant.domain.recipes import BUILT_IN, Parameter
from penchant.domain.search_spaces import budget, search_space, shown

HRNN = BUILT_IN.get("arn:aws:personalize:::recipe/aws-user-personalization")
SIMS = BUILT_IN.get("arn:aws:personalize:::recipe/aws-sims")
POPULAR = BUILT_IN.get("arn:aws:personalize:::recipe/aws-popularity-count")


def ranges(integers=(), floats=(), words=()):
    return {
        "algorithmHyperParameterRanges": {
            "integerHyperParameterRanges": list(integers),
            "continuousHyperParameterRanges": list(floats),
            "categoricalHyperParameterRanges": list(words),
        }
    }


BPTT = {"name": "bptt", "minValue": 2, "maxValue": 22}
MASK = {"name": "recency_mask", "values": ["true"]}


def test_without_ranges_everything_tunable_is_searched():
    whole = {"hidden_dimension", "bptt", "recency_mask"}
    assert set(search_space(HRNN, {})) == whole
    assert set(search_space(HRNN, ranges())) == whole


def test_ranges_name_what_is_searched_and_how_far():
    space = search_space(HRNN, ranges([BPTT], words=[MASK]))
    assert set(space) == {"bptt", "recency_mask"}
    assert (space["bptt"].low, space["bptt"].high) == (2, 22)
    assert space["recency_mask"].choices == ("True",)
    factor = {"name": "popularity_discount_factor", "minValue": 0.25, "maxValue": 0.5}
    assert search_space(SIMS, ranges(floats=[factor]))[factor["name"]].high == 0.5


def test_names_may_carry_the_prefix_that_describe_prints():
    assert set(search_space(HRNN, shown(ranges([BPTT], words=[MASK])))) == {"bptt", "recency_mask"}


def test_describe_prints_names_with_the_part_they_belong_to():
    printed = shown(ranges([BPTT], words=[MASK]))["algorithmHyperParameterRanges"]
    assert printed["integerHyperParameterRanges"][0]["name"] == "training.bptt"
    assert printed["categoricalHyperParameterRanges"][0]["name"] == "data.recency_mask"
    assert shown({"hpoResourceConfig": {}}) == {"hpoResourceConfig": {}}


@pytest.mark.parametrize(
    ("entry", "config", "text"),
    [
        (POPULAR, {}, "aws-popularity-count has no hyper-parameters that can be tuned"),
        (
            HRNN,
            {"algorithmHyperParameterRanges": {"integerHyperParameterRanges": []}},
            r"\.continuousHyperParameterRanges is missing; give all three lists",
        ),
        (HRNN, ranges([{"name": "depth"}]), "names 'depth', which aws-user-personalization cannot"),
        (HRNN, ranges([BPTT, BPTT]), "names 'bptt' more than once"),
        (HRNN, ranges(floats=[BPTT]), "bptt belongs into .*integerHyper.*, not into continuous"),
        (HRNN, ranges([{**BPTT, "maxValue": 33}]), "bptt may be tuned from 2 to 32; minValue 2 an"),
        (HRNN, ranges([{**BPTT, "minValue": 23}]), "minValue 23 and maxValue 22 are no range"),
        (HRNN, ranges(words=[{**MASK, "values": ["soon"]}]), "'soon' is none of them"),
        (HRNN, ranges(words=[{**MASK, "values": []}]), "recency_mask has no values to try; give"),
    ],
)
def test_ranges_that_do_not_fit_say_what_would(entry, config, text):
    with pytest.raises(ValueError, match=text):
        search_space(entry, config)


def test_a_range_without_an_end_goes_as_far_as_the_recipe():
    space = search_space(HRNN, ranges([{"name": "bptt", "minValue": 9}]))
    assert space["bptt"] == Parameter("32", 9, 32, integer=True, tunable=True)


def test_twenty_trainings_two_at_a_time_unless_said():
    assert budget({}) == (20, 2)
    resources = {"maxNumberOfTrainingJobs": "40", "maxParallelTrainingJobs": "10"}
    assert budget({"hpoResourceConfig": resources}) == (40, 10)
    assert budget({"hpoResourceConfig": {"maxNumberOfTrainingJobs": "1"}}) == (1, 1)


@pytest.mark.parametrize("text", ["41", "0", "-1", "many", "1.5", "²"])
def test_a_number_of_trainings_out_of_range_is_refused(text):
    with pytest.raises(ValueError, match=r"maxNumberOfTrainingJobs is .*from 1 to 40"):
        budget({"hpoResourceConfig": {"maxNumberOfTrainingJobs": text}})
    with pytest.raises(ValueError, match=r"maxParallelTrainingJobs is .*from 1 to 10"):
        budget({"hpoResourceConfig": {"maxParallelTrainingJobs": text}})
