"""Actions and what users did about them."""

import numpy as np
import pytest

from penchant.data.actions import NOT_TAKEN, TAKEN, VIEWED, ActionSet, event_type_of, in_data_form
from penchant.data.training_set import NO_TIME
from penchant.data.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Taken", TAKEN),
        ("TAKEN", TAKEN),
        ("Not Taken", NOT_TAKEN),
        ("Not taken", NOT_TAKEN),
        ("NOT_TAKEN", NOT_TAKEN),
        ("viewed", VIEWED),
        ("clicked", None),
        ("", None),
    ],
)
def test_event_types_are_known_in_any_spelling(name, kind):
    assert event_type_of(name) == kind


def test_event_types_are_written_one_way_and_other_texts_as_they_are():
    assert [in_data_form(name) for name in ("not taken", "Viewed", "clicked")] == [
        "NOT_TAKEN",
        "VIEWED",
        "clicked",
    ]


def test_rows_keep_all_actions():
    actions = ActionSet.plain(Vocabulary(["a", "b", "c"]))
    assert (actions.n_actions, actions.n_rows) == (3, 0)
    full = ActionSet(
        *[getattr(actions, name) for name in list(ActionSet.__dataclass_fields__)[:6]],
        user_indices=np.array([0, 0, 2], np.int32),
        action_indices=np.array([1, 1, 0], np.int32),
        timestamps=np.array([5, 9, 7]),
        event_types=np.array([2, 0, 1], np.int16),
    )
    assert full.offsets(4).tolist() == [0, 2, 2, 3, 3]
    assert full.first_at().tolist() == [7, 5, NO_TIME]
    assert full.history(0, 2).timestamps.tolist() == [5, 9]
    part = full.subset(full.event_types == TAKEN)
    assert (part.n_actions, part.timestamps.tolist()) == (3, [9])
