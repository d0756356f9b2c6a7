"""Loops, devices and randomness of recipes that learn by gradient steps."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

from penchant.models.arrays import Weights
from penchant.recipes.contract import Progress, Step
from penchant.recipes.pace import Pace

_LEAST_RATE: Final = 1e-3
_TELL_EVERY_S: Final = 0.5
_MOST_NORM: Final = 1.0
_SWIFTNESS: Final = 10

_Batch = TypeVar("_Batch")


def training_device() -> torch.device:
    """The first CUDA device where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's own randomness from `seed` inside, and as it was before afterwards."""
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


class Reporter:
    """Tells progress twice a second, so that a training can be stopped soon.

    Args:
        progress: Whom to tell.
        n_epochs: Epochs of the training.
        clock: Seconds, ever rising.
    """

    def __init__(
        self, progress: Progress, n_epochs: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._progress = progress
        self._n_epochs = n_epochs
        self._clock = clock
        self._losses: list[Tensor] = []
        self._told_at = -float("inf")

    def step(self, epoch: int, done: float, loss: Tensor) -> None:
        """Note one step; `done` is the share of the whole training, `epoch` counts from 1."""
        self._losses.append(loss.detach())
        if self._clock() - self._told_at >= _TELL_EVERY_S:
            mean = float(torch.stack(self._losses).mean())
            self._losses.clear()
            self._progress(Step("training", min(done, 1.0), epoch, self._n_epochs, mean))
            self._told_at = self._clock()


class Optimizer:
    """AdamW with one cycle of the learning rate, and lazy Adam for sparse tables.

    Args:
        network: What learns.
        swift: Parameters that learn ten times faster: few numbers that all rows bear on.
        learning_rate: At the top of the cycle.
        n_steps: Length of the cycle.
        weight_decay: Of the dense parameters.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        swift: list[nn.Parameter],
        learning_rate: float,
        n_steps: int,
        weight_decay: float,
    ) -> None:
        sparse = sparse_tables(network)
        lazy = {id(parameter) for parameter in sparse}
        self._dense = [p for p in network.parameters() if id(p) not in lazy]
        betas = (0.9, 0.98)
        hurried = {id(parameter) for parameter in swift}
        groups: list[dict[str, Any]] = [
            {"params": [p for p in self._dense if id(p) not in hurried]},
            {"params": swift, "lr": learning_rate * _SWIFTNESS, "weight_decay": 0.0},
        ]
        adam = torch.optim.AdamW(groups, lr=learning_rate, betas=betas, weight_decay=weight_decay)
        self._optimizers: list[torch.optim.Optimizer] = [adam]
        if sparse:
            self._optimizers.append(torch.optim.SparseAdam(sparse, lr=learning_rate, betas=betas))
        self._schedules = [
            torch.optim.lr_scheduler.LambdaLR(optimizer, partial(one_cycle, n_steps=n_steps))
            for optimizer in self._optimizers
        ]

    def step(self, loss: Tensor) -> None:
        """One step down the loss."""
        for optimizer in self._optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._dense, _MOST_NORM)
        for optimizer, schedule in zip(self._optimizers, self._schedules, strict=True):
            optimizer.step()
            schedule.step()


def descend(
    network: nn.Module,
    optimizer: Optimizer,
    pace: Pace,
    *,
    batches: Callable[[], Iterable[_Batch]],
    loss_of: Callable[[_Batch], Tensor],
    progress: Progress,
) -> None:
    """Go down the loss, batch by batch.

    Args:
        network: What learns; in the state of training.
        optimizer: What changes it.
        pace: How long.
        batches: Those of an epoch.
        loss_of: The loss of a batch.
        progress: Told how far the training is.
    """
    reporter = Reporter(progress, pace.epochs)
    network.train()
    done = 0
    for epoch in range(1, pace.epochs + 1):
        for batch in batches():
            loss = loss_of(batch)
            optimizer.step(loss)
            done += 1
            reporter.step(epoch, done / pace.n_steps, loss)


def sparse_tables(network: nn.Module) -> list[nn.Parameter]:
    """Parameters whose gradients are sparse."""
    embeddings = (part for part in network.modules() if isinstance(part, nn.Embedding))
    return [one for table in embeddings if table.sparse for one in table.parameters()]


def set_weights(network: nn.Module, weights: Weights) -> None:
    """Begin with what another network of the same shape learned."""
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})


def weights_of(network: nn.Module) -> Weights:
    """What a network on the CPU learned; arrays that share its memory."""
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


def one_cycle(step: int, n_steps: int) -> float:
    """Share of the learning rate at a step: up in a line, down in half a cosine.

    The first tenth of the steps goes up; steps beyond the last keep its rate.
    """
    n_up = 0.1 * n_steps
    if step < n_up:
        return (step + 1) / (n_up + 1)
    down = min(1.0, (step - n_up) / max(n_steps - n_up, 1))
    return max(_LEAST_RATE, 0.5 + 0.5 * math.cos(math.pi * down))
