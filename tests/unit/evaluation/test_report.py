import json

import numpy as np
import pytest

from penchant.evaluation.report import COMPARED, MAIN, report_of
from penchant.evaluation.report_views import HISTORY, POPULARITY, popularity_groups

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


def test_buckets_part_the_users_and_what_was_to_be_found(report):
    histories = [b for b in report.buckets if b.kind == HISTORY and b.name == "bad"]
    items = [b for b in report.buckets if b.kind == POPULARITY and b.name == "bad"]

    assert sum(one.n_users for one in histories) == judged.N_USERS
    assert sum(one.n_users for one in items) == judged.N_USERS  # one relevant item each
    assert {one.label for one in items} <= {"popular", "middle", "rare", "new"}


def test_popularity_groups_hold_a_third_of_the_rows_each_and_new_items_none():
    groups = popularity_groups(np.array([1, 30, 0, 15, 15, 29]))

    assert groups.tolist() == [2, 0, 3, 1, 2, 1]


def test_the_reach_of_lists_grows_from_nothing_to_everything(report):
    (reach,) = [one for one in report.reach if one.name == "bad"]

    assert reach.curve[0] == 0
    assert reach.curve[-1] == pytest.approx(1)
    assert (np.diff(reach.curve) >= 0).all()


def test_a_report_is_json_values(report):
    values = json.loads(json.dumps(report.values()))

    assert values["names"] == ["<good>", "also good", "bad"]
    assert values["figures"][0]["interval"]["mean"] == report.figures[0].interval.mean


def test_nothing_to_judge_is_refused():
    with pytest.raises(ValueError, match="name at least one recipe"):
        report_of([], judged.split_of(), seed=0)
