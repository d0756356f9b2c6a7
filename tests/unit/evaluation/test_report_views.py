import numpy as np
import pytest

from penchant.evaluation.report_views import HISTORY, POPULARITY, popularity_groups

from . import judged


@pytest.fixture(scope="module")
def report():
    return judged.report()


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
