import numpy as np
import pytest

from penchant.domain.recipes import Parameter
from penchant.evaluation.search import FAILED, FINISHED, PRUNED, Trial, best_of, search

SPACE = {
    "width": Parameter("8", 1, 64, integer=True, tunable=True),
    "mask": Parameter("True", choices=("True", "False"), tunable=True),
    "share": Parameter("0.5", 0, 1, tunable=True),
}


class Valley:
    """The best setting is width 40, mask False, share .25; `calls` are the batches measured."""

    def __init__(self, refuse=()):
        self.calls = []
        self.refuse = refuse

    def __call__(self, settings, *, early):
        self.calls.append((len(settings), early))
        return [self.value(one) for one in settings]

    def value(self, setting):
        if setting["mask"] in self.refuse:
            return f"mask {setting['mask']} cannot be"
        lost = abs(int(setting["width"]) - 40) / 64 + abs(float(setting["share"]) - 0.25)
        return 1.0 - lost - 0.5 * (setting["mask"] == "True")


def tried(refuse=(), **changes):
    valley = Valley(refuse)
    return valley, search(SPACE, valley, **{"n_trials": 30, "batch": 1, "seed": 0, **changes})


def test_the_better_settings_are_found():
    _, trials = tried()
    chosen = best_of(trials)
    by_chance = np.median([Valley().value(one.setting) for one in tried(n_trials=10)[1]])
    assert chosen.setting["mask"] == "False"
    assert chosen.value > by_chance + 0.3


def test_the_same_seed_tries_the_same_settings():
    assert tried()[1] == tried()[1]
    assert tried(seed=1)[1] != tried()[1]


def test_the_first_setting_is_the_one_given_brought_into_the_space():
    first = {"width": "99", "mask": "True", "share": "0.5"}
    _, trials = tried(first=first, n_trials=2)
    assert trials[0].setting == {"width": "64", "mask": "True", "share": "0.5"}


def test_values_stay_inside_their_ranges():
    narrow = {"width": Parameter("8", 5, 6, integer=True), "share": Parameter("0.5", 0.5, 0.75)}
    trials = search(
        narrow, lambda settings, early: [0.5] * len(settings), n_trials=20, batch=2, seed=3
    )
    assert {one.setting["width"] for one in trials} == {"5", "6"}
    assert all(0.5 <= float(one.setting["share"]) <= 0.75 for one in trials)


def test_every_setting_is_tried_once_and_no_more_than_there_are():
    space = {"mask": SPACE["mask"], "width": Parameter("1", 1, 3, integer=True)}
    trials = search(
        space, lambda settings, early: [1.0] * len(settings), n_trials=40, batch=2, seed=0
    )
    settings = [tuple(one.setting.values()) for one in trials]
    assert len(settings) == len(set(settings)) == 6


def test_a_batch_is_measured_at_once():
    valley, trials = tried(n_trials=7, batch=3, early=False)
    assert [n for n, early in valley.calls] == [3, 3, 1]
    assert not any(early for _, early in valley.calls)
    assert {one.state for one in trials} == {FINISHED}


def test_what_is_poor_on_a_part_of_the_data_is_given_up():
    valley, trials = tried()
    pruned = [one for one in trials if one.state == PRUNED]
    assert 5 <= len(pruned) < 26
    assert all(one.value is None and one.early is not None for one in pruned)
    assert sum(n for n, early in valley.calls if not early) == 30 - len(pruned)
    assert best_of(trials).value > max(one.early for one in pruned)


def test_a_setting_that_cannot_be_learned_with_is_passed_over():
    _, trials = tried(refuse=("True",))
    failed = [one for one in trials if one.state == FAILED]
    assert failed
    assert failed[0].reason == "mask True cannot be"
    assert best_of(trials).setting["mask"] == "False"


def test_no_setting_to_learn_with_is_an_error_that_tells_the_last_reason():
    _, trials = tried(refuse=("True", "False"), n_trials=3)
    with pytest.raises(ValueError, match="none of 3 settings could be learned with; the last one"):
        best_of(trials)
    with pytest.raises(ValueError, match="the last one: pruned"):
        best_of([Trial({}, PRUNED, early=0.1)])


def test_of_equals_the_first_is_best():
    same = [Trial({"width": text}, FINISHED, value=0.5) for text in ("1", "2")]
    assert best_of(same).setting == {"width": "1"}
