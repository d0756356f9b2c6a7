import json

import pytest

from penchant.domain.metrics import MAIN
from penchant.evaluation.report import COMPARED, report_of

from . import judged


@pytest.fixture(scope="module")
def report():
    return judged.report()


def test_figures_are_means_over_users_and_seeds(report):
    first = report.interval("also good", "kept", "hit_rate_at_5")

    assert 0.5 <= first.mean <= 1
    assert first.low < first.mean < first.high
    of_two = next(f for f in report.figures if (f.name, f.metric) == ("<good>", MAIN))
    assert of_two.seed_deviation > 0
    of_one = next(f for f in report.figures if (f.name, f.metric) == ("bad", MAIN))
    assert of_one.seed_deviation is None


def test_every_recipe_is_compared_with_the_baselines_and_with_the_recipes_after_it(report):
    found = [(one.name, one.other) for one in report.comparisons if one.metric == MAIN]

    assert found == [("<good>", "also good"), ("<good>", "bad"), ("also good", "bad")]
    assert len(report.comparisons) == 3 * len(COMPARED)


def test_what_is_better_is_found_better_and_p_values_are_corrected(report):
    one = next(
        c for c in report.comparisons if (c.name, c.other, c.metric) == ("also good", "bad", MAIN)
    )

    assert one.difference.low > 0
    assert one.p < one.p_holm < 0.01


def test_coverage_is_the_share_of_the_catalogue_in_any_list(report):
    assert report.interval("bad", "kept", "coverage").mean == 1.0


def test_a_report_is_json_values(report):
    values = json.loads(json.dumps(report.values()))

    assert values["names"] == ["<good>", "also good", "bad"]
    assert values["figures"][0]["interval"]["mean"] == report.figures[0].interval.mean


def test_nothing_to_judge_is_refused():
    with pytest.raises(ValueError, match="name at least one recipe"):
        report_of([], judged.split_of(), seed=0)
