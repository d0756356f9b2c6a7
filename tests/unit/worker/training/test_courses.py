"""Measuring settings in this process and in others."""

import multiprocessing
import os
import signal

import pytest

from penchant.domain.recipes import BUILT_IN
from penchant.recipes.contract import silent
from penchant.worker.training.courses import Bench, Course
from penchant.worker.training.validating import validation_split

from .test_tuning import groups

SIMS = BUILT_IN.get("arn:aws:personalize:::recipe/aws-sims")
SETTINGS = [{"min_cointeraction_count": str(n)} for n in (0, 3, 9)]


@pytest.fixture(scope="module")
def course():
    split = validation_split(groups(), 0)
    part = split.train.subset(split.train.user_indices % 2 == 0)
    return Course(SIMS, {}, {}, split, part, 0, "mean_reciprocal_rank_at_25")


def test_a_setting_has_its_metric_of_the_part_or_the_whole(course):
    part, whole = (course.measure(SETTINGS[0], early=early, progress=silent) for early in (1, 0))
    assert 0 < part < 1
    assert 0 < whole < 1
    assert part != whole


def test_a_setting_that_cannot_be_learned_with_has_its_reason(course):
    found = course.measure({"min_cointeraction_count": "99"}, early=False, progress=silent)
    assert "min_cointeraction_count='99' is out of range" in found


def test_processes_measure_what_one_does_and_end_with_the_bench(course):
    steps = []
    with Bench(course, 1, 3, silent) as alone:
        expected = [alone.measure(SETTINGS, early=early) for early in (True, False)]
    with Bench(course, 2, 3, steps.append, worth_s=0.0) as bench:
        assert bench.measure(SETTINGS, early=True) == expected[0]
        helpers = multiprocessing.active_children()
        assert len(helpers) == 2
        assert bench.measure(SETTINGS, early=False) == expected[1]
        assert steps[-1].done == pytest.approx(1.0)
        os.kill(helpers[0].pid, signal.SIGKILL)
        with pytest.raises(ValueError, match=r"status -9 .*set maxParallelTrainingJobs to 1"):
            bench.measure(SETTINGS, early=False)
    assert not multiprocessing.active_children()


def test_no_process_is_started_where_measuring_is_quick(course):
    with Bench(course, 2, 3, silent, worth_s=60.0) as bench:
        bench.measure(SETTINGS, early=True)
        assert not multiprocessing.active_children()
