"""What the features of a user and a group of items are worth, learned from who came next.

A conditional logit (McFadden 1973): for a group of items, the probability that the next user is u
and not another of a few drawn at random is the softmax of weights times features over them. What is
common to all users, such as the group's popularity, cancels out; what is learned is the order of
users within a segment. Maximised by Newton's method, with a small penalty on the weights.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Float32s, Int32s
from penchant.models.affinity import N_WEIGHTS, AffinityModel

Floats = npt.NDArray[np.float64]

USUAL_WEIGHTS: Final[Float32s] = np.array([1, 0.3, 1, 0.3, 0, 0.5, -0.2], np.float32)
MOST_GROUPS: Final = 400
_RIGHT_PER_GROUP: Final = 16
_OTHERS: Final = 50
_POOL: Final = 5_000
_PENALTY: Final = 1.0
_STEPS: Final = 30
_ENOUGH: Final = 1e-4


def learned_weights(
    model: AffinityModel, asked: Sequence[tuple[Int32s, Int32s]], seed: int
) -> Float32s:
    """The best weights for `model`; the usual ones where there is nothing to learn from.

    Args:
        model: Placed without the rows that `asked` comes from; its weights do not count.
        asked: Groups of items, and the users who came next to each.
        seed: Chooses groups and users.
    """
    rng = np.random.default_rng(seed)
    chosen = [asked[place] for place in rng.permutation(len(asked))[:MOST_GROUPS]]
    rounds = [_rounds(model, group, right, rng) for group, right in chosen]
    features = np.concatenate([np.empty((0, 1 + _OTHERS, N_WEIGHTS)), *rounds])
    if not len(features):
        return USUAL_WEIGHTS
    scale = np.maximum(features.std(axis=(0, 1)), 1e-9)
    return np.asarray(_maximised(features / scale) / scale, np.float32)


def _rounds(model: AffinityModel, group: Int32s, right: Int32s, rng: np.random.Generator) -> Floats:
    """Features (n, 1 + others, 7) of users who came next, each with others who did not."""
    others = np.setdiff1d(rng.integers(0, model.n_users, _POOL), right)
    came = rng.permutation(right)[: _RIGHT_PER_GROUP if len(others) else 0]
    stayed = rng.choice(others, (len(came), _OTHERS))
    drawn = np.column_stack([came, stayed]).astype(np.int64)
    return model.features(group, drawn.ravel()).reshape(*drawn.shape, N_WEIGHTS)


def _maximised(features: Floats) -> Floats:
    """Weights (7,) of the highest penalised likelihood of the first of each round (n, m, 7)."""
    weights = np.zeros(N_WEIGHTS)
    likelihood = _likelihood(features, weights)
    for _ in range(_STEPS):
        step = _newton_step(features, weights)
        size = 1.0
        while size > _ENOUGH and _likelihood(features, weights + size * step) < likelihood:
            size /= 2
        gained = _likelihood(features, weights + size * step) - likelihood
        if gained <= _ENOUGH:
            break
        weights, likelihood = weights + size * step, likelihood + gained
    return weights


def _likelihood(features: Floats, weights: Floats) -> float:
    scores = features @ weights
    highest = scores.max(axis=1)
    sums = np.log(np.exp(scores - highest[:, None]).sum(axis=1)) + highest
    return float((scores[:, 0] - sums).sum() - _PENALTY / 2 * weights @ weights)


def _newton_step(features: Floats, weights: Floats) -> Floats:
    scores = features @ weights
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    means = np.einsum("nm,nmf->nf", shares, features)
    slope = (features[:, 0] - means).sum(axis=0) - _PENALTY * weights
    weighed = (features * shares[:, :, None]).reshape(-1, N_WEIGHTS)
    bend: npt.NDArray[Any] = weighed.T @ features.reshape(-1, N_WEIGHTS) - means.T @ means
    return np.asarray(np.linalg.solve(bend + _PENALTY * np.eye(N_WEIGHTS), slope))
