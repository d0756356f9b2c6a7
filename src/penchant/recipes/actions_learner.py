"""Teaches the network of actions, and calibrates what it says."""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from penchant.data.training_set import Bools, Float32s
from penchant.models.action_inputs import Inputs
from penchant.models.attributes import Attributes
from penchant.recipes.actions_network import ActionNetwork, Batch
from penchant.recipes.contract import Progress
from penchant.recipes.training import Optimizer, Reporter, seeded

_BATCH: Final = 256
_LEARNING_RATE: Final = 3e-3
_WEIGHT_DECAY: Final = 3e-2
_EPOCHS: Final = (6, 20)
_STEPS: Final = 1_000
_DROPOUT: Final = 0.2
_PRIOR_MOMENTS: Final = 20.0
_NEWTON_STEPS: Final = 25
_TRUST: Final = 20.0


@dataclass(frozen=True)
class Lessons:
    """Moments to learn from, all (n, ...) in the same order.

    Attributes:
        inputs: What was known.
        taken: Which actions were taken in the window after it (n, n_actions).
        counted: Which actions could have been (n, n_actions).
    """

    inputs: Inputs
    taken: Bools
    counted: Bools

    def __len__(self) -> int:
        return len(self.taken)

    def subset(self, rows: npt.NDArray[np.int64]) -> "Lessons":
        """Some of the moments."""
        inputs = Inputs(
            self.inputs.users[rows],
            self.inputs.numbers[rows],
            self.inputs.items[rows],
            self.inputs.done[rows],
        )
        return Lessons(inputs, self.taken[rows], self.counted[rows])

    def rates(self) -> Float32s:
        """How often each action is taken where it could be, drawn to the mean (n_actions,)."""
        n_taken = (self.taken & self.counted).sum(axis=0)
        n_counted = self.counted.sum(axis=0)
        mean = n_taken.sum() / max(int(n_counted.sum()), 1)
        rates = (n_taken + _PRIOR_MOMENTS * mean) / (n_counted + _PRIOR_MOMENTS)
        return np.asarray(rates, np.float32)


def teach(
    lessons: Lessons,
    held_out: Lessons,
    users: Attributes,
    actions: Attributes,
    seed: int,
    progress: Progress,
) -> ActionNetwork:
    """Fit the network; of all epochs that one stays which `held_out` likes best.

    Args:
        lessons: To learn from.
        held_out: Moments of other users; may be empty, then the last epoch stays.
        users: Metadata.
        actions: Metadata.
        seed: Of initial values, order and dropout.
        progress: Told how far it is.
    """
    n_batches = math.ceil(len(lessons) / _BATCH)
    n_epochs = min(max(math.ceil(_STEPS / n_batches), _EPOCHS[0]), _EPOCHS[1])
    rng = np.random.default_rng(seed)
    with seeded(seed):
        network = ActionNetwork(lessons.inputs, users, actions, lessons.rates(), _DROPOUT)
        optimizer = Optimizer(
            network,
            swift=[network.done_weights],
            learning_rate=_LEARNING_RATE,
            n_steps=n_epochs * n_batches,
            weight_decay=_WEIGHT_DECAY,
        )
        reporter = Reporter(progress, n_epochs)
        best = (math.inf, deepcopy(network.state_dict()))
        for epoch in range(n_epochs):
            network.train()
            for number, lesson in enumerate(_batches(lessons, rng)):
                loss = _loss(network(_tensors(lesson.inputs)), lesson)
                optimizer.step(loss)
                reporter.step(epoch + 1, (epoch + number / n_batches) / n_epochs, loss)
            best = min(best, _judged(network, held_out, epoch), key=lambda one: one[0])
        network.load_state_dict(best[1])
    return network.eval()


def calibration(logits: Float32s, lessons: Lessons) -> tuple[float, float]:
    """Slope and offset that make log-odds right on moments not learned from (Platt 1999).

    Newton's method on the log loss; a prior worth a few events holds them near 1 and 0.
    """
    slope, offset = 1.0, 0.0
    x = logits[lessons.counted].astype(np.float64)
    y = lessons.taken[lessons.counted].astype(np.float64)
    for _ in range(_NEWTON_STEPS if len(x) else 0):
        p = 1 / (1 + np.exp(-np.clip(slope * x + offset, -30, 30)))
        weight = p * (1 - p)
        gradient = np.array([(p - y) @ x + _TRUST * (slope - 1), (p - y).sum() + _TRUST * offset])
        mixed = weight @ x
        curvature = np.array([[weight @ x**2 + _TRUST, mixed], [mixed, weight.sum() + _TRUST]])
        step = np.linalg.solve(curvature, gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
    return max(slope, 0.1), offset


def _batches(lessons: Lessons, rng: np.random.Generator) -> Iterator[Lessons]:
    order = rng.permutation(len(lessons))
    for start in range(0, len(order), _BATCH):
        yield lessons.subset(order[start : start + _BATCH])


def _tensors(inputs: Inputs) -> Batch:
    return Batch(
        torch.as_tensor(inputs.numbers),
        torch.as_tensor(inputs.items.toarray()),
        torch.as_tensor(inputs.done.toarray()),
        torch.as_tensor(inputs.users.astype(np.int64)),
    )


def _loss(logits: Tensor, lesson: Lessons) -> Tensor:
    """Mean log loss per action that could have been taken."""
    counted = torch.as_tensor(lesson.counted)
    taken = torch.as_tensor(lesson.taken).float()
    losses = functional.binary_cross_entropy_with_logits(logits, taken, reduction="none")
    return (losses * counted).sum() / counted.sum().clamp(min=1)


@torch.no_grad()
def _judged(
    network: ActionNetwork, held_out: Lessons, epoch: int
) -> tuple[float, dict[str, Tensor]]:
    network.eval()
    if not held_out.counted.any():
        return -float(epoch), deepcopy(network.state_dict())
    total = 0.0
    for start in range(0, len(held_out), _BATCH):
        part = held_out.subset(np.arange(start, min(start + _BATCH, len(held_out))))
        loss = _loss(network(_tensors(part.inputs)), part)
        total += float(loss) * int(part.counted.sum())
    return total / int(held_out.counted.sum()), deepcopy(network.state_dict())
