"""Which interactions are learned from, and how much each of them counts."""

from typing import Any

import numpy as np
import pytest

from penchant.data.assembly import EventColumns, EventRule, assemble
from penchant.data.datasets import Dataset
from penchant.data.minimums import TooLittleData, check_minimums
from penchant.data.training_set import TrainingSet

from .support import MEMORY_BYTES, interactions

LOG = interactions(
    {"name": "EVENT_TYPE", "type": ["null", "string"]},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
)
ROWS = [
    ("view", None),
    ("view", None),
    ("buy", 1.0),
    ("buy", 9.0),
    ("rate", 2.0),
    (None, None),
]


def build(*rules: EventRule, **more: Any) -> TrainingSet:
    """Six events of one user, one item each, in order."""
    n = len(ROWS)
    types, values = zip(*ROWS, strict=True)
    streamed = EventColumns(["u"] * n, [f"i{k}" for k in range(n)], range(n), types, values)
    return assemble(
        Dataset(LOG),
        streamed=streamed,
        event_rules=rules,
        memory_bytes=MEMORY_BYTES,
        threads=1,
        **more,
    )


def kept(built: TrainingSet) -> list[str]:
    return [built.items.ids[item] for item in built.item_indices]


def test_a_rule_takes_a_type_in_any_case() -> None:
    assert kept(build(EventRule("VIEW"))) == ["i0", "i1"]
    assert kept(build(EventRule("Buy", 5.0))) == ["i3"]


def test_without_rules_everything_is_learned_from_alike() -> None:
    built = build()
    assert built.n_rows == len(ROWS)
    assert built.weights is None


def test_a_type_that_no_rule_names_is_left_out() -> None:
    assert kept(build(EventRule("buy"), EventRule("rate"))) == ["i2", "i3", "i4"]


def test_each_type_has_a_threshold_of_its_own() -> None:
    assert kept(build(EventRule("buy", 5.0), EventRule("rate", 2.0))) == ["i3", "i4"]


def test_a_threshold_without_a_type_is_for_all_types() -> None:
    assert kept(build(EventRule(None, 2.0))) == ["i3", "i4"]


def test_weights_keep_their_ratios_and_have_the_mean_of_one() -> None:
    built = build(EventRule("view", None, 0.1), EventRule("buy", None, 0.5))
    assert built.weights is not None
    np.testing.assert_allclose(built.weights, [1 / 3, 1 / 3, 5 / 3, 5 / 3], rtol=1e-6)
    assert built.weights.dtype == np.float32
    same = build(EventRule("view", None, 0.2), EventRule("buy", None, 1.0))
    np.testing.assert_allclose(same.weights, built.weights, rtol=1e-6)


def test_equal_weights_are_weights_all_the_same() -> None:
    built = build(EventRule("view", None, 0.3), EventRule("buy", None, 0.3))
    np.testing.assert_array_equal(built.weights, np.ones(4, np.float32))


def test_rows_without_weight_stay_as_history() -> None:
    built = build(EventRule("view", None, 0.0), EventRule("buy", None, 1.0))
    np.testing.assert_array_equal(built.weights, [0.0, 0.0, 2.0, 2.0])


def test_rows_that_weigh_nothing_at_all_are_refused() -> None:
    with pytest.raises(TooLittleData, match="eventsConfig takes have the weight 0: give the"):
        build(EventRule("view", None, 0.0), EventRule("never", None, 1.0))


def test_rules_for_types_on_data_without_types_say_so() -> None:
    with pytest.raises(TooLittleData, match="All values in the event_type column are either"):
        assemble(
            Dataset(LOG),
            streamed=EventColumns(["u"], ["i"], [1], [None], [None]),
            event_rules=[EventRule("buy", None, 0.5)],
            memory_bytes=MEMORY_BYTES,
            threads=1,
        )


def test_no_data_at_all_is_too_few_interactions_whatever_the_rules() -> None:
    with pytest.raises(TooLittleData, match=r"fewer than 1000 interactions.* It has 0; "):
        check_minimums(
            assemble(
                Dataset(LOG),
                event_rules=[EventRule("buy", None, 0.5)],
                memory_bytes=MEMORY_BYTES,
                threads=1,
            )
        )


def test_a_subset_takes_its_weights_along() -> None:
    built = build(EventRule("view", None, 0.0), EventRule("buy", None, 1.0))
    part = built.subset(built.event_types == 0)
    assert part.event_type_names[0] == "buy"
    np.testing.assert_array_equal(part.weights, [2.0, 2.0])


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (EventRule("buy"), "event type: buy"),
        (EventRule("buy", 2.5, 0.1), "event type: buy of at least 2.5"),
        (EventRule(None, 3.0), "any event type of at least 3"),
    ],
)
def test_a_rule_says_what_it_takes(rule: EventRule, text: str) -> None:
    assert str(rule) == text
