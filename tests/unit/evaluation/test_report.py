import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.report import COMPARED, MAIN, Contestant, report_of
from penchant.evaluation.report_html import page
from penchant.evaluation.report_plots import plots
from penchant.evaluation.report_views import HISTORY, POPULARITY, popularity_groups
from penchant.evaluation.splits import leave_one_out

N_USERS, N_ITEMS = 40, 30


@pytest.fixture(scope="module")
def split():
    numbers = np.random.default_rng(0)
    lengths = numbers.integers(2, 12, N_USERS)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), lengths)
    items = np.minimum(numbers.zipf(1.6, len(users)) - 1, N_ITEMS - 2).astype(np.int32)
    return leave_one_out(
        TrainingSet(
            Vocabulary(f"u{n}" for n in range(N_USERS)),
            Vocabulary(f"i{n}" for n in range(N_ITEMS)),
            users,
            items,
            np.arange(len(users), dtype=np.int64),
            np.full(len(users), -1, np.int16),
            np.full(len(users), np.nan, np.float32),
        )
    )


def lists(split, hit_rank, seed=0):
    """Random lists, the relevant item standing at `hit_rank` (from 1) of every other user's."""
    numbers = np.random.default_rng(seed)
    ranked = np.array([numbers.permutation(N_ITEMS)[:25] for _ in split.queries], np.int32)
    for user in range(0, len(ranked), 2):
        wanted = split.relevant[user][0]
        others = [item for item in ranked[user] if item != wanted]
        ranked[user] = [*others[: hit_rank - 1], wanted, *others[hit_rank - 1 :]][:25]
    return ranked


@pytest.fixture(scope="module")
def report(split):
    good, bad = lists(split, 1), lists(split, 24)
    contestants = [
        Contestant("<good>", False, {"kept": [good, lists(split, 2, seed=1)]}, fit_s=1.5),
        Contestant("also good", False, {"kept": [good]}, fit_s=2.0),
        Contestant("bad", True, {"kept": [bad]}),
    ]
    return report_of(contestants, split, seed=0)


def test_figures_are_means_over_users_and_seeds(report, split):
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

    assert sum(one.n_users for one in histories) == N_USERS
    assert sum(one.n_users for one in items) == N_USERS  # one relevant item each
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


def test_plots_are_xml_without_anything_from_outside(report):
    drawn = {name: picture for name, _, picture in plots(report)}

    assert set(drawn) == {"metrics-kept", "curves-kept", "buckets-kept", "reach-kept"}
    for picture in drawn.values():
        texts = "".join(ET.fromstring(picture).itertext())
        assert "<good>" in texts
        assert "href" not in picture
        assert "nan" not in picture


def test_the_page_holds_tables_plots_and_sentences_and_nothing_from_outside(report):
    text = page(report, title="Shop & co", about={"data": "a<b"}, files=["metrics.csv"])

    assert "<title>Shop &amp; co</title>" in text
    assert "a&lt;b" in text
    assert text.count("<svg") == 4
    assert "also good is better than bad by ." in text
    assert 'src="' not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme:dark" in text


def test_nothing_to_judge_is_refused(split):
    with pytest.raises(ValueError, match="name at least one recipe"):
        report_of([], split, seed=0)
