"""`aws-next-best-action`: which action a user will take soon.

Told from the items that the user had, from what the user did about actions, and from metadata.
Learned from moments drawn from the users' past (`data.action_moments`): what was known then is
read as `models.action_inputs` has it, and what was taken in the window after it is the answer. A
tenth of the users is held out to choose the epoch and to calibrate, so that a score of 0.2 means
that one in five takes the action within the period.

The window is the optimization period, or half of the time that the data span where that is
shorter; then the probability is carried over to the period as if the windows in it were alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from penchant.data.action_moments import Moments, countable, moments_of, taken_within, window_of
from penchant.data.actions import DAY_S, ActionSet
from penchant.data.training_set import Features, Float32s, Int32s, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.action_catalogue import ActionCatalogue, ActionHistories
from penchant.models.action_inputs import Reading
from penchant.models.action_states import States
from penchant.models.actions import MOST_EXPONENT, ActionsModel
from penchant.models.attributes import Attributes
from penchant.models.coding import Coding
from penchant.models.contract import Fitted
from penchant.recipes.actions_learner import Lessons, calibration, teach
from penchant.recipes.contract import Progress, Step
from penchant.recipes.factors import item_factors
from penchant.recipes.popularity import require_interactions

_MOST_MOMENTS: Final = 40_000
_LEAST_MOMENTS: Final = 2_000
_MOST_ANSWERS: Final = 20_000_000
_FACTORS: Final = 32
_FREQUENT: Final = 2_000
_LEAST_COUNT: Final = 20
_HELD_OUT: Final = 0.1


@dataclass(frozen=True)
class Actions:
    """`aws-next-best-action`.

    Attributes:
        period_days: In how many days an action has to be taken to count.
    """

    period_days: int = 14

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        values = read_all("aws-next-best-action", hyper_parameters, feature_parameters)
        return cls(period_days=int(values["action_optimization_period"]))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # the network is small: anew is as fast
    ) -> ActionsModel:
        """Learn; without any interactions with actions the model knows their rules alone.

        Time O(moments * actions), at most some 20 million answers an epoch.

        Raises:
            ValueError: There are no actions, or no interactions with items.
        """
        require_interactions(training_set)
        actions = training_set.actions
        if actions is None or not actions.n_actions:
            raise ValueError("there are no actions to recommend: import some or call PutActions")
        rng = np.random.default_rng(seed)
        window_s = window_of(actions, self.period_days)
        plain = self._unlearned(training_set, actions, window_s, rng)
        most = max(_LEAST_MOMENTS, min(_MOST_MOMENTS, _MOST_ANSWERS // actions.n_actions))
        moments = moments_of(training_set, actions, window_s, most, rng)
        lessons = lessons_of(plain.reading, training_set, actions, moments, window_s)
        progress(Step("reading", 0.05))
        if not (lessons.taken & lessons.counted).any():
            return plain
        return _taught(plain, training_set, actions, lessons, rng, seed, progress)

    def _unlearned(
        self,
        training_set: TrainingSet,
        actions: ActionSet,
        window_s: int,
        rng: np.random.Generator,
    ) -> ActionsModel:
        return ActionsModel(
            training_set.items,
            training_set.event_type_names,
            actions.actions,
            ActionCatalogue.of(actions),
            ActionHistories.newest_of(actions, training_set.n_users),
            _reading(training_set, actions.n_actions, rng),
            exponent=min(self.period_days * DAY_S / window_s, MOST_EXPONENT),
        )


def lessons_of(
    reading: Reading,
    training_set: TrainingSet,
    actions: ActionSet,
    moments: Moments,
    window_s: int,
) -> Lessons:
    """What is to be learned at moments of the training set's users."""
    return Lessons(
        reading.inputs(States.at(moments, training_set, actions)),
        taken_within(actions, moments, window_s),
        countable(actions, moments),
    )


def _taught(
    plain: ActionsModel,
    training_set: TrainingSet,
    actions: ActionSet,
    lessons: Lessons,
    rng: np.random.Generator,
    seed: int,
    progress: Progress,
) -> ActionsModel:
    users = Coding.learned_from(training_set.user_features)
    kinds = Coding.learned_from(actions.features)
    held_users = rng.random(training_set.n_users) < _HELD_OUT
    held = held_users[lessons.inputs.users]
    shown, hidden = (lessons.subset(np.flatnonzero(rows)) for rows in (~held, held))
    network = teach(
        shown if len(shown) else lessons,
        hidden,
        _coded(users, training_set.user_features, training_set.n_users),
        _coded(kinds, actions.features, actions.n_actions),
        seed,
        lambda step: progress(replace(step, done=0.05 + 0.9 * step.done)),
    )
    tables = network.tables(users, kinds)
    weights = network.weights(
        np.asarray(lessons.counted.any(axis=0)),
        tables.user_vectors(training_set.user_features, training_set.n_users),
    )
    slope, offset = calibration(weights.logits(hidden.inputs), hidden)
    progress(Step("calibrating", 1.0))
    return replace(plain, weights=weights, tables=tables, slope=slope, offset=offset)


def _coded(coding: Coding, features: Features, n_rows: int) -> Attributes:
    return Attributes(coding.codes_of_rows(features, n_rows), coding.n_codes)


def _reading(training_set: TrainingSet, n_actions: int, rng: np.random.Generator) -> Reading:
    factors: Float32s = item_factors(training_set, _FACTORS, rng)
    counts = np.bincount(training_set.item_indices, minlength=training_set.n_items)
    order = np.argsort(-counts, kind="stable")[:_FREQUENT]
    order = order[counts[order] >= _LEAST_COUNT]
    frequent: Int32s = np.full(training_set.n_items, -1, np.int32)
    frequent[order] = np.arange(len(order))
    n_kinds = len(training_set.event_type_names)
    kinds: Int32s = np.arange(n_kinds, dtype=np.int32)
    return Reading(factors, frequent, kinds, len(order), n_kinds, n_actions)
